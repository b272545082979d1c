import { HASH_VERSIONS } from './directory-hash.ts';
import { COMPATIBLE, INCOMPATIBLE, READ_ONLY_COMPATIBLE } from './ext4-features.ts';
import {
  EXT4_MAGIC,
  INODES,
  LABEL_BYTES,
  STATE,
  SUPER,
  SUPER_BYTES,
  SUPER_FLAGS,
} from './ext4-layout.ts';
import { DESCRIPTOR_BYTES, type Ext4Plan, INODE_BYTES } from './ext4-plan.ts';
import { GROUPS_PER_FLEX } from './format-claims.ts';

const HIGH = 2 ** 32;
const RESERVED_SHARE = 0.05;
const EXTRA_BYTES = 32;
const CONTINUE_ON_ERRORS = 1;
const CRC32C_CHECKSUMS = 1;
const NEVER_COUNTED = 0xffff;
/** `user_xattr` and `acl`. */
const DEFAULT_MOUNT_OPTIONS = 0x4 | 0x8;

const COMPATIBLE_FEATURES = COMPATIBLE.has_journal | COMPATIBLE.ext_attr | COMPATIBLE.dir_index;
const INCOMPATIBLE_FEATURES =
  INCOMPATIBLE.filetype | INCOMPATIBLE.extent | INCOMPATIBLE['64bit'] | INCOMPATIBLE.flex_bg;
const READ_ONLY_FEATURES =
  READ_ONLY_COMPATIBLE.sparse_super |
  READ_ONLY_COMPATIBLE.large_file |
  READ_ONLY_COMPATIBLE.huge_file |
  READ_ONLY_COMPATIBLE.dir_nlink |
  READ_ONLY_COMPATIBLE.extra_isize |
  READ_ONLY_COMPATIBLE.metadata_csum;

/** What a new volume is to be called, and whose it is. */
export type NewVolume = Readonly<{
  label: string;
  uuid: Uint8Array;
  hashSeed: Uint8Array;
  uid: number;
  gid: number;
  nowSeconds: number;
}>;

/** Returns the superblock of a new volume, without its checksum and its counts of what is free. */
export function encodeNewSuperblock(plan: Ext4Plan, volume: NewVolume): Buffer {
  const bytes = Buffer.alloc(SUPER_BYTES);
  const u32 = (at: number, value: number): number => bytes.writeUInt32LE(value % HIGH, at);
  const u16 = (at: number, value: number): number => bytes.writeUInt16LE(value, at);
  const logBlockSize = Math.log2(plan.blockBytes / 1024);
  const reservedBlocks = Math.floor(plan.blockCount * RESERVED_SHARE);
  u32(SUPER.inodeCount, plan.inodesPerGroup * plan.groupCount);
  u32(SUPER.blockCountLow, plan.blockCount);
  u32(SUPER.blockCountHigh, Math.floor(plan.blockCount / HIGH));
  u32(SUPER.reservedBlocksLow, reservedBlocks);
  u32(SUPER.reservedBlocksHigh, Math.floor(reservedBlocks / HIGH));
  u32(SUPER.firstDataBlock, plan.firstDataBlock);
  u32(SUPER.logBlockSize, logBlockSize);
  u32(SUPER.logClusterSize, logBlockSize);
  u32(SUPER.blocksPerGroup, plan.blocksPerGroup);
  u32(SUPER.clustersPerGroup, plan.blocksPerGroup);
  u32(SUPER.inodesPerGroup, plan.inodesPerGroup);
  for (const at of [SUPER.writeTime, SUPER.lastCheck, SUPER.makeTime]) u32(at, volume.nowSeconds);
  u16(SUPER.maximumMountCount, NEVER_COUNTED);
  u16(SUPER.magic, EXT4_MAGIC);
  u16(SUPER.state, STATE.clean);
  u16(SUPER.errors, CONTINUE_ON_ERRORS);
  u32(SUPER.revision, 1);
  u16(SUPER.reservedUser, volume.uid < NEVER_COUNTED ? volume.uid : 0);
  u32(SUPER.firstInode, INODES.firstOrdinary);
  u16(SUPER.inodeBytes, INODE_BYTES);
  const canGrow = plan.reservedDescriptorBlocks > 0;
  u32(SUPER.compatible, COMPATIBLE_FEATURES | (canGrow ? COMPATIBLE.resize_inode : 0));
  u32(SUPER.incompatible, INCOMPATIBLE_FEATURES);
  u32(SUPER.readOnlyCompatible, READ_ONLY_FEATURES);
  bytes.set(volume.uuid, SUPER.uuid);
  bytes.set(Buffer.from(fittingLabel(volume.label)), SUPER.label);
  u16(SUPER.reservedGdtBlocks, plan.reservedDescriptorBlocks);
  u32(SUPER.journalInode, INODES.journal);
  bytes.set(volume.hashSeed, SUPER.hashSeed);
  bytes.writeUInt8(HASH_VERSIONS.halfMd4, SUPER.hashVersion);
  bytes.writeUInt8(1, SUPER.journalBackupType);
  u16(SUPER.descriptorBytes, DESCRIPTOR_BYTES);
  u32(SUPER.defaultMountOptions, DEFAULT_MOUNT_OPTIONS);
  u16(SUPER.minimumExtraBytes, EXTRA_BYTES);
  u16(SUPER.wantedExtraBytes, EXTRA_BYTES);
  u32(SUPER.flags, SUPER_FLAGS.signedHash);
  bytes.writeUInt8(Math.log2(GROUPS_PER_FLEX), SUPER.logGroupsPerFlex);
  bytes.writeUInt8(CRC32C_CHECKSUMS, SUPER.checksumType);
  return bytes;
}

/** Cuts a label to what fits, between two characters. */
function fittingLabel(label: string): string {
  let text = label;
  while (Buffer.byteLength(text) > LABEL_BYTES) text = [...text].slice(0, -1).join('');
  return text;
}
