import { isSet } from './bitmap-search.ts';
import type { CheckContext } from './check-context.ts';
import { INCOMPATIBLE } from './ext4-features.ts';
import { GROUP, INODES, SUPER, SUPER_BYTES, SUPER_OFFSET_BYTES } from './ext4-layout.ts';
import { blocksOfGroup, firstBlockOfGroup, headBlocksOf } from './group-places.ts';
import { blockOf, countOf, type GroupDescriptor, inodeTableOf } from './group-table.ts';
import {
  DOUBLE_POINTER_AT,
  encodeDoublePointers,
  encodeKeptBlock,
  firstKeptBlock,
} from './resize-inode.ts';

/** The structures that every group has: where they lie, and whether they say what is in use. */

/** Gives the groups' own structures their blocks. */
export function claimGroups(context: CheckContext): void {
  const { geometry, groups, blocks } = context.volume;
  const tableBlocks = (geometry.inodesPerGroup * geometry.inodeBytes) / geometry.blockBytes;
  for (let group = 0; group < geometry.groupCount; group += 1) {
    context.attempt('group', `group ${group}`, () => {
      context.owners.claim(firstBlockOfGroup(geometry, group), headBlocksOf(geometry, group));
      const descriptor = groups.read(group);
      const own = [
        ['block bitmap', blockOf(descriptor, GROUP.blockBitmapLow, GROUP.blockBitmapHigh), 1],
        ['inode bitmap', blockOf(descriptor, GROUP.inodeBitmapLow, GROUP.inodeBitmapHigh), 1],
        ['inode table', inodeTableOf(descriptor), tableBlocks],
      ] as const;
      for (const [what, start, count] of own) {
        blocks.assertInside(start, count);
        if (context.owners.claim(start, count) > 0) {
          context.findings.damaged('group', `${what} of group ${group} lies over something else`);
        }
      }
    });
  }
}

/** Gives the block by which computers keep off each other's volumes, and those kept for growth. */
export function claimOthers(context: CheckContext): void {
  const { geometry, device, blocks } = context.volume;
  const superblock = Buffer.alloc(SUPER_BYTES);
  device.readInto(SUPER_OFFSET_BYTES, superblock);
  if ((geometry.features.incompatible & INCOMPATIBLE.mmp) !== 0) {
    context.attempt('superblock', 'block of mmp', () => {
      const block = Number(superblock.readBigUInt64LE(SUPER.mmpBlock));
      blocks.assertInside(block, 1);
      context.owners.claim(block, 1);
    });
  }
  if (geometry.reservedDescriptorBlocks > 0) {
    context.findings.attempt('superblock', 'inode for growth', () => checkKept(context));
  }
}

function checkKept({ volume, findings }: CheckContext): void {
  const { geometry, blocks, inodes } = volume;
  if (geometry.firstMetaGroup !== Number.MAX_SAFE_INTEGER) return;
  const perBlock = geometry.blockBytes / geometry.descriptorBytes;
  const descriptorBlocks = Math.ceil(geometry.groupCount / perBlock);
  const double = inodes.getChecked(INODES.resize).content.readUInt32LE(DOUBLE_POINTER_AT);
  blocks.assertInside(double, 1);
  const first = firstKeptBlock(geometry, descriptorBlocks);
  const expected = Array.from({ length: geometry.reservedDescriptorBlocks }, (_, index) => {
    return [first + index, encodeKeptBlock(geometry, first + index)] as const;
  });
  const all = [[double, encodeDoublePointers(geometry, descriptorBlocks)] as const, ...expected];
  const isRight = all.every(([number, bytes]) => {
    const stored = Buffer.alloc(geometry.blockBytes);
    volume.device.readInto(number * geometry.blockBytes, stored);
    return stored.equals(bytes);
  });
  if (!isRight) findings.damaged('superblock', 'what is kept for growth is not where it should be');
}

/** Compares what the bitmaps and the counts say with what is in use. */
export function compareGroups(context: CheckContext): void {
  const { geometry, groups } = context.volume;
  for (let group = 0; group < geometry.groupCount; group += 1) {
    context.findings.attempt('group', `group ${group}`, () => {
      const descriptor = groups.read(group);
      const freeBlocks = compareBlocks(context, group);
      const freeInodes = compareInodes(context, group);
      const counts = [
        ['free blocks', freeBlocks, GROUP.freeBlocksLow, GROUP.freeBlocksHigh],
        ['free inodes', freeInodes, GROUP.freeInodesLow, GROUP.freeInodesHigh],
        [
          'directories',
          context.directoriesIn.get(group) ?? 0,
          GROUP.directoriesLow,
          GROUP.directoriesHigh,
        ],
      ] as const;
      for (const [what, found, low, high] of counts) {
        compareCount(context, `${what} of group ${group}`, found, descriptor, low, high);
      }
    });
  }
}

function compareCount(
  context: CheckContext,
  what: string,
  found: number,
  descriptor: GroupDescriptor,
  ...[low, high]: readonly [number, number]
): void {
  const stated = countOf(descriptor, low, high);
  if (stated !== found && !context.isIncomplete) {
    context.findings.damaged('counts', `${what}: ${stated} stated, ${found} found`);
  }
}

/** Returns how many clusters of the group are free by its bitmap. */
function compareBlocks(context: CheckContext, group: number): number {
  const { geometry } = context.volume;
  const stored = context.bitmaps.readBlocks(group);
  const owned = context.owners.bitmap(group);
  const bits = Math.ceil(blocksOfGroup(geometry, group) / geometry.clusterBlocks);
  let free = 0;
  let unmarked = 0;
  let unowned = 0;
  for (let bit = 0; bit < bits; bit += 1) {
    if ((bit & 7) === 0 && stored[bit >>> 3] === owned[bit >>> 3] && bits - bit >= 8) {
      free += 8 - bitsSet(stored[bit >>> 3] ?? 0);
      bit += 7;
      continue;
    }
    const isMarked = isSet(stored, bit);
    const isOwned = isSet(owned, bit);
    if (!isMarked) free += 1;
    if (isOwned && !isMarked) unmarked += 1;
    if (isMarked && !isOwned) unowned += 1;
  }
  const { findings } = context;
  if (unmarked > 0) {
    findings.damaged('bitmap', `group ${group}: ${unmarked} blocks in use are marked as free`);
  }
  if (unowned > 0 && !context.isIncomplete) {
    findings.damaged('bitmap', `group ${group}: ${unowned} blocks marked as used belong to nobody`);
  }
  return free;
}

function compareInodes(context: CheckContext, group: number): number {
  const { inodesPerGroup } = context.volume.geometry;
  const stored = context.bitmaps.readInodes(group);
  let free = 0;
  for (let bit = 0; bit < inodesPerGroup; bit += 1) if (!isSet(stored, bit)) free += 1;
  return free;
}

function bitsSet(byte: number): number {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
