import { damaged } from './ext4-damage.ts';
import type { Inode } from './inode.ts';
import { type MappedRun, setHole } from './mapped-run.ts';
import type { MetadataBlocks } from './metadata-blocks.ts';

/**
 * Reads the block pointers of ext2 and ext3: twelve in the inode, then blocks of pointers one, two
 * and three levels deep. A pointer of 0 is a hole.
 */

const DIRECT_POINTERS = 12;
const LEVELS = 3;
const POINTER_BYTES = 4;

/** Finds the run that holds a file's block. @throws FileSystemError `EUCLEAN`. */
export function findByPointers(
  blocks: MetadataBlocks,
  blockBytes: number,
  inode: Inode,
  logical: number,
  run: MappedRun,
): void {
  if (logical < DIRECT_POINTERS) {
    runIn(blocks, inode.content, logical, DIRECT_POINTERS, run);
    return;
  }
  const perBlock = blockBytes / POINTER_BYTES;
  let index = logical - DIRECT_POINTERS;
  let span = perBlock;
  for (let levels = 1; levels <= LEVELS; levels += 1, span *= perBlock) {
    if (index >= span) {
      index -= span;
      continue;
    }
    let pointer = inode.content.readUInt32LE((DIRECT_POINTERS + levels - 1) * POINTER_BYTES);
    let below = span;
    for (let level = levels; level > 1; level -= 1) {
      if (pointer === 0) break;
      below /= perBlock;
      const at = Math.floor(index / below);
      pointer = blocks.read(pointer).bytes.readUInt32LE(at * POINTER_BYTES);
      index -= at * below;
    }
    if (pointer === 0) setHole(run, Math.max(1, below - index));
    else runIn(blocks, blocks.read(pointer).bytes, index, perBlock, run);
    return;
  }
  throw damaged(`block ${logical} of inode ${inode.number}`);
}

/** Counts how many pointers from one on are consecutive, or holes. */
function runIn(
  blocks: MetadataBlocks,
  pointers: Buffer,
  index: number,
  end: number,
  run: MappedRun,
): void {
  const first = pointers.readUInt32LE(index * POINTER_BYTES);
  const step = first === 0 ? 0 : 1;
  let count = 1;
  while (
    index + count < end &&
    pointers.readUInt32LE((index + count) * POINTER_BYTES) === first + step * count
  ) {
    count += 1;
  }
  if (first !== 0) blocks.assertInside(first, count);
  run.physical = first;
  run.count = count;
  run.isUnwritten = false;
}
