import { randomInt } from 'node:crypto';
import { ContractError } from '../../../shared/errors/vault-error.ts';
import { GIB, KIB, MIB } from '../../../shared/units.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import {
  ALIGN_BYTES,
  ATTRIBUTE,
  BOOT,
  END_OF_CHAIN,
  ENTRY,
  FIRST_CLUSTER,
  FSINFO,
  FSINFO_LEAD,
  FSINFO_STRUCTURE,
  FSINFO_TRAIL,
  MAXIMUM_CLUSTERS,
  SHORT_NAME_BYTES,
} from './fat-layout.ts';
import { encodeDate, encodeTime } from './fat-times.ts';

/** Sectors before the first FAT: boot sector, FSInfo, their backups, the rename log. */
const RESERVED_SECTORS = 32;
const FSINFO_SECTOR = 1;
const BACKUP_SECTOR = 6;
const FAT_COUNT = 2;
const MEDIA = 0xf8;
const SMALLEST_BYTES = MIB;
/** Fewest clusters that readers which go by the cluster count take for FAT32. */
const FAT32_MINIMUM_CLUSTERS = 65_525;
const WRITE_BYTES = MIB;
const BAD_LABEL_CHARACTERS = /[^\x20-\x7e]|["*+,./:;<=>?[\\\]|]/g;

export type FormatFat32Options = Readonly<{
  /** Shown by file managers; upper-cased, cut to 11 characters, others than ASCII become "_". */
  label: string;
  /** Serial number, 32 bits; random where absent. */
  volumeId?: number;
  logicalSectorBytes?: 512 | 1024 | 2048 | 4096;
  /** Written as the time of the label entry; now where absent. */
  timestamp?: Date;
}>;

/** How a volume of some size is cut. */
export type Fat32Layout = Readonly<{
  sectorBytes: number;
  sectorsPerCluster: number;
  totalSectors: number;
  fatSectors: number;
  clusters: number;
}>;

/**
 * Makes an empty FAT32 filesystem on the whole device, always with 512-byte logical sectors where
 * the sector count fits 32 bits, and with both FATs and the data region aligned to 4096 bytes.
 *
 * A volume below about 33 MiB cannot have the 65,525 clusters that Microsoft asks for: it is made
 * as `mkfs.fat -F 32` makes it, with 512-byte clusters. Linux, Windows and fsck.fat go by
 * BPB_FATSz16 and read it; mtools and FatFs go by the cluster count and do not.
 *
 * @throws ContractError `size-invalid` below 1 MiB or above what 32-bit sector numbers can name.
 */
export function formatFat32(device: BlockDevice, options: FormatFat32Options): void {
  const layout = layoutFat32(device.sizeBytes, options.logicalSectorBytes);
  const { sectorBytes, sectorsPerCluster, fatSectors } = layout;
  const rootClusters = rootClustersOf(layout);
  const metadataSectors =
    RESERVED_SECTORS + FAT_COUNT * fatSectors + rootClusters * sectorsPerCluster;
  writeZeros(device, 0, metadataSectors * sectorBytes);

  const label = encodeLabel(options.label);
  const fatHead = Buffer.alloc((FIRST_CLUSTER + rootClusters) * 4);
  fatHead.writeUInt32LE(0x0fffff00 | MEDIA, 0);
  fatHead.writeUInt32LE(END_OF_CHAIN, 4);
  for (let i = 0; i < rootClusters; i += 1) {
    const cluster = FIRST_CLUSTER + i;
    fatHead.writeUInt32LE(i + 1 < rootClusters ? cluster + 1 : END_OF_CHAIN, cluster * 4);
  }
  for (let fat = 0; fat < FAT_COUNT; fat += 1) {
    const at = (RESERVED_SECTORS + fat * fatSectors) * sectorBytes;
    device.writeFrom(at, Buffer.from(fatHead));
  }
  const rootAt = (RESERVED_SECTORS + FAT_COUNT * fatSectors) * sectorBytes;
  if (options.label !== '') {
    device.writeFrom(rootAt, labelEntry(label, options.timestamp ?? new Date()));
  }
  const boot = bootSector(layout, label, options.volumeId ?? randomInt(2 ** 32));
  for (const at of [BACKUP_SECTOR, 0]) {
    device.writeFrom((at + FSINFO_SECTOR) * sectorBytes, fsInfoSector(layout));
    device.writeFrom(at * sectorBytes, Buffer.from(boot));
  }
  device.flush();
}

/**
 * Returns how a volume is cut; a function of its size and the logical sector size alone.
 *
 * @throws ContractError `size-invalid`.
 */
export function layoutFat32(sizeBytes: number, logicalSectorBytes?: number): Fat32Layout {
  const sectorBytes = logicalSectorBytes ?? (sizeBytes / 512 < 2 ** 32 ? 512 : 4096);
  const totalSectors = Math.floor(sizeBytes / sectorBytes);
  if (sizeBytes < SMALLEST_BYTES || totalSectors >= 2 ** 32) {
    throw new ContractError('size-invalid', { sizeBytes });
  }
  let clusterBytes = Math.max(sectorBytes, preferredClusterBytes(sizeBytes));
  let layout = cut(totalSectors, sectorBytes, clusterBytes);
  while (layout.clusters < FAT32_MINIMUM_CLUSTERS && clusterBytes > sectorBytes) {
    clusterBytes /= 2;
    layout = cut(totalSectors, sectorBytes, clusterBytes);
  }
  while (layout.clusters > MAXIMUM_CLUSTERS) {
    clusterBytes *= 2;
    layout = cut(totalSectors, sectorBytes, clusterBytes);
  }
  return layout;
}

function preferredClusterBytes(sizeBytes: number): number {
  if (sizeBytes <= 8 * GIB) return 4 * KIB;
  if (sizeBytes <= 16 * GIB) return 8 * KIB;
  return sizeBytes <= 32 * GIB ? 16 * KIB : 32 * KIB;
}

function cut(totalSectors: number, sectorBytes: number, clusterBytes: number): Fat32Layout {
  const sectorsPerCluster = clusterBytes / sectorBytes;
  const step = Math.max(1, ALIGN_BYTES / sectorBytes);
  const clustersBeside = (fatSectors: number): number =>
    Math.floor((totalSectors - RESERVED_SECTORS - FAT_COUNT * fatSectors) / sectorsPerCluster);
  const sectorsFor = (clusters: number): number =>
    Math.ceil(((clusters + FIRST_CLUSTER) * 4) / sectorBytes / step) * step;
  let fatSectors = sectorsFor(clustersBeside(sectorsFor(clustersBeside(0))));
  while (fatSectors < sectorsFor(clustersBeside(fatSectors))) fatSectors += step;
  const clusters = clustersBeside(fatSectors);
  return { sectorBytes, sectorsPerCluster, totalSectors, fatSectors, clusters };
}

/** The root gets a whole page, so that names and file contents never share one. */
function rootClustersOf(layout: Fat32Layout): number {
  return Math.max(1, ALIGN_BYTES / (layout.sectorsPerCluster * layout.sectorBytes));
}

/** Returns the 11 bytes of a volume label. */
function encodeLabel(label: string): Buffer {
  const text = label === '' ? 'NO NAME' : label.toUpperCase().replace(BAD_LABEL_CHARACTERS, '_');
  const name = Buffer.alloc(SHORT_NAME_BYTES, ' ');
  name.write(text.slice(0, SHORT_NAME_BYTES), 'latin1');
  return name;
}

function bootSector(layout: Fat32Layout, label: Buffer, volumeId: number): Buffer {
  const sector = Buffer.alloc(layout.sectorBytes);
  sector.set([0xeb, 0x58, 0x90], BOOT.jump);
  sector.write('LOCKLINE', BOOT.oemName, 'latin1');
  sector.writeUInt16LE(layout.sectorBytes, BOOT.sectorBytes);
  sector.writeUInt8(layout.sectorsPerCluster, BOOT.sectorsPerCluster);
  sector.writeUInt16LE(RESERVED_SECTORS, BOOT.reservedSectors);
  sector.writeUInt8(FAT_COUNT, BOOT.fatCount);
  sector.writeUInt8(MEDIA, BOOT.media);
  sector.writeUInt16LE(63, BOOT.sectorsPerTrack);
  sector.writeUInt16LE(255, BOOT.heads);
  sector.writeUInt32LE(layout.totalSectors, BOOT.totalSectors32);
  sector.writeUInt32LE(layout.fatSectors, BOOT.fatSectors32);
  sector.writeUInt32LE(FIRST_CLUSTER, BOOT.rootCluster);
  sector.writeUInt16LE(FSINFO_SECTOR, BOOT.fsInfoSector);
  sector.writeUInt16LE(BACKUP_SECTOR, BOOT.backupSector);
  sector.writeUInt8(0x80, BOOT.driveNumber);
  sector.writeUInt8(0x29, BOOT.bootSignature);
  sector.writeUInt32LE(volumeId >>> 0, BOOT.volumeId);
  sector.set(label, BOOT.label);
  sector.write('FAT32   ', BOOT.typeName, 'latin1');
  sector.set([0xf4, 0xeb, 0xfd], BOOT.code); // hlt; jmp back: nothing boots from a vault
  sector.writeUInt16LE(0xaa55, BOOT.signature);
  return sector;
}

function fsInfoSector(layout: Fat32Layout): Buffer {
  const sector = Buffer.alloc(layout.sectorBytes);
  sector.writeUInt32LE(FSINFO_LEAD, FSINFO.leadSignature);
  sector.writeUInt32LE(FSINFO_STRUCTURE, FSINFO.structureSignature);
  sector.writeUInt32LE(layout.clusters - rootClustersOf(layout), FSINFO.freeCount);
  sector.writeUInt32LE(FIRST_CLUSTER + rootClustersOf(layout), FSINFO.nextFree);
  sector.writeUInt32LE(FSINFO_TRAIL, FSINFO.trailSignature);
  return sector;
}

function labelEntry(label: Buffer, time: Date): Buffer {
  const entry = Buffer.alloc(32);
  entry.set(label, ENTRY.name);
  entry.writeUInt8(ATTRIBUTE.volumeLabel, ENTRY.attributes);
  const seconds = Math.floor(time.getTime() / 1000);
  entry.writeUInt16LE(encodeTime(seconds), ENTRY.modifiedTime);
  entry.writeUInt16LE(encodeDate(seconds), ENTRY.modifiedDate);
  return entry;
}

function writeZeros(device: BlockDevice, offsetBytes: number, lengthBytes: number): void {
  const zeros = Buffer.alloc(Math.min(WRITE_BYTES, lengthBytes));
  for (let done = 0; done < lengthBytes; done += zeros.length) {
    zeros.fill(0); // the device may have encrypted it in place
    const count = Math.min(zeros.length, lengthBytes - done);
    device.writeFrom(offsetBytes + done, zeros.subarray(0, count));
  }
}
