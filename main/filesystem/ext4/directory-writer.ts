import type { NodeKind } from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import { blockCountOf, leafEnd, looksLikeIndex, readIndex, readLeaf } from './directory-blocks.ts';
import {
  findName,
  inodeOf,
  nameLengthOf,
  neededBytes,
  putEntry,
  putRecordLength,
  recordLengthOf,
} from './directory-entries.ts';
import { isKnownHash } from './directory-hash.ts';
import type { FoundEntry } from './directory-lookup.ts';
import { damaged } from './ext4-damage.ts';
import { COMPATIBLE } from './ext4-features.ts';
import { DIRENT } from './ext4-layout.ts';
import { defaultHash, isIndexed } from './hash-tree.ts';
import { insertByHash, makeIndexed } from './hash-tree-writer.ts';
import type { Inode } from './inode.ts';
import { appendLeaf, changeLeaf, fits, type NewEntry, putIntoLeaf, typeOf } from './leaf-writer.ts';
import type { MetadataBlock } from './metadata-blocks.ts';
import type { VolumeWriter } from './volume-writer.ts';

/** Changes directories, in an operation and with the directory's inode marked as changed. */

const DOT = Buffer.from('.');
const DOT_DOT = Buffer.from('..');

/** Adds a name that is not there. @throws FileSystemError `ENOSPC`, `EUCLEAN`. */
export function addEntry(writer: VolumeWriter, directory: Inode, entry: NewEntry): void {
  const { volume } = writer;
  if (!directory.hasFlag('extents')) throw new FileSystemError('ENOTSUP');
  if (isIndexed(volume, directory)) {
    insertByHash(writer, directory, entry);
    return;
  }
  const count = blockCountOf(volume, directory);
  for (let logical = 0; logical < count; logical += 1) {
    if (directory.hasFlag('indexed') && looksLikeIndex(volume, directory, logical)) continue;
    const block = readLeaf(volume, directory, logical);
    if (fits(block.bytes, leafEnd(volume), entry.name.length)) {
      putIntoLeaf(writer, changeLeaf(writer, directory, block), entry);
      return;
    }
  }
  const hasIndexes = (volume.geometry.features.compatible & COMPATIBLE.dir_index) !== 0;
  if (count === 1 && hasIndexes && isKnownHash(defaultHash(volume).version)) {
    makeIndexed(writer, directory);
    insertByHash(writer, directory, entry);
    return;
  }
  putIntoLeaf(writer, appendLeaf(writer, directory).block, entry);
}

/** Takes an entry out; the one before it in the block takes its place. */
export function removeEntry(writer: VolumeWriter, directory: Inode, found: FoundEntry): void {
  const block = changeFound(writer, directory, found);
  const { bytes } = block;
  const length = recordLengthOf(bytes, found.at);
  let before = -1;
  for (let at = 0; at < found.at; at += recordLengthOf(bytes, at)) before = at;
  bytes.fill(0, found.at + DIRENT.nameLength, found.at + length);
  bytes.writeUInt32LE(0, found.at + DIRENT.inode);
  if (before >= 0) {
    putRecordLength(bytes, before, recordLengthOf(bytes, before) + length);
    bytes.fill(0, found.at, found.at + DIRENT.nameLength);
  }
}

/** Makes an entry name another inode. */
export function redirectEntry(
  writer: VolumeWriter,
  directory: Inode,
  found: FoundEntry,
  inode: number,
  kind: NodeKind,
): void {
  const { bytes } = changeFound(writer, directory, found);
  bytes.writeUInt32LE(inode, found.at + DIRENT.inode);
  bytes.writeUInt8(typeOf(writer, kind), found.at + DIRENT.type);
}

/** Writes the first block of a new directory. */
export function startDirectory(writer: VolumeWriter, directory: Inode, parent: number): void {
  const { block } = appendLeaf(writer, directory);
  const end = leafEnd(writer.volume);
  const type = typeOf(writer, 'directory');
  const first = neededBytes(DOT.length);
  putEntry(block.bytes, 0, { inode: directory.number, lengthBytes: first, name: DOT, type });
  putEntry(block.bytes, first, { inode: parent, lengthBytes: end - first, name: DOT_DOT, type });
}

/** Makes a directory's ".." name another parent. @throws FileSystemError `EUCLEAN`. */
export function setParent(writer: VolumeWriter, directory: Inode, parent: number): void {
  const { volume } = writer;
  if (isIndexed(volume, directory)) {
    const block = volume.blocks.change(readIndex(volume, directory, 0).block);
    block.seal = 'root';
    block.sealSeed = directory.checksumSeed;
    block.bytes.writeUInt32LE(parent, neededBytes(DOT.length) + DIRENT.inode);
    return;
  }
  const block = changeLeaf(writer, directory, readLeaf(volume, directory, 0));
  const at = findName(block.bytes, 0, leafEnd(volume), DOT_DOT);
  if (at < 0) throw damaged(`parent of directory ${directory.number}`);
  block.bytes.writeUInt32LE(parent, at + DIRENT.inode);
}

/** Tells whether a directory holds nothing but "." and "..". @throws FileSystemError `EUCLEAN`. */
export function isEmpty({ volume }: VolumeWriter, directory: Inode): boolean {
  const count = blockCountOf(volume, directory);
  const indexed = isIndexed(volume, directory);
  for (let logical = 0; logical < count; logical += 1) {
    const isIndex = directory.hasFlag('indexed') && looksLikeIndex(volume, directory, logical);
    if ((indexed && logical === 0) || isIndex) continue;
    const { bytes } = readLeaf(volume, directory, logical);
    const end = leafEnd(volume);
    for (let at = 0; at < end; at += recordLengthOf(bytes, at)) {
      const length = nameLengthOf(bytes, at);
      const isDots = logical === 0 && length <= 2 && bytes[at + DIRENT.name] === DOT[0];
      const isDotDot = length === 1 || bytes[at + DIRENT.name + 1] === DOT[0];
      if (inodeOf(bytes, at) !== 0 && !(isDots && isDotDot)) return false;
    }
  }
  return true;
}

function changeFound(writer: VolumeWriter, directory: Inode, found: FoundEntry): MetadataBlock {
  if (found.block === undefined) throw new FileSystemError('ENOTSUP');
  return changeLeaf(writer, directory, found.block);
}
