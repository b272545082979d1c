import { FormatError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { CRC32C_START, crc32c, crc32cBefore } from './crc32c.ts';
import {
  assertReadable,
  COMPATIBLE,
  type Ext4Features,
  INCOMPATIBLE,
  READ_ONLY_COMPATIBLE,
} from './ext4-features.ts';
import {
  CLASSIC_INODE_BYTES,
  EXT4_MAGIC,
  INODES,
  LABEL_BYTES,
  STATE,
  SUPER,
  SUPER_BYTES,
  SUPER_FLAGS,
  SUPER_OFFSET_BYTES,
  UUID_BYTES,
} from './ext4-layout.ts';

const MAXIMUM_LOG_BLOCK_SIZE = 6;
const SMALL_DESCRIPTOR_BYTES = 32;
/** No mke2fs makes smaller groups; with them a small superblock could name more than anybody counts. */
const LEAST_BLOCKS_PER_GROUP = 256;
const MOST_SMALL_GROUPS = 2 ** 20;
const HIGH = 2 ** 32;
/** The unsigned variants of the three hash versions follow the signed ones. */
const UNSIGNED_HASHES = 3;

/** What the superblock says of a volume and never changes while it is mounted. */
export type Ext4Geometry = Readonly<{
  features: Ext4Features;
  blockBytes: number;
  blockCount: number;
  firstDataBlock: number;
  groupCount: number;
  blocksPerGroup: number;
  /** Blocks of a cluster: 1 without bigalloc. */
  clusterBlocks: number;
  inodesPerGroup: number;
  inodeCount: number;
  inodeBytes: number;
  /** First inode that is not reserved. */
  firstInode: number;
  descriptorBytes: number;
  firstMetaGroup: number;
  reservedDescriptorBlocks: number;
  backupGroups: readonly [number, number];
  groupsPerFlex: number;
  wantedExtraBytes: number;
  journalInode: number;
  orphanFileInode: number;
  hashVersion: number;
  /** 3 where the signs of name bytes do not count in hashes, else 0. */
  hashOffset: number;
  hashSeed: readonly number[];
  /** Set: every structure has a checksum, begun with `checksumSeed`. */
  hasChecksums: boolean;
  checksumSeed: number;
  uuid: Buffer;
  label: string;
  /** The driver that wrote last found damage. */
  hasErrors: boolean;
}>;

/**
 * Reads and checks the superblock.
 *
 * @throws FormatError `filesystem-damaged`.
 * @throws UnsupportedError `filesystem-unsupported` with the names of features that we lack.
 */
export function readSuperblock(device: BlockDevice): Ext4Geometry {
  if (device.sizeBytes < SUPER_OFFSET_BYTES + SUPER_BYTES) throw broken('volume too small');
  const bytes = Buffer.alloc(SUPER_BYTES);
  device.readInto(SUPER_OFFSET_BYTES, bytes);
  return parseSuperblock(bytes, device.sizeBytes);
}

/**
 * Parses the 1024 bytes of a superblock. Nothing of `bytes` is kept.
 *
 * @throws FormatError `filesystem-damaged`.
 * @throws UnsupportedError `filesystem-unsupported`.
 */
export function parseSuperblock(bytes: Buffer, deviceBytes: number): Ext4Geometry {
  if (bytes.readUInt16LE(SUPER.magic) !== EXT4_MAGIC) throw broken('no magic');
  const isDynamic = bytes.readUInt32LE(SUPER.revision) > 0;
  const features: Ext4Features = {
    compatible: isDynamic ? bytes.readUInt32LE(SUPER.compatible) : 0,
    incompatible: isDynamic ? bytes.readUInt32LE(SUPER.incompatible) : 0,
    readOnlyCompatible: isDynamic ? bytes.readUInt32LE(SUPER.readOnlyCompatible) : 0,
  };
  assertReadable(features);
  const hasChecksums = has(features.readOnlyCompatible, READ_ONLY_COMPATIBLE.metadata_csum);
  if (hasChecksums && bytes.readUInt32LE(SUPER.checksum) !== superblockChecksum(bytes)) {
    throw broken('checksum of the superblock');
  }
  const geometry: Ext4Geometry = {
    features,
    ...parseSizes(bytes, features),
    ...parseInodeSizes(bytes, isDynamic),
    ...parseHashes(bytes),
    descriptorBytes: has(features.incompatible, INCOMPATIBLE['64bit'])
      ? bytes.readUInt16LE(SUPER.descriptorBytes)
      : SMALL_DESCRIPTOR_BYTES,
    firstMetaGroup: has(features.incompatible, INCOMPATIBLE.meta_bg)
      ? bytes.readUInt32LE(SUPER.firstMetaGroup)
      : Number.MAX_SAFE_INTEGER,
    reservedDescriptorBlocks: has(features.compatible, COMPATIBLE.resize_inode)
      ? bytes.readUInt16LE(SUPER.reservedGdtBlocks)
      : 0,
    backupGroups: [
      bytes.readUInt32LE(SUPER.backupGroups),
      bytes.readUInt32LE(SUPER.backupGroups + 4),
    ],
    groupsPerFlex: 2 ** Math.min(31, bytes.readUInt8(SUPER.logGroupsPerFlex)),
    journalInode: has(features.compatible, COMPATIBLE.has_journal)
      ? bytes.readUInt32LE(SUPER.journalInode)
      : 0,
    orphanFileInode: bytes.readUInt32LE(SUPER.orphanFileInode),
    hasChecksums,
    checksumSeed: has(features.incompatible, INCOMPATIBLE.metadata_csum_seed)
      ? bytes.readUInt32LE(SUPER.checksumSeed)
      : crc32c(CRC32C_START, bytes, SUPER.uuid, SUPER.uuid + UUID_BYTES),
    uuid: Buffer.from(bytes.subarray(SUPER.uuid, SUPER.uuid + UUID_BYTES)),
    label: textOf(bytes.subarray(SUPER.label, SUPER.label + LABEL_BYTES)),
    hasErrors: has(bytes.readUInt16LE(SUPER.state), STATE.hasErrors),
  };
  assertSane(geometry, deviceBytes);
  return geometry;
}

/** Returns the checksum that belongs into a superblock of these bytes. */
function superblockChecksum(bytes: Uint8Array): number {
  return crc32c(CRC32C_START, bytes, 0, SUPER.checksum);
}

/** Brings the checksum of a superblock up to date, where it has one. */
export function sealSuperblock(bytes: Buffer): void {
  const features = bytes.readUInt32LE(SUPER.readOnlyCompatible);
  if (!has(features, READ_ONLY_COMPATIBLE.metadata_csum)) return;
  bytes.writeUInt32LE(superblockChecksum(bytes), SUPER.checksum);
}

/**
 * Brings the superblock of a mounted volume in line with its checksum, which stays as it is: an
 * unused field takes what makes it right.
 *
 * All that a mount changes lies in the superblock's first 512 bytes, and the checksum in the
 * other. Where storage writes no more than that at once, a cut between the two would leave a
 * superblock that nobody accepts, e2fsck neither; so the second half never changes.
 */
export function resealSuperblock(bytes: Buffer): void {
  const readOnlyCompatible = bytes.readUInt32LE(SUPER.readOnlyCompatible);
  if (!has(readOnlyCompatible, READ_ONLY_COMPATIBLE.metadata_csum)) return;
  if (has(bytes.readUInt32LE(SUPER.incompatible), INCOMPATIBLE.mmp)) {
    sealSuperblock(bytes);
    return;
  }
  const at = SUPER.mmpBlock;
  const checksum = bytes.readUInt32LE(SUPER.checksum);
  const after = crc32cBefore(checksum, bytes, at + 4, SUPER.checksum);
  const before = crc32c(CRC32C_START, bytes, 0, at);
  bytes.writeUInt32LE(0, at);
  bytes.writeUInt32LE((crc32cBefore(after, bytes, at, at + 4) ^ before) >>> 0, at);
}

function parseSizes(bytes: Buffer, features: Ext4Features) {
  const logBlockSize = bytes.readUInt32LE(SUPER.logBlockSize);
  const logClusterSize = bytes.readUInt32LE(SUPER.logClusterSize);
  const isClustered = has(features.readOnlyCompatible, READ_ONLY_COMPATIBLE.bigalloc);
  if (logBlockSize > MAXIMUM_LOG_BLOCK_SIZE) throw broken('block size');
  if (isClustered && (logClusterSize < logBlockSize || logClusterSize > 20)) {
    throw broken('cluster size');
  }
  const high = has(features.incompatible, INCOMPATIBLE['64bit'])
    ? bytes.readUInt32LE(SUPER.blockCountHigh)
    : 0;
  const blockCount = bytes.readUInt32LE(SUPER.blockCountLow) + high * HIGH;
  const firstDataBlock = bytes.readUInt32LE(SUPER.firstDataBlock);
  const blocksPerGroup = bytes.readUInt32LE(SUPER.blocksPerGroup);
  if (blocksPerGroup === 0) throw broken('blocks per group');
  return {
    blockBytes: 1024 * 2 ** logBlockSize,
    blockCount,
    firstDataBlock,
    blocksPerGroup,
    clusterBlocks: isClustered ? 2 ** (logClusterSize - logBlockSize) : 1,
    groupCount: Math.ceil((blockCount - firstDataBlock) / blocksPerGroup),
    inodesPerGroup: bytes.readUInt32LE(SUPER.inodesPerGroup),
    inodeCount: bytes.readUInt32LE(SUPER.inodeCount),
  };
}

function parseInodeSizes(bytes: Buffer, isDynamic: boolean) {
  return {
    inodeBytes: isDynamic ? bytes.readUInt16LE(SUPER.inodeBytes) : CLASSIC_INODE_BYTES,
    firstInode: isDynamic ? bytes.readUInt32LE(SUPER.firstInode) : INODES.firstOrdinary,
    wantedExtraBytes: isDynamic ? bytes.readUInt16LE(SUPER.wantedExtraBytes) : 0,
  };
}

function parseHashes(bytes: Buffer) {
  const flags = bytes.readUInt32LE(SUPER.flags);
  return {
    hashVersion: bytes.readUInt8(SUPER.hashVersion),
    hashOffset: has(flags, SUPER_FLAGS.unsignedHash) ? UNSIGNED_HASHES : 0,
    hashSeed: [0, 4, 8, 12].map((at) => bytes.readUInt32LE(SUPER.hashSeed + at)),
  };
}

function assertSane(geometry: Ext4Geometry, deviceBytes: number): void {
  const { blockBytes, blockCount, blocksPerGroup, clusterBlocks, inodesPerGroup } = geometry;
  const { inodeBytes, descriptorBytes, groupCount, firstDataBlock } = geometry;
  const checks: readonly (readonly [boolean, string])[] = [
    [blockCount * blockBytes <= deviceBytes, 'more blocks than the volume holds'],
    [firstDataBlock <= 1 && firstDataBlock < blockCount, 'first data block'],
    [blocksPerGroup % (8 * clusterBlocks) === 0, 'blocks per group'],
    [blocksPerGroup >= LEAST_BLOCKS_PER_GROUP, 'blocks per group'],
    [groupCount <= mostGroups(geometry), 'blocks per group'],
    [blocksPerGroup / clusterBlocks <= 8 * blockBytes, 'blocks per group'],
    [isPowerOfTwo(inodeBytes) && inodeBytes >= CLASSIC_INODE_BYTES, 'inode size'],
    [inodeBytes <= blockBytes, 'inode size'],
    [isPowerOfTwo(descriptorBytes), 'descriptor size'],
    [descriptorBytes >= SMALL_DESCRIPTOR_BYTES && descriptorBytes <= blockBytes, 'descriptor size'],
    [isMetaFine(geometry), 'descriptors'],
    [inodesPerGroup > 0 && inodesPerGroup <= 8 * blockBytes, 'inodes per group'],
    [(inodesPerGroup * inodeBytes) % blockBytes === 0, 'inodes per group'],
    [groupCount * inodesPerGroup === geometry.inodeCount, 'number of inodes'],
    [geometry.firstInode >= INODES.firstOrdinary, 'first inode'],
    [geometry.firstInode <= geometry.inodeCount, 'first inode'],
  ];
  for (const [isFine, what] of checks) if (!isFine) throw broken(what);
}

/** Most groups of a volume. Only those of full size are as many as the volume is large. */
export function mostGroups(
  geometry: Pick<Ext4Geometry, 'blocksPerGroup' | 'blockBytes' | 'inodesPerGroup'>,
): number {
  const { blocksPerGroup, blockBytes, inodesPerGroup } = geometry;
  const most = Math.floor((HIGH - 1) / inodesPerGroup);
  return blocksPerGroup >= 8 * blockBytes ? most : Math.min(most, MOST_SMALL_GROUPS);
}

/** Whether what is said of the place of descriptors fits to how many there are. */
function isMetaFine(geometry: Ext4Geometry): boolean {
  const { blockBytes, descriptorBytes, groupCount, firstMetaGroup } = geometry;
  const descriptorBlocks = Math.ceil((groupCount * descriptorBytes) / blockBytes);
  const isUsual = firstMetaGroup === Number.MAX_SAFE_INTEGER;
  const isKeptFine = geometry.reservedDescriptorBlocks <= blockBytes / 4;
  return isKeptFine && (isUsual || firstMetaGroup <= descriptorBlocks);
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

function has(bits: number, bit: number): boolean {
  return (bits & bit) !== 0;
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? bytes.length : end);
}

function broken(what: string): FormatError {
  return new FormatError('filesystem-damaged', { type: 'ext4', what });
}
