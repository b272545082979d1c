import type { NodeKind } from '../file-system.ts';
import { blockCountOf, CHECKED_LEAF, leafEnd } from './directory-blocks.ts';
import {
  findRoom,
  neededBytes,
  putEntry,
  putRecordLength,
  recordLengthOf,
  typeByteOf,
  usedBytes,
} from './directory-entries.ts';
import { damaged } from './ext4-damage.ts';
import { INCOMPATIBLE } from './ext4-features.ts';
import type { Inode } from './inode.ts';
import { newRun } from './mapped-run.ts';
import type { MetadataBlock } from './metadata-blocks.ts';
import type { VolumeWriter } from './volume-writer.ts';

/** Leaves of directories: adding them, and putting entries into them. */

const NO_NAME = Buffer.alloc(0);

/** What an entry is to say. */
export type NewEntry = Readonly<{ name: Uint8Array; inode: number; kind: NodeKind }>;

/** Adds an empty leaf at a directory's end. */
export function appendLeaf(
  writer: VolumeWriter,
  directory: Inode,
): Readonly<{ block: MetadataBlock; logical: number }> {
  const { block, logical } = appendBlock(writer, directory);
  const end = leafEnd(writer.volume);
  putEntry(block.bytes, 0, { inode: 0, lengthBytes: end, name: NO_NAME, type: 0 });
  block.checkedAs = CHECKED_LEAF + directory.number;
  block.seal = 'leaf';
  block.sealSeed = directory.checksumSeed;
  return { block, logical };
}

/** Adds a block of zeros at a directory's end. @throws FileSystemError `ENOSPC`. */
export function appendBlock(
  writer: VolumeWriter,
  directory: Inode,
): Readonly<{ block: MetadataBlock; logical: number }> {
  const { volume, space, extents } = writer;
  const { blockBytes } = volume.geometry;
  const logical = blockCountOf(volume, directory);
  const run = newRun();
  if (logical > 0) volume.find(directory, logical - 1, run);
  const goal = run.physical === 0 ? extents.goalOf(directory) : run.physical + 1;
  const { start } = space.allocate(goal, 1);
  extents.insert(directory, { logical, length: 1, start, isUnwritten: false });
  directory.allocatedBytes += blockBytes;
  directory.sizeBytes += blockBytes;
  return { block: volume.blocks.create(start), logical };
}

/** Marks a leaf as changed by the operation at hand. */
export function changeLeaf(
  writer: VolumeWriter,
  directory: Inode,
  block: MetadataBlock,
): MetadataBlock {
  writer.volume.blocks.change(block);
  block.seal = 'leaf';
  block.sealSeed = directory.checksumSeed;
  return block;
}

/** Tells whether a leaf has room for a name of this length. */
export function fits(bytes: Buffer, end: number, nameLength: number): boolean {
  return findRoom(bytes, end, neededBytes(nameLength)) >= 0;
}

/** Puts an entry into a leaf that has room for it. */
export function putIntoLeaf(writer: VolumeWriter, { bytes }: MetadataBlock, entry: NewEntry): void {
  const end = leafEnd(writer.volume);
  const at = findRoom(bytes, end, neededBytes(entry.name.length));
  if (at < 0) throw damaged('leaf without the room that it had');
  const length = recordLengthOf(bytes, at);
  const used = usedBytes(bytes, at);
  if (used > 0) putRecordLength(bytes, at, used);
  const { inode, name } = entry;
  const type = typeOf(writer, entry.kind);
  putEntry(bytes, at + used, { inode, lengthBytes: length - used, name, type });
}

/** The type byte of an entry, 0 on volumes without them. */
export function typeOf({ volume }: VolumeWriter, kind: NodeKind): number {
  const hasTypes = (volume.geometry.features.incompatible & INCOMPATIBLE.filetype) !== 0;
  return hasTypes ? typeByteOf(kind) : 0;
}
