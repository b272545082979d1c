import { FileSystemError } from '../file-system-error.ts';
import { CHECKED_INDEX, indexLimit, leafEnd, readLeaf } from './directory-blocks.ts';
import {
  inodeOf,
  nameLengthOf,
  nameOf,
  neededBytes,
  putRecordLength,
  recordLengthOf,
} from './directory-entries.ts';
import { type HashKind, hashName } from './directory-hash.ts';
import { damaged } from './ext4-damage.ts';
import { INDEX_ENTRY, INDEX_NODE, INDEX_ROOT, INODE_FLAGS } from './ext4-layout.ts';
import {
  countIn,
  findLeaf,
  hashAt,
  hashOf,
  type IndexFrame,
  type IndexPath,
  lastFrame,
  leafOf,
  leastHash,
} from './hash-tree.ts';
import type { Inode } from './inode.ts';
import {
  appendBlock,
  appendLeaf,
  changeLeaf,
  fits,
  type NewEntry,
  putIntoLeaf,
} from './leaf-writer.ts';
import type { MetadataBlock } from './metadata-blocks.ts';
import type { VolumeWriter } from './volume-writer.ts';

/** Keeps hash trees of directories, in an operation. Blocks are only ever added to them. */

const INFO_BYTES = 8;
/** Root and one level of nodes below it: more is another feature. */
const MAXIMUM_FRAMES = 2;

type HashedRecord = Readonly<{ hash: number; record: Buffer }>;

/** Adds a name where its hash belongs. @throws FileSystemError `ENOSPC`, `EUCLEAN`. */
export function insertByHash(writer: VolumeWriter, directory: Inode, entry: NewEntry): void {
  const { volume } = writer;
  const kind = hashOf(volume, directory);
  const hash = hashName(kind, entry.name);
  for (;;) {
    const path = findLeaf(volume, directory, hash, kind);
    const leaf = readLeaf(volume, directory, leafOf(volume, directory, path));
    if (fits(leaf.bytes, leafEnd(volume), entry.name.length)) {
      putIntoLeaf(writer, changeLeaf(writer, directory, leaf), entry);
      return;
    }
    const frame = lastFrame(path);
    if (countIn(frame) < indexLimit(volume, frame.entriesAt))
      splitLeaf(writer, directory, path, leaf);
    else makeRoom(writer, directory, path);
  }
}

/** Turns a directory of one block into a tree with one leaf. */
export function makeIndexed(writer: VolumeWriter, directory: Inode): void {
  const { volume } = writer;
  const root = changeLeaf(writer, directory, readLeaf(volume, directory, 0));
  const first = neededBytes(1);
  const isUsual =
    recordLengthOf(root.bytes, 0) === first &&
    nameOf(root.bytes, first).toString('latin1') === '..';
  if (!isUsual) throw damaged(`start of directory ${directory.number}`);
  const second = first + recordLengthOf(root.bytes, first);
  const records = recordsOf(root.bytes, second, leafEnd(volume));
  const { block, logical } = appendLeaf(writer, directory);
  fillLeaf(block.bytes, leafEnd(volume), records);
  const { bytes } = root;
  putRecordLength(bytes, first, bytes.length - first);
  bytes.fill(0, first + neededBytes(2));
  bytes.writeUInt8(volume.geometry.hashVersion, INDEX_ROOT.hashVersion);
  bytes.writeUInt8(INFO_BYTES, INDEX_ROOT.infoBytes);
  const at = INDEX_ROOT.entries;
  bytes.writeUInt16LE(indexLimit(volume, at), at + INDEX_ENTRY.limit);
  bytes.writeUInt16LE(1, at + INDEX_ENTRY.count);
  bytes.writeUInt32LE(logical, at + INDEX_ENTRY.block);
  root.checkedAs = CHECKED_INDEX + directory.number;
  root.seal = 'root';
  directory.flags |= INODE_FLAGS.indexed;
}

/** Moves the upper half of a leaf's hashes to a new leaf. */
function splitLeaf(
  writer: VolumeWriter,
  directory: Inode,
  path: IndexPath,
  leaf: MetadataBlock,
): void {
  const { volume } = writer;
  const end = leafEnd(volume);
  const records = hashedRecords(path.hash, leaf.bytes, end);
  const half = records.reduce((sum, { record }) => sum + record.length, 0) / 2;
  let split = 1;
  let size = records[0]?.record.length ?? 0;
  while (split < records.length - 1 && size + (records[split]?.record.length ?? 0) <= half) {
    size += records[split]?.record.length ?? 0;
    split += 1;
  }
  const first = records[split];
  const frame = lastFrame(path);
  const isLast = frame.position + 1 >= countIn(frame);
  const isInOrder =
    first !== undefined &&
    first.hash >= evenHash(leastHash(path)) &&
    (isLast || first.hash <= evenHash(hashAt(frame, frame.position + 1)));
  // Else the tree would be in disorder, and the next name might find no room again.
  if (!isInOrder) throw damaged(`leaf of directory ${directory.number}`);
  const { block, logical } = appendLeaf(writer, directory);
  changeLeaf(writer, directory, leaf);
  fillLeaf(
    block.bytes,
    end,
    records.slice(split).map(({ record }) => record),
  );
  fillLeaf(
    leaf.bytes,
    end,
    records.slice(0, split).map(({ record }) => record),
  );
  // The lowest bit says that the leaf before ends with the same hash.
  const goesOn = records[split - 1]?.hash === first.hash ? 1 : 0;
  changeIndex(writer, directory, frame);
  insertIndex(frame, frame.position + 1, first.hash + goesOn, logical);
}

function evenHash(hash: number): number {
  return (hash & ~1) >>> 0;
}

/** Makes room for one more leaf in a full node of the tree. */
function makeRoom(writer: VolumeWriter, directory: Inode, { frames }: IndexPath): void {
  const [root, node] = frames;
  if (root === undefined) throw damaged('path of a hash tree');
  if (node === undefined) {
    growRoot(writer, directory, root);
    return;
  }
  const isFull = countIn(root) >= indexLimit(writer.volume, root.entriesAt);
  if (isFull || frames.length > MAXIMUM_FRAMES) throw new FileSystemError('ENOSPC');
  splitNode(writer, directory, root, node);
}

/** Moves the root's entries into a node below it. */
function growRoot(writer: VolumeWriter, directory: Inode, root: IndexFrame): void {
  const count = countIn(root);
  const { block, logical } = appendNode(writer, directory, count);
  changeIndex(writer, directory, root);
  copyIndexes(root, 0, count, block);
  const { bytes } = root.block;
  bytes.writeUInt16LE(1, root.entriesAt + INDEX_ENTRY.count);
  bytes.writeUInt32LE(logical, root.entriesAt + INDEX_ENTRY.block);
  bytes.writeUInt8(1, INDEX_ROOT.levels);
}

/** Moves the upper half of a node's entries to a new one. */
function splitNode(
  writer: VolumeWriter,
  directory: Inode,
  root: IndexFrame,
  node: IndexFrame,
): void {
  const count = countIn(node);
  const kept = Math.floor(count / 2);
  const hash = hashAt(node, kept);
  const { block, logical } = appendNode(writer, directory, count - kept);
  changeIndex(writer, directory, node);
  copyIndexes(node, kept, count - kept, block);
  node.block.bytes.writeUInt16LE(kept, node.entriesAt + INDEX_ENTRY.count);
  changeIndex(writer, directory, root);
  insertIndex(root, root.position + 1, hash, logical);
}

function appendNode(
  writer: VolumeWriter,
  directory: Inode,
  count: number,
): Readonly<{ block: MetadataBlock; logical: number }> {
  const { block, logical } = appendBlock(writer, directory);
  putRecordLength(block.bytes, 0, block.bytes.length);
  const at = INDEX_NODE.entries;
  block.bytes.writeUInt16LE(indexLimit(writer.volume, at), at + INDEX_ENTRY.limit);
  block.bytes.writeUInt16LE(count, at + INDEX_ENTRY.count);
  block.checkedAs = CHECKED_INDEX + directory.number;
  block.seal = 'index';
  block.sealSeed = directory.checksumSeed;
  return { block, logical };
}

/** Copies entries behind the counts of a new node: of the first only its block. */
function copyIndexes(from: IndexFrame, first: number, count: number, to: MetadataBlock): void {
  const start = from.entriesAt + first * INDEX_ENTRY.bytes;
  const target = INDEX_NODE.entries + INDEX_ENTRY.block;
  const end = start + count * INDEX_ENTRY.bytes;
  from.block.bytes.copy(to.bytes, target, start + INDEX_ENTRY.block, end);
}

function changeIndex(writer: VolumeWriter, directory: Inode, { block, logical }: IndexFrame): void {
  writer.volume.blocks.change(block);
  block.seal = logical === 0 ? 'root' : 'index';
  block.sealSeed = directory.checksumSeed;
}

function insertIndex(frame: IndexFrame, index: number, hash: number, logical: number): void {
  const { bytes } = frame.block;
  const count = countIn(frame);
  const at = frame.entriesAt + index * INDEX_ENTRY.bytes;
  bytes.copyWithin(at + INDEX_ENTRY.bytes, at, frame.entriesAt + count * INDEX_ENTRY.bytes);
  bytes.writeUInt32LE(hash, at + INDEX_ENTRY.hash);
  bytes.writeUInt32LE(logical, at + INDEX_ENTRY.block);
  bytes.writeUInt16LE(count + 1, frame.entriesAt + INDEX_ENTRY.count);
}

/** Copies the entries in use, each as short as it can be. */
function recordsOf(bytes: Buffer, from: number, end: number): Buffer[] {
  const records: Buffer[] = [];
  for (let at = from; at < end; at += recordLengthOf(bytes, at)) {
    if (inodeOf(bytes, at) === 0) continue;
    records.push(Buffer.from(bytes.subarray(at, at + neededBytes(nameLengthOf(bytes, at)))));
  }
  return records;
}

function hashedRecords(kind: HashKind, bytes: Buffer, end: number): HashedRecord[] {
  const records = recordsOf(bytes, 0, end).map((record) => ({
    hash: hashName(kind, nameOf(record, 0)),
    record,
  }));
  return records.sort((one, other) => one.hash - other.hash);
}

function fillLeaf(bytes: Buffer, end: number, records: readonly Buffer[]): void {
  bytes.fill(0, 0, end);
  let at = 0;
  for (const [index, record] of records.entries()) {
    const isLast = index === records.length - 1;
    bytes.set(record, at);
    putRecordLength(bytes, at, isLast ? end - at : record.length);
    at += record.length;
  }
  if (records.length === 0) putRecordLength(bytes, 0, end);
}
