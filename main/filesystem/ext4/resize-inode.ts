import { firstBlockOfGroup, hasSuperblock, superblockBlock } from './group-places.ts';
import type { Ext4Geometry } from './superblock.ts';

/**
 * The inode that keeps blocks for more group descriptors. One block of pointers, two levels up, names
 * the kept blocks beside the first descriptors; each of those names its counterparts beside the
 * copies. Blocks that have become descriptors are no longer named.
 */

const POINTER_BYTES = 4;
/** Where a block of pointers two levels up is named in an inode. */
export const DOUBLE_POINTER_AT = 13 * POINTER_BYTES;

type Kept = Pick<
  Ext4Geometry,
  | 'blockBytes'
  | 'firstDataBlock'
  | 'blocksPerGroup'
  | 'groupCount'
  | 'features'
  | 'backupGroups'
  | 'reservedDescriptorBlocks'
>;

/** The groups that hold copies of the descriptors, without the first. */
export function copyGroups(geometry: Kept): number[] {
  const groups: number[] = [];
  for (let group = 1; group < geometry.groupCount; group += 1) {
    if (hasSuperblock(geometry, group)) groups.push(group);
  }
  return groups;
}

/** The first kept block, where the volume has this many blocks of descriptors. */
export function firstKeptBlock(
  geometry: Pick<Ext4Geometry, 'blockBytes'>,
  descriptorBlocks: number,
): number {
  return superblockBlock(geometry) + 1 + descriptorBlocks;
}

/** What the block of pointers two levels up holds. */
export function encodeDoublePointers(geometry: Kept, descriptorBlocks: number): Buffer {
  const bytes = Buffer.alloc(geometry.blockBytes);
  const perBlock = geometry.blockBytes / POINTER_BYTES;
  const first = firstKeptBlock(geometry, descriptorBlocks);
  for (let index = 0; index < geometry.reservedDescriptorBlocks; index += 1) {
    const at = ((descriptorBlocks + index) % perBlock) * POINTER_BYTES;
    bytes.writeUInt32LE(first + index, at);
  }
  return bytes;
}

/** What a kept block beside the first descriptors holds. */
export function encodeKeptBlock(geometry: Kept, kept: number): Buffer {
  const bytes = Buffer.alloc(geometry.blockBytes);
  for (const [at, group] of copyGroups(geometry).entries()) {
    const copy = firstBlockOfGroup(geometry, group) + kept - geometry.firstDataBlock;
    bytes.writeUInt32LE(copy, at * POINTER_BYTES);
  }
  return bytes;
}
