/**
 * Field offsets and constants of FAT32 as Microsoft's "FAT: General Overview of On-Disk Format"
 * (FATGEN 1.03) defines them. All integers are little-endian.
 */

/** Boot sector: offset of each field, bytes. Width in the comment. */
export const BOOT = {
  jump: 0, // 3
  oemName: 3, // 8
  sectorBytes: 11, // 2: 512, 1024, 2048, 4096
  sectorsPerCluster: 13, // 1: power of two
  reservedSectors: 14, // 2
  fatCount: 16, // 1
  rootEntries: 17, // 2: 0 on FAT32
  totalSectors16: 19, // 2: 0 on FAT32
  media: 21, // 1
  fatSectors16: 22, // 2: 0 on FAT32, which is what tells FAT32 from FAT12 and FAT16
  sectorsPerTrack: 24, // 2
  heads: 26, // 2
  hiddenSectors: 28, // 4
  totalSectors32: 32, // 4
  fatSectors32: 36, // 4
  extendedFlags: 40, // 2: bit 7 set: only the FAT in bits 0-3 is in use
  version: 42, // 2: 0
  rootCluster: 44, // 4
  fsInfoSector: 48, // 2
  backupSector: 50, // 2
  driveNumber: 64, // 1
  state: 65, // 1: bit 0 is Linux's "not cleanly unmounted"
  bootSignature: 66, // 1: 0x29
  volumeId: 67, // 4
  label: 71, // 11
  typeName: 82, // 8: "FAT32   "
  code: 90,
  signature: 510, // 2: 0xAA55
} as const;

/** FSInfo sector: offset of each field, bytes. */
export const FSINFO = {
  leadSignature: 0, // 4
  structureSignature: 484, // 4
  freeCount: 488, // 4: 0xFFFFFFFF where unknown
  nextFree: 492, // 4: 0xFFFFFFFF where unknown
  trailSignature: 508, // 4
} as const;

export const FSINFO_LEAD = 0x41615252;
export const FSINFO_STRUCTURE = 0x61417272;
export const FSINFO_TRAIL = 0xaa550000;

/** Values of a FAT entry; the upper four bits are reserved and kept as they are. */
export const ENTRY_MASK = 0x0fffffff;
export const BAD_CLUSTER = 0x0ffffff7;
export const END_OF_CHAIN = 0x0fffffff;
/** Smallest value that ends a chain. */
export const END_OF_CHAIN_MINIMUM = 0x0ffffff8;
export const FIRST_CLUSTER = 2;
/** Largest number of data clusters that 28-bit entries can name. */
export const MAXIMUM_CLUSTERS = 0x0ffffff4;
/** Bit of FAT[1] that is set while the volume is clean. */
export const CLEAN_SHUTDOWN_BIT = 0x08000000;

/** Short directory entry: offset of each field, bytes. */
export const ENTRY = {
  name: 0, // 11: 8.3 in the OEM code page; first byte 0 ends the directory, 0xE5 is free
  attributes: 11, // 1
  caseFlags: 12, // 1: 0x08 lower-case base, 0x10 lower-case extension
  createdTenMs: 13, // 1: 0-199
  createdTime: 14, // 2
  createdDate: 16, // 2
  accessedDate: 18, // 2
  clusterHigh: 20, // 2
  modifiedTime: 22, // 2
  modifiedDate: 24, // 2
  clusterLow: 26, // 2
  sizeBytes: 28, // 4
} as const;

/** Long name slot: sequence number, 13 UTF-16 units in three places, checksum of the short name. */
export const LONG = { sequence: 0, attributes: 11, type: 12, checksum: 13, cluster: 26 } as const;
/** Byte offsets of the 13 UTF-16 units in a long name slot. */
export const LONG_UNIT_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30] as const;
export const LONG_LAST = 0x40;
export const LONG_UNITS_PER_SLOT = 13;

export const ENTRY_BYTES = 32;
export const SHORT_NAME_BYTES = 11;
export const FREE_MARK = 0xe5;
/** Stands for a name that really begins with 0xE5. */
export const KANJI_MARK = 0x05;
export const MAXIMUM_NAME_UNITS = 255;
/** Directories of more slots than this are refused with ENOSPC, as Linux does (2 MiB). */
export const MAXIMUM_DIRECTORY_SLOTS = 65_536;
export const MAXIMUM_FILE_BYTES = 0xffffffff;

export const ATTRIBUTE = {
  readOnly: 0x01,
  hidden: 0x02,
  system: 0x04,
  volumeLabel: 0x08,
  directory: 0x10,
  archive: 0x20,
  longName: 0x0f,
  longNameMask: 0x3f,
} as const;

export const LOWER_BASE = 0x08;
export const LOWER_EXTENSION = 0x10;

/** What the layout is aligned to, so that whole encryption sectors and cache pages are written. */
export const ALIGN_BYTES = 4096;
