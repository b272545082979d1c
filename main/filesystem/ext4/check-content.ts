import type { CheckContext } from './check-context.ts';
import { damaged } from './ext4-damage.ts';
import { INCOMPATIBLE } from './ext4-features.ts';
import { INODES } from './ext4-layout.ts';
import {
  childOf,
  depthOf,
  type ExtentNode,
  entryCount,
  lengthOf,
  logicalOf,
  startOf,
} from './extent-node.ts';
import type { Inode } from './inode.ts';
import { isFastLink } from './symbolic-link.ts';

/** Gives an inode the blocks that its extents or its pointers name. */

const POINTER_BYTES = 4;
const DIRECT_POINTERS = 12;
const LEVELS = 3;
const SECTOR_BYTES = 512;

/** Blocks of one inode while they are counted. */
type Count = { blocks: number; overlaps: number };

/** @throws FileSystemError `EUCLEAN`, `EBADMSG`. */
export function claimContent(context: CheckContext, inode: Inode): void {
  if (!hasContent(context, inode)) return;
  const count: Count = { blocks: inode.attributeBlock === 0 ? 0 : 1, overlaps: 0 };
  if (inode.hasFlag('extents')) {
    claimExtents(context, inode, context.volume.extents.rootOf(inode), { from: 0, count });
  } else {
    claimPointers(context, inode, count);
  }
  if (count.overlaps > 0) {
    context.overlapping.add(inode.number);
    const words = `${count.overlaps} blocks of inode ${inode.number} belong to something else too`;
    context.findings.damaged('blocks', words);
  }
  compareSize(context, inode, count.blocks);
}

function hasContent({ volume, findings }: CheckContext, inode: Inode): boolean {
  if (inode.hasFlag('inlineData')) return false;
  const { kind, number } = inode;
  if (kind === 'file') findings.files += number >= volume.geometry.firstInode ? 1 : 0;
  if (kind === 'symlink') return !isFastLink(volume, inode);
  return kind === 'file' || kind === 'directory' || number < volume.geometry.firstInode;
}

function compareSize({ volume, findings }: CheckContext, inode: Inode, blocks: number): void {
  const { geometry } = volume;
  // With clusters, and where values of attributes are charged too, others count differently.
  if (geometry.clusterBlocks > 1) return;
  if ((geometry.features.incompatible & INCOMPATIBLE.ea_inode) !== 0) return;
  // The blocks that it keeps for descriptors belong to the groups.
  if (inode.number === INODES.resize) return;
  const found = (blocks * geometry.blockBytes) / SECTOR_BYTES;
  const stated = inode.allocatedBytes / SECTOR_BYTES;
  if (found !== stated) {
    const words = `inode ${inode.number}: ${stated} sectors stated, ${found} found`;
    findings.damaged('inode', words);
  }
}

function claim(context: CheckContext, start: number, length: number, count: Count): boolean {
  if (context.owners.isHopeless) throw damaged('more blocks in use twice than there are');
  const taken = context.owners.claim(start, length);
  count.blocks += length;
  count.overlaps += taken;
  return taken === 0;
}

/** @param walk - `from`: the first logical block that the node may hold. */
function claimExtents(
  context: CheckContext,
  inode: Inode,
  node: ExtentNode,
  walk: { from: number; readonly count: Count },
): void {
  const depth = depthOf(node);
  for (let index = 0; index < entryCount(node); index += 1) {
    const logical = logicalOf(node, index);
    if (logical < walk.from) {
      context.findings.damaged('inode', `inode ${inode.number}: extents out of order`);
    }
    if (depth === 0) {
      claim(context, startOf(node, index), lengthOf(node, index), walk.count);
      walk.from = logical + lengthOf(node, index);
      continue;
    }
    const child = childOf(node, index);
    // A node that somebody has already is not followed: a tree in bad faith would have no end.
    if (!claim(context, child, 1, walk.count)) continue;
    walk.from = Math.max(walk.from, logical);
    claimExtents(context, inode, context.volume.extents.nodeAt(inode, child, depth - 1), walk);
  }
}

function claimPointers(context: CheckContext, inode: Inode, count: Count): void {
  for (let index = 0; index < DIRECT_POINTERS + LEVELS; index += 1) {
    const pointer = inode.content.readUInt32LE(index * POINTER_BYTES);
    claimPointer(context, inode, pointer, Math.max(0, index - DIRECT_POINTERS + 1), count);
  }
}

/** @param level - 0 for a block of the file, else a block of pointers that many levels above. */
function claimPointer(
  context: CheckContext,
  inode: Inode,
  pointer: number,
  level: number,
  count: Count,
): void {
  if (pointer === 0) return;
  context.volume.blocks.assertInside(pointer, 1);
  const isNew = claim(context, pointer, 1, count);
  // What the inode for growth points to belongs to the groups already.
  if (level === 0 || !isNew || inode.number === INODES.resize) return;
  const { bytes } = context.volume.blocks.read(pointer);
  for (let at = 0; at < bytes.length; at += POINTER_BYTES) {
    claimPointer(context, inode, bytes.readUInt32LE(at), level - 1, count);
  }
}
