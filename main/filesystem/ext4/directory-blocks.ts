import { crc32c, crc32cOfU32 } from './crc32c.ts';
import { assertEntries, inodeOf, recordLengthOf } from './directory-entries.ts';
import { checksumWrong, damaged } from './ext4-damage.ts';
import { INCOMPATIBLE } from './ext4-features.ts';
import { DIRENT, DIRENT_TAIL, INDEX_ENTRY, INDEX_NODE, INDEX_ROOT } from './ext4-layout.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import type { Inode } from './inode.ts';
import { newRun } from './mapped-run.ts';
import type { MetadataBlock } from './metadata-blocks.ts';

/** Added to an inode's number in what a block was checked as; see `MetadataBlock`. */
export const CHECKED_LEAF = 2 ** 33;
export const CHECKED_INDEX = 3 * 2 ** 32;
/** Linux grows a directory no further without another feature. */
const MOST_BYTES = 2 ** 31;
const INDEX_TAIL_BYTES = 8;
const INDEX_CHECKSUM_AT = 4;

const scratch = newRun();

/** Blocks of a directory. @throws FileSystemError `EUCLEAN` where its size makes no sense. */
export function blockCountOf(volume: Ext4Volume, directory: Inode): number {
  const count = directory.sizeBytes / volume.geometry.blockBytes;
  const { blockCount, features } = volume.geometry;
  const isLarge = (features.incompatible & INCOMPATIBLE.large_dir) !== 0;
  const isFine = count <= blockCount && (isLarge || directory.sizeBytes <= MOST_BYTES);
  if (!Number.isInteger(count) || !isFine) {
    throw damaged(`size of directory ${directory.number}`);
  }
  return count;
}

/** Bytes of a leaf that hold entries: all but the checksum. */
export function leafEnd(volume: Ext4Volume): number {
  const { blockBytes, hasChecksums } = volume.geometry;
  return hasChecksums ? blockBytes - DIRENT_TAIL.bytes : blockBytes;
}

/**
 * Returns a block that holds names, checked.
 *
 * @throws FileSystemError `EUCLEAN`, `EBADMSG`.
 */
export function readLeaf(volume: Ext4Volume, directory: Inode, logical: number): MetadataBlock {
  const block = readBlock(volume, directory, logical);
  if (block.checkedAs === CHECKED_LEAF + directory.number) return block;
  const end = leafEnd(volume);
  if (volume.geometry.hasChecksums) {
    const stored = block.bytes.readUInt32LE(end + DIRENT_TAIL.checksum);
    if (leafChecksum(directory.checksumSeed, block.bytes) !== stored) {
      throw checksumWrong(`block ${logical} of directory ${directory.number}`);
    }
  }
  assertEntries(block.bytes, 0, end);
  block.checkedAs = CHECKED_LEAF + directory.number;
  return block;
}

/**
 * Returns a block of the hash tree, checked as far as its checksum; `entriesAt` is where its entries
 * start.
 *
 * @throws FileSystemError `EUCLEAN`, `EBADMSG`.
 */
export function readIndex(
  volume: Ext4Volume,
  directory: Inode,
  logical: number,
): Readonly<{ block: MetadataBlock; entriesAt: number }> {
  const block = readBlock(volume, directory, logical);
  const entriesAt = logical === 0 ? INDEX_ROOT.entries : INDEX_NODE.entries;
  if (block.checkedAs === CHECKED_INDEX + directory.number) return { block, entriesAt };
  const limit = block.bytes.readUInt16LE(entriesAt + INDEX_ENTRY.limit);
  const count = block.bytes.readUInt16LE(entriesAt + INDEX_ENTRY.count);
  if (limit !== indexLimit(volume, entriesAt) || count === 0 || count > limit) {
    throw damaged(`index of directory ${directory.number}`);
  }
  if (volume.geometry.hasChecksums) {
    const at = entriesAt + limit * INDEX_ENTRY.bytes + INDEX_CHECKSUM_AT;
    const checksum = indexChecksum(directory.checksumSeed, block.bytes, entriesAt);
    if (block.bytes.readUInt32LE(at) !== checksum) {
      throw checksumWrong(`index of directory ${directory.number}`);
    }
  }
  block.checkedAs = CHECKED_INDEX + directory.number;
  return { block, entriesAt };
}

/** Most entries that a block of the hash tree takes. */
export function indexLimit(volume: Ext4Volume, entriesAt: number): number {
  const { blockBytes, hasChecksums } = volume.geometry;
  const space = blockBytes - entriesAt - (hasChecksums ? INDEX_TAIL_BYTES : 0);
  return Math.floor(space / INDEX_ENTRY.bytes);
}

/** Returns the checksum that belongs at the end of a leaf. */
export function leafChecksum(seed: number, bytes: Buffer): number {
  return crc32c(seed, bytes, 0, bytes.length - DIRENT_TAIL.bytes);
}

/** Writes the entry at the end of a leaf that holds its checksum. @param seed - The inode's. */
export function sealLeaf(seed: number, bytes: Buffer): void {
  const at = bytes.length - DIRENT_TAIL.bytes;
  bytes.writeUInt32LE(0, at);
  bytes.writeUInt16LE(DIRENT_TAIL.bytes, at + DIRENT.length);
  bytes.writeUInt8(0, at + DIRENT.nameLength);
  bytes.writeUInt8(DIRENT_TAIL.type, at + DIRENT.type);
  bytes.writeUInt32LE(leafChecksum(seed, bytes), at + DIRENT_TAIL.checksum);
}

/** Returns the checksum that belongs after the entries of an index block. */
export function indexChecksum(seed: number, bytes: Buffer, entriesAt: number): number {
  const limit = bytes.readUInt16LE(entriesAt + INDEX_ENTRY.limit);
  const count = bytes.readUInt16LE(entriesAt + INDEX_ENTRY.count);
  const tailAt = entriesAt + limit * INDEX_ENTRY.bytes;
  let crc = crc32c(seed, bytes, 0, entriesAt + count * INDEX_ENTRY.bytes);
  crc = crc32c(crc, bytes, tailAt, tailAt + INDEX_CHECKSUM_AT);
  return crc32cOfU32(crc, 0);
}

/** Tells whether a block holds one unused entry alone: a node of the hash tree, or an empty leaf. */
export function looksLikeIndex(volume: Ext4Volume, directory: Inode, logical: number): boolean {
  const { bytes } = readBlock(volume, directory, logical);
  return inodeOf(bytes, 0) === 0 && recordLengthOf(bytes, 0) === bytes.length;
}

/** The block of the volume that holds a block of a directory. @throws FileSystemError `EUCLEAN`. */
export function placeOf(volume: Ext4Volume, directory: Inode, logical: number): number {
  volume.find(directory, logical, scratch);
  if (scratch.physical === 0 || scratch.isUnwritten) {
    throw damaged(`hole in directory ${directory.number}`);
  }
  return scratch.physical;
}

function readBlock(volume: Ext4Volume, directory: Inode, logical: number): MetadataBlock {
  return volume.blocks.read(placeOf(volume, directory, logical));
}
