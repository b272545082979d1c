import type { BlockDevice } from '../block/block-device.ts';

/** All three are one format, told apart by what they may hold. */
export const EXT_TYPES: readonly string[] = ['ext2', 'ext3', 'ext4'];

type Signature = Readonly<{ type: string; offsetBytes: number; magic: string }>;

/** By magic alone, in the order in which they are tried. */
const SIGNATURES: readonly Signature[] = [
  { type: 'crypto_LUKS', offsetBytes: 0, magic: 'LUKS\xba\xbe' },
  { type: 'xfs', offsetBytes: 0, magic: 'XFSB' },
  { type: 'squashfs', offsetBytes: 0, magic: 'hsqs' },
  { type: 'ntfs', offsetBytes: 3, magic: 'NTFS    ' },
  { type: 'exfat', offsetBytes: 3, magic: 'EXFAT   ' },
  { type: 'BitLocker', offsetBytes: 3, magic: '-FVE-FS-' },
  { type: 'btrfs', offsetBytes: 0x10040, magic: '_BHRfS_M' },
  { type: 'f2fs', offsetBytes: 1024, magic: '\x10\x20\xf5\xf2' },
  { type: 'hfsplus', offsetBytes: 1024, magic: 'H+' },
  { type: 'apfs', offsetBytes: 32, magic: 'NXSB' },
  { type: 'iso9660', offsetBytes: 0x8001, magic: 'CD001' },
  { type: 'swap', offsetBytes: 4086, magic: 'SWAPSPACE2' },
];

const LVM_LABEL_SECTORS = 4;
const EXT_MAGIC = 0xef53;
const EXT = { magic: 1024 + 56, compatible: 1024 + 92, incompatible: 1024 + 96, ro: 1024 + 100 };
const EXT_HAS_JOURNAL = 0x4;
const EXT_JOURNAL_DEVICE = 0x8;
/** Features that ext2 and ext3 know: filetype, recover, meta_bg; sparse_super, large_file, btree. */
const EXT3_INCOMPATIBLE = 0x2 | 0x4 | 0x10;
const EXT3_RO = 0x1 | 0x2 | 0x4;

/**
 * Tells what a volume holds, by magic: `blkid`'s TYPE, or `unknown`. Reads at most 65 KiB.
 *
 * @see libblkid/src/superblocks
 */
export function identifyFilesystem(device: BlockDevice): string {
  for (const { type, offsetBytes, magic } of SIGNATURES) {
    const wanted = Buffer.from(magic, 'latin1');
    if (readBytes(device, offsetBytes, wanted.length).equals(wanted)) return type;
  }
  if (hasLvmLabel(device)) return 'LVM2_member';
  return extType(device) ?? (isFat(device) ? 'vfat' : 'unknown');
}

function readBytes(device: BlockDevice, offsetBytes: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  if (offsetBytes + lengthBytes <= device.sizeBytes) device.readInto(offsetBytes, bytes);
  return bytes;
}

function hasLvmLabel(device: BlockDevice): boolean {
  for (let sector = 0; sector < LVM_LABEL_SECTORS; sector += 1) {
    const label = readBytes(device, sector * 512, 32);
    if (label.toString('latin1', 0, 8) === 'LABELONE') {
      return label.toString('latin1', 24, 32) === 'LVM2 001';
    }
  }
  return false;
}

function extType(device: BlockDevice): string | undefined {
  const block = readBytes(device, 0, 2048);
  if (block.readUInt16LE(EXT.magic) !== EXT_MAGIC) return undefined;
  const incompatible = block.readUInt32LE(EXT.incompatible);
  if ((incompatible & EXT_JOURNAL_DEVICE) !== 0) return 'jbd';
  const isNewer = (incompatible & ~EXT3_INCOMPATIBLE) !== 0;
  if (isNewer || (block.readUInt32LE(EXT.ro) & ~EXT3_RO) !== 0) return 'ext4';
  return (block.readUInt32LE(EXT.compatible) & EXT_HAS_JOURNAL) !== 0 ? 'ext3' : 'ext2';
}

/** FAT12, FAT16 and FAT32 have no magic: a boot signature and a believable parameter block. */
function isFat(device: BlockDevice): boolean {
  const boot = readBytes(device, 0, 512);
  const sectorBytes = boot.readUInt16LE(11);
  const perCluster = boot.readUInt8(13);
  const media = boot.readUInt8(21);
  return (
    boot.readUInt16LE(510) === 0xaa55 &&
    [512, 1024, 2048, 4096].includes(sectorBytes) &&
    perCluster > 0 &&
    (perCluster & (perCluster - 1)) === 0 &&
    boot.readUInt16LE(14) > 0 &&
    boot.readUInt8(16) > 0 &&
    (media === 0xf0 || media >= 0xf8) &&
    (boot.readUInt16LE(22) > 0 || boot.readUInt32LE(36) > 0)
  );
}
