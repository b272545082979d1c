/**
 * Where the fields of ext4's structures lie, in bytes from the start of each; all little-endian.
 * What is not listed is neither read nor written by Lockline.
 *
 * @see Linux, fs/ext4/ext4.h, fs/ext4/xattr.h; Documentation/filesystems/ext4
 */

/** The superblock starts here on every volume and is this long. */
export const SUPER_OFFSET_BYTES = 1024;
export const SUPER_BYTES = 1024;
export const EXT4_MAGIC = 0xef53;

export const SUPER = {
  inodeCount: 0x00,
  blockCountLow: 0x04,
  reservedBlocksLow: 0x08,
  freeBlocksLow: 0x0c,
  freeInodes: 0x10,
  firstDataBlock: 0x14,
  logBlockSize: 0x18,
  logClusterSize: 0x1c,
  blocksPerGroup: 0x20,
  clustersPerGroup: 0x24,
  inodesPerGroup: 0x28,
  mountTime: 0x2c,
  writeTime: 0x30,
  mountCount: 0x34,
  maximumMountCount: 0x36,
  magic: 0x38,
  state: 0x3a,
  errors: 0x3c,
  lastCheck: 0x40,
  creatorOs: 0x48,
  revision: 0x4c,
  reservedUser: 0x50,
  firstInode: 0x54,
  inodeBytes: 0x58,
  blockGroup: 0x5a,
  compatible: 0x5c,
  incompatible: 0x60,
  readOnlyCompatible: 0x64,
  uuid: 0x68,
  label: 0x78,
  reservedGdtBlocks: 0xce,
  journalInode: 0xe0,
  lastOrphan: 0xe8,
  hashSeed: 0xec,
  hashVersion: 0xfc,
  journalBackupType: 0xfd,
  descriptorBytes: 0xfe,
  defaultMountOptions: 0x100,
  firstMetaGroup: 0x104,
  makeTime: 0x108,
  journalBackup: 0x10c,
  blockCountHigh: 0x150,
  reservedBlocksHigh: 0x154,
  freeBlocksHigh: 0x158,
  minimumExtraBytes: 0x15c,
  wantedExtraBytes: 0x15e,
  flags: 0x160,
  mmpBlock: 0x168,
  logGroupsPerFlex: 0x174,
  checksumType: 0x175,
  writtenKib: 0x178,
  overheadBlocks: 0x248,
  backupGroups: 0x24c,
  projectQuotaInode: 0x26c,
  checksumSeed: 0x270,
  orphanFileInode: 0x280,
  checksum: 0x3fc,
} as const;

export const LABEL_BYTES = 16;
export const UUID_BYTES = 16;

/** Bits of the superblock's state and flags. */
export const STATE = { clean: 1, hasErrors: 2 } as const;
export const SUPER_FLAGS = { signedHash: 1, unsignedHash: 2 } as const;

/** Group descriptor; fields from 0x20 on only where descriptors have 64 bytes. */
export const GROUP = {
  blockBitmapLow: 0x00,
  inodeBitmapLow: 0x04,
  inodeTableLow: 0x08,
  freeBlocksLow: 0x0c,
  freeInodesLow: 0x0e,
  directoriesLow: 0x10,
  flags: 0x12,
  blockBitmapChecksumLow: 0x18,
  inodeBitmapChecksumLow: 0x1a,
  unusedInodesLow: 0x1c,
  checksum: 0x1e,
  blockBitmapHigh: 0x20,
  inodeBitmapHigh: 0x24,
  inodeTableHigh: 0x28,
  freeBlocksHigh: 0x2c,
  freeInodesHigh: 0x2e,
  directoriesHigh: 0x30,
  unusedInodesHigh: 0x32,
  blockBitmapChecksumHigh: 0x38,
  inodeBitmapChecksumHigh: 0x3a,
} as const;

export const GROUP_FLAGS = { inodesUnused: 1, blocksUnused: 2, tableZeroed: 4 } as const;

export const INODE = {
  mode: 0x00,
  uidLow: 0x02,
  sizeLow: 0x04,
  accessed: 0x08,
  changed: 0x0c,
  modified: 0x10,
  deleted: 0x14,
  gidLow: 0x18,
  links: 0x1a,
  sectorsLow: 0x1c,
  flags: 0x20,
  content: 0x28,
  generation: 0x64,
  attributeBlockLow: 0x68,
  sizeHigh: 0x6c,
  sectorsHigh: 0x74,
  attributeBlockHigh: 0x76,
  uidHigh: 0x78,
  gidHigh: 0x7a,
  checksumLow: 0x7c,
  extraBytes: 0x80,
  checksumHigh: 0x82,
  changedExtra: 0x84,
  modifiedExtra: 0x88,
  accessedExtra: 0x8c,
  created: 0x90,
  createdExtra: 0x94,
} as const;

/** Bytes of an inode without extra fields, and of the block pointers inside it. */
export const CLASSIC_INODE_BYTES = 128;
export const CONTENT_BYTES = 60;

export const INODE_FLAGS = {
  immutable: 0x10,
  appendOnly: 0x20,
  encrypted: 0x800,
  indexed: 0x1000,
  hugeFile: 0x40000,
  extents: 0x80000,
  verity: 0x100000,
  attributeValue: 0x200000,
  inlineData: 0x10000000,
  casefolded: 0x40000000,
} as const;

export const INODES = { root: 2, journal: 8, firstOrdinary: 11, resize: 7 } as const;

/** File type bits of a mode. */
export const MODE_TYPES = {
  mask: 0o170000,
  fifo: 0o010000,
  character: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
} as const;

/** Extent tree: a header and entries of 12 bytes each, in the inode or a block of its own. */
export const EXTENT_MAGIC = 0xf30a;
export const EXTENT_ENTRY_BYTES = 12;
export const EXTENT_HEADER = { magic: 0, entries: 2, maximum: 4, depth: 6, generation: 8 } as const;
export const EXTENT = { logical: 0, length: 4, startHigh: 6, startLow: 8 } as const;
export const EXTENT_INDEX = { logical: 0, leafLow: 4, leafHigh: 8 } as const;
/** A longer length means "allocated and never written" with this much less. */
export const MAXIMUM_EXTENT_BLOCKS = 32768;

/** Directory entry; its name follows. */
export const DIRENT = { inode: 0, length: 4, nameLength: 6, type: 7, name: 8 } as const;
/** The last entry of a checksummed directory block: no inode, 12 bytes, this type. */
export const DIRENT_TAIL = { bytes: 12, type: 0xde, checksum: 8 } as const;

/** Root of a hash tree: after the entries "." and ".."; and what a node starts with. */
export const INDEX_ROOT = {
  hashVersion: 28,
  infoBytes: 29,
  levels: 30,
  entries: 32,
} as const;
export const INDEX_NODE = { entries: 8 } as const;
/** The first entry's hash is these two counts. */
export const INDEX_ENTRY = { bytes: 8, limit: 0, count: 2, hash: 0, block: 4 } as const;

/** Extended attributes: in the inode after its extra fields, and in a block of their own. */
export const ATTRIBUTE_MAGIC = 0xea020000;
export const ATTRIBUTE_BLOCK = {
  magic: 0,
  references: 4,
  blocks: 8,
  hash: 12,
  checksum: 16,
  entries: 32,
} as const;
export const ATTRIBUTE_ENTRY = {
  nameLength: 0,
  index: 1,
  valueOffset: 2,
  valueInode: 4,
  valueBytes: 8,
  hash: 12,
  name: 16,
} as const;
