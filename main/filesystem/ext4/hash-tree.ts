import { blockCountOf, readIndex } from './directory-blocks.ts';
import { type HashKind, isKnownHash } from './directory-hash.ts';
import { damaged } from './ext4-damage.ts';
import { COMPATIBLE, INCOMPATIBLE } from './ext4-features.ts';
import { INDEX_ENTRY, INDEX_ROOT } from './ext4-layout.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import type { Inode } from './inode.ts';
import type { MetadataBlock } from './metadata-blocks.ts';

/** The upper bits of a block number in an index entry are kept for other things. */
const BLOCK_MASK = 0x0fffffff;
const INFO_BYTES = 8;

/** A node of the tree on the way to a leaf, and which of its entries was taken. */
export type IndexFrame = {
  readonly logical: number;
  readonly block: MetadataBlock;
  readonly entriesAt: number;
  position: number;
};

/** The way from the root of a hash tree to one leaf. */
export type IndexPath = Readonly<{ hash: HashKind; frames: IndexFrame[] }>;

/** Tells whether a directory has a hash tree that can be used. */
export function isIndexed(volume: Ext4Volume, directory: Inode): boolean {
  const { compatible } = volume.geometry.features;
  const isUsable = (compatible & COMPATIBLE.dir_index) !== 0 && directory.hasFlag('indexed');
  return isUsable && !directory.hasFlag('casefolded') && !directory.hasFlag('inlineData');
}

/** How the names of a directory without a tree of its own are hashed. */
export function defaultHash({ geometry }: Ext4Volume): HashKind {
  return { version: geometry.hashVersion + geometry.hashOffset, seed: geometry.hashSeed };
}

/** How an indexed directory hashes names. @throws FileSystemError `EUCLEAN`. */
export function hashOf(volume: Ext4Volume, directory: Inode): HashKind {
  const { bytes } = readIndex(volume, directory, 0).block;
  const raw = bytes.readUInt8(INDEX_ROOT.hashVersion);
  const { hashOffset, hashSeed } = volume.geometry;
  const version = raw < 3 ? raw + hashOffset : raw;
  if (!isKnownHash(version)) throw damaged(`hash of directory ${directory.number}`);
  return { version, seed: hashSeed };
}

/**
 * Finds the first leaf that may hold a hash.
 *
 * @param kind - How the directory hashes, where the caller knows.
 * @throws FileSystemError `EUCLEAN`, `EBADMSG`.
 */
export function findLeaf(
  volume: Ext4Volume,
  directory: Inode,
  hash: number,
  kind: HashKind = hashOf(volume, directory),
): IndexPath {
  const path: IndexPath = { hash: kind, frames: [] };
  let frame = readFrame(volume, directory, 0);
  const { bytes } = frame.block;
  const levels = bytes.readUInt8(INDEX_ROOT.levels);
  const isLarge = (volume.geometry.features.incompatible & INCOMPATIBLE.large_dir) !== 0;
  if (bytes.readUInt8(INDEX_ROOT.infoBytes) !== INFO_BYTES || levels > (isLarge ? 2 : 1)) {
    throw damaged(`root of directory ${directory.number}`);
  }
  for (let level = 0; ; level += 1) {
    frame.position = positionOf(frame, hash);
    path.frames.push(frame);
    if (level === levels) return path;
    frame = readFrame(volume, directory, childOf(volume, directory, frame));
  }
}

/** The leaf to which a path leads, as a block of the directory. */
export function leafOf(volume: Ext4Volume, directory: Inode, path: IndexPath): number {
  return childOf(volume, directory, lastFrame(path));
}

/**
 * Moves a path to the next leaf.
 *
 * @param hash - Where given, only if the next leaf goes on with names of this hash.
 * @returns `false` where there is none.
 */
export function nextLeaf(
  volume: Ext4Volume,
  directory: Inode,
  path: IndexPath,
  hash?: number,
): boolean {
  const { frames } = path;
  let depth = frames.length - 1;
  while (depth >= 0) {
    const frame = frames[depth];
    if (frame !== undefined && frame.position + 1 < countIn(frame)) break;
    depth -= 1;
  }
  const frame = frames[depth];
  if (frame === undefined) return false;
  const next = hashAt(frame, frame.position + 1);
  // The lowest bit of an entry's hash says that the leaf before ends with the same hash.
  const goesOn = (next & 1) !== 0 && (next & ~1) >>> 0 === hash;
  if (hash !== undefined && !goesOn) return false;
  frame.position += 1;
  frames.length = depth + 1;
  descend(volume, directory, frames, path);
  return true;
}

export function countIn({ block, entriesAt }: IndexFrame): number {
  return block.bytes.readUInt16LE(entriesAt + INDEX_ENTRY.count);
}

/** Hash from which on an entry's names count; the first entry of a node takes all below too. */
export function hashAt({ block, entriesAt }: IndexFrame, index: number): number {
  if (index === 0) return 0;
  return block.bytes.readUInt32LE(entriesAt + index * INDEX_ENTRY.bytes + INDEX_ENTRY.hash);
}

/** The least hash of a path's leaf: it goes with the leaf for as long as that lives. */
export function leastHash({ frames }: IndexPath): number {
  let least = 0;
  for (const frame of frames) least = Math.max(least, hashAt(frame, frame.position));
  return least;
}

export function lastFrame({ frames }: IndexPath): IndexFrame {
  const frame = frames.at(-1);
  if (frame === undefined) throw damaged('path of a hash tree');
  return frame;
}

function descend(
  volume: Ext4Volume,
  directory: Inode,
  frames: IndexFrame[],
  path: IndexPath,
): void {
  const levels = frames[0]?.block.bytes.readUInt8(INDEX_ROOT.levels) ?? 0;
  while (frames.length <= levels) {
    const frame = readFrame(volume, directory, childOf(volume, directory, lastFrame(path)));
    frames.push(frame);
  }
}

function readFrame(volume: Ext4Volume, directory: Inode, logical: number): IndexFrame {
  const { block, entriesAt } = readIndex(volume, directory, logical);
  return { logical, block, entriesAt, position: 0 };
}

function childOf(volume: Ext4Volume, directory: Inode, frame: IndexFrame): number {
  const at = frame.entriesAt + frame.position * INDEX_ENTRY.bytes + INDEX_ENTRY.block;
  const child = frame.block.bytes.readUInt32LE(at) & BLOCK_MASK;
  // A child is never the root: a tree that leads back to it would have no end.
  if (child === 0 || child >= blockCountOf(volume, directory)) {
    throw damaged(`index of directory ${directory.number}`);
  }
  return child;
}

function positionOf(frame: IndexFrame, hash: number): number {
  let low = 1;
  let high = countIn(frame) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (hashAt(frame, middle) > hash) high = middle - 1;
    else low = middle + 1;
  }
  return low - 1;
}
