import { crc32c } from './crc32c.ts';
import { damaged } from './ext4-damage.ts';
import {
  CONTENT_BYTES,
  EXTENT,
  EXTENT_ENTRY_BYTES,
  EXTENT_HEADER,
  EXTENT_INDEX,
  EXTENT_MAGIC,
  MAXIMUM_EXTENT_BLOCKS,
} from './ext4-layout.ts';
import type { MetadataBlocks } from './metadata-blocks.ts';

const HIGH = 2 ** 32;
/** No tree that numbers 2^32 blocks needs more levels. */
export const MAXIMUM_EXTENT_DEPTH = 5;

/**
 * One node of an extent tree where it lies: `at` is its header in `bytes`. Entries are counted from
 * 0; in leaves they are extents, above them they name the nodes below.
 */
export type ExtentNode = Readonly<{ bytes: Buffer; at: number }>;

export function entryCount({ bytes, at }: ExtentNode): number {
  return bytes.readUInt16LE(at + EXTENT_HEADER.entries);
}

export function entryMaximum({ bytes, at }: ExtentNode): number {
  return bytes.readUInt16LE(at + EXTENT_HEADER.maximum);
}

/** Levels below the node; a leaf has none. */
export function depthOf({ bytes, at }: ExtentNode): number {
  return bytes.readUInt16LE(at + EXTENT_HEADER.depth);
}

export function entryAt({ at }: ExtentNode, index: number): number {
  return at + (index + 1) * EXTENT_ENTRY_BYTES;
}

/** First logical block of an entry, of either kind. */
export function logicalOf(node: ExtentNode, index: number): number {
  return node.bytes.readUInt32LE(entryAt(node, index) + EXTENT.logical);
}

/** Blocks of an extent, without the mark of one that was never written. */
export function lengthOf(node: ExtentNode, index: number): number {
  const raw = node.bytes.readUInt16LE(entryAt(node, index) + EXTENT.length);
  return raw > MAXIMUM_EXTENT_BLOCKS ? raw - MAXIMUM_EXTENT_BLOCKS : raw;
}

export function isUnwritten(node: ExtentNode, index: number): boolean {
  return node.bytes.readUInt16LE(entryAt(node, index) + EXTENT.length) > MAXIMUM_EXTENT_BLOCKS;
}

/** First physical block of an extent. */
export function startOf(node: ExtentNode, index: number): number {
  const at = entryAt(node, index);
  return (
    node.bytes.readUInt32LE(at + EXTENT.startLow) +
    node.bytes.readUInt16LE(at + EXTENT.startHigh) * HIGH
  );
}

/** The block of the node that an index entry names. */
export function childOf(node: ExtentNode, index: number): number {
  const at = entryAt(node, index);
  return (
    node.bytes.readUInt32LE(at + EXTENT_INDEX.leafLow) +
    node.bytes.readUInt16LE(at + EXTENT_INDEX.leafHigh) * HIGH
  );
}

/** Returns the last entry that starts at or before a logical block, -1 where there is none. */
export function findEntry(node: ExtentNode, logical: number): number {
  let low = 0;
  let high = entryCount(node) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (logicalOf(node, middle) <= logical) low = middle + 1;
    else high = middle - 1;
  }
  return high;
}

/**
 * Checks everything that a node says of itself: counts, order, and that all lies in the volume.
 *
 * @param spaceBytes - From the node's header to the end of where it may lie.
 * @throws FileSystemError `EUCLEAN`.
 */
export function assertNode(
  node: ExtentNode,
  depth: number,
  spaceBytes: number,
  blocks: MetadataBlocks,
): void {
  const { bytes, at } = node;
  const maximum = entryMaximum(node);
  // One that takes a single entry could not be split.
  const fits = maximum >= 2 && (maximum + 1) * EXTENT_ENTRY_BYTES <= spaceBytes;
  const isHeader = bytes.readUInt16LE(at + EXTENT_HEADER.magic) === EXTENT_MAGIC;
  if (!(isHeader && fits && depthOf(node) === depth && depth <= MAXIMUM_EXTENT_DEPTH)) {
    throw damaged('header of an extent node');
  }
  const count = entryCount(node);
  if (count > maximum || (depth > 0 && count === 0)) throw damaged('entries of an extent node');
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    const logical = logicalOf(node, index);
    if (index > 0 && logical < next) throw damaged('order of extents');
    const length = depth === 0 ? lengthOf(node, index) : 1;
    next = logical + length;
    if (length === 0 || next > HIGH) throw damaged('length of an extent');
    blocks.assertInside(depth === 0 ? startOf(node, index) : childOf(node, index), length);
  }
}

/** Writes a header; what entries hold is left alone. */
export function putHeader(
  { bytes, at }: ExtentNode,
  header: Readonly<{ entries: number; maximum: number; depth: number }>,
): void {
  bytes.writeUInt16LE(EXTENT_MAGIC, at + EXTENT_HEADER.magic);
  bytes.writeUInt16LE(header.entries, at + EXTENT_HEADER.entries);
  bytes.writeUInt16LE(header.maximum, at + EXTENT_HEADER.maximum);
  bytes.writeUInt16LE(header.depth, at + EXTENT_HEADER.depth);
  bytes.writeUInt32LE(0, at + EXTENT_HEADER.generation);
}

/** A run of a file's blocks and where it lies. */
export type Extent = Readonly<{
  logical: number;
  length: number;
  start: number;
  isUnwritten: boolean;
}>;

export function putExtent(node: ExtentNode, index: number, extent: Extent): void {
  const at = entryAt(node, index);
  const mark = extent.isUnwritten ? MAXIMUM_EXTENT_BLOCKS : 0;
  node.bytes.writeUInt32LE(extent.logical, at + EXTENT.logical);
  node.bytes.writeUInt16LE(extent.length + mark, at + EXTENT.length);
  node.bytes.writeUInt16LE(Math.floor(extent.start / HIGH), at + EXTENT.startHigh);
  node.bytes.writeUInt32LE(extent.start % HIGH, at + EXTENT.startLow);
}

export function putIndex(node: ExtentNode, index: number, logical: number, child: number): void {
  const at = entryAt(node, index);
  node.bytes.writeUInt32LE(logical, at + EXTENT_INDEX.logical);
  node.bytes.writeUInt32LE(child % HIGH, at + EXTENT_INDEX.leafLow);
  node.bytes.writeUInt16LE(Math.floor(child / HIGH), at + EXTENT_INDEX.leafHigh);
  node.bytes.writeUInt16LE(0, at + EXTENT_INDEX.leafHigh + 2);
}

/** Makes room for an entry, or takes one out, by moving those behind. */
export function shiftEntries(node: ExtentNode, index: number, by: 1 | -1): void {
  const count = entryCount(node);
  const from = entryAt(node, by === 1 ? index : index + 1);
  node.bytes.copyWithin(from + by * EXTENT_ENTRY_BYTES, from, entryAt(node, count));
  node.bytes.writeUInt16LE(count + by, node.at + EXTENT_HEADER.entries);
}

/** Copies entries of one node to the start of another that has none. */
export function copyEntries(from: ExtentNode, first: number, count: number, to: ExtentNode): void {
  from.bytes.copy(to.bytes, entryAt(to, 0), entryAt(from, first), entryAt(from, first + count));
}

export function putCount(node: ExtentNode, count: number): void {
  node.bytes.writeUInt16LE(count, node.at + EXTENT_HEADER.entries);
}

export function putLogical(node: ExtentNode, index: number, logical: number): void {
  node.bytes.writeUInt32LE(logical, entryAt(node, index) + EXTENT.logical);
}

export function extentAt(node: ExtentNode, index: number): Extent {
  return {
    logical: logicalOf(node, index),
    length: lengthOf(node, index),
    start: startOf(node, index),
    isUnwritten: isUnwritten(node, index),
  };
}

/** Entries that fit into a node of its own, and into the one in an inode. */
export function blockMaximum(blockBytes: number): number {
  return Math.floor((blockBytes - EXTENT_ENTRY_BYTES) / EXTENT_ENTRY_BYTES);
}
export const ROOT_MAXIMUM = CONTENT_BYTES / EXTENT_ENTRY_BYTES - 1;

/** Brings the checksum after a node's entries up to date. @param seed - The inode's. */
export function sealNode(node: ExtentNode, seed: number): void {
  const end = (entryMaximum(node) + 1) * EXTENT_ENTRY_BYTES;
  node.bytes.writeUInt32LE(crc32c(seed, node.bytes, 0, end), end);
}
