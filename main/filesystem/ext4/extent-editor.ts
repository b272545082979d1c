import { InvariantError } from '../../bytes/invariant-error.ts';
import type { BlockAllocator } from './block-allocator.ts';
import { damaged } from './ext4-damage.ts';
import { MAXIMUM_EXTENT_BLOCKS } from './ext4-layout.ts';
import { CHECKED_EXTENTS, type ExtentMap } from './extent-map.ts';
import {
  blockMaximum,
  copyEntries,
  depthOf,
  type Extent,
  type ExtentNode,
  entryCount,
  entryMaximum,
  extentAt,
  logicalOf,
  MAXIMUM_EXTENT_DEPTH,
  putCount,
  putExtent,
  putHeader,
  putIndex,
  putLogical,
  ROOT_MAXIMUM,
  shiftEntries,
} from './extent-node.ts';
import { type ExtentLevel, type ExtentPath, findPath, nextLeafStart } from './extent-path.ts';
import { firstBlockOfGroup } from './group-places.ts';
import type { Inode } from './inode.ts';
import type { MetadataBlock, MetadataBlocks } from './metadata-blocks.ts';
import type { Ext4Geometry } from './superblock.ts';

/**
 * Changes extent trees, in an operation and with the inode's block already marked as changed. The
 * caller brings the inode's checksum up to date.
 */
export class ExtentEditor {
  readonly #geometry: Ext4Geometry;
  readonly #blocks: MetadataBlocks;
  readonly #map: ExtentMap;
  readonly #space: BlockAllocator;
  readonly #blockBytes: number;

  constructor(
    geometry: Ext4Geometry,
    blocks: MetadataBlocks,
    map: ExtentMap,
    space: BlockAllocator,
  ) {
    this.#geometry = geometry;
    this.#blocks = blocks;
    this.#map = map;
    this.#space = space;
    this.#blockBytes = geometry.blockBytes;
  }

  /** Makes an inode one without blocks. */
  clear(inode: Inode): void {
    const root = { bytes: inode.block.bytes, at: inode.contentAt };
    inode.content.fill(0);
    putHeader(root, { entries: 0, maximum: ROOT_MAXIMUM, depth: 0 });
  }

  /** Adds a run where there is a hole. @throws FileSystemError `ENOSPC`, `EUCLEAN`. */
  insert(inode: Inode, extent: Extent): void {
    for (;;) {
      const path = findPath(this.#map, inode, extent.logical);
      const { leaf } = path;
      if (this.#merge(inode, path, extent)) return;
      if (entryCount(leaf.node) < entryMaximum(leaf.node)) {
        this.#change(inode, leaf);
        const at = leaf.index + 1;
        shiftEntries(leaf.node, at, 1);
        putExtent(leaf.node, at, extent);
        if (at === 0) this.#fixStarts(inode, path);
        return;
      }
      this.#makeRoom(inode, path);
    }
  }

  /**
   * Takes blocks `[from..to)` away and gives them back, at most `limit` extents of them.
   *
   * @returns Whether all is done.
   * @throws FileSystemError `ENOSPC`, `EUCLEAN`.
   */
  remove(inode: Inode, from: number, to: number, limit: number): boolean {
    for (let left = limit; ; left -= 1) {
      const path = this.#findNext(inode, from);
      if (path === undefined) break;
      const extent = extentAt(path.leaf.node, path.leaf.index);
      if (extent.logical >= to) break;
      if (left === 0) return false;
      this.#cut(inode, path, extent, { from, to });
    }
    this.#collapse(inode);
    return true;
  }

  /** Marks reserved blocks as written. `[from..to)` lies inside one run. */
  markWritten(inode: Inode, from: number, to: number): void {
    const path = this.#findNext(inode, from);
    if (path === undefined) throw new InvariantError('nothing to mark as written');
    const { leaf } = path;
    const extent = extentAt(leaf.node, leaf.index);
    const end = extent.logical + extent.length;
    if (extent.logical > from || end < to) throw new InvariantError('run shorter than thought');
    this.#change(inode, leaf);
    shiftEntries(leaf.node, leaf.index, -1);
    for (const [start, stop, isUnwritten] of [
      [extent.logical, from, true],
      [from, to, false],
      [to, end, true],
    ] as const) {
      const length = stop - start;
      if (length === 0) continue;
      const physical = extent.start + start - extent.logical;
      this.insert(inode, { logical: start, length, start: physical, isUnwritten });
    }
    this.#collapse(inode);
  }

  /** The way to the extent that holds a block, or to the first one after it. */
  #findNext(inode: Inode, logical: number): ExtentPath | undefined {
    let path = findPath(this.#map, inode, logical);
    for (;;) {
      const { leaf } = path;
      const current = leaf.index >= 0 ? extentAt(leaf.node, leaf.index) : undefined;
      if (current !== undefined && current.logical + current.length > logical) return path;
      leaf.index += 1;
      if (leaf.index < entryCount(leaf.node)) return path;
      const next = nextLeafStart(path);
      if (next === undefined) return undefined;
      // One in bad faith may have led to what lies before: that is looked at as the first was.
      path = findPath(this.#map, inode, next);
    }
  }

  #cut(
    inode: Inode,
    path: ExtentPath,
    extent: Extent,
    range: Readonly<{ from: number; to: number }>,
  ): void {
    const { leaf } = path;
    const end = extent.logical + extent.length;
    const from = Math.max(extent.logical, range.from);
    const to = Math.min(end, range.to);
    this.#change(inode, leaf);
    const first = extent.start + from - extent.logical;
    this.#space.free(first, to - from);
    if (inode.kind === 'directory') {
      for (let block = first; block < first + to - from; block += 1) this.#blocks.release(block);
    }
    inode.allocatedBytes -= (to - from) * this.#blockBytes;
    const rest: Extent = {
      ...extent,
      logical: to,
      length: end - to,
      start: extent.start + to - extent.logical,
    };
    if (from > extent.logical) {
      putExtent(leaf.node, leaf.index, { ...extent, length: from - extent.logical });
      if (to < end) this.insert(inode, rest);
    } else if (to < end) {
      putExtent(leaf.node, leaf.index, rest);
      if (leaf.index === 0) this.#fixStarts(inode, path);
    } else {
      this.#takeOut(inode, path);
    }
  }

  /** Takes the leaf's entry out, and every node that has none left. */
  #takeOut(inode: Inode, path: ExtentPath): void {
    for (let depth = path.levels.length - 1; depth >= 0; depth -= 1) {
      const level = path.levels[depth];
      if (level === undefined) return;
      this.#change(inode, level);
      shiftEntries(level.node, level.index, -1);
      if (entryCount(level.node) > 0) {
        if (level.index === 0) this.#fixStarts(inode, { levels: path.levels.slice(0, depth + 1) });
        return;
      }
      if (depth === 0) this.clear(inode);
      else this.#releaseNode(inode, level);
    }
  }

  #releaseNode(inode: Inode, level: ExtentLevel): void {
    this.#space.free(level.number, 1);
    this.#blocks.release(level.number);
    inode.allocatedBytes -= this.#blockBytes;
  }

  /** Joins an extent with its neighbours in the leaf where it goes on or before them. */
  #merge(inode: Inode, { leaf, levels }: ExtentPath, extent: Extent): boolean {
    const { node, index } = leaf;
    const before = index >= 0 ? extentAt(node, index) : undefined;
    const after = index + 1 < entryCount(node) ? extentAt(node, index + 1) : undefined;
    if (before !== undefined && canJoin(before, extent)) {
      this.#change(inode, leaf);
      const joined = { ...before, length: before.length + extent.length };
      if (after !== undefined && canJoin(joined, after)) {
        shiftEntries(node, index + 1, -1);
        joined.length += after.length;
      }
      putExtent(node, index, joined);
      return true;
    }
    if (after === undefined || !canJoin(extent, after)) return false;
    this.#change(inode, leaf);
    putExtent(node, index + 1, { ...extent, length: extent.length + after.length });
    if (index + 1 === 0) this.#fixStarts(inode, { levels });
    return true;
  }

  /** Tells the nodes above where the first entry of the last level starts now. */
  #fixStarts(inode: Inode, { levels }: Readonly<{ levels: readonly ExtentLevel[] }>): void {
    for (let depth = levels.length - 2; depth >= 0; depth -= 1) {
      const [above, below] = [levels[depth], levels[depth + 1]];
      if (above === undefined || below === undefined) return;
      this.#change(inode, above);
      putLogical(above.node, above.index, logicalOf(below.node, 0));
      if (above.index > 0) return;
    }
  }

  #makeRoom(inode: Inode, { levels }: ExtentPath): void {
    let depth = levels.length - 1;
    while (depth > 0) {
      const above = levels[depth - 1];
      if (above !== undefined && entryCount(above.node) < entryMaximum(above.node)) break;
      depth -= 1;
    }
    const [above, level] = [levels[depth - 1], levels[depth]];
    if (level === undefined) return;
    if (above === undefined) this.#grow(inode, level.node);
    else this.#split(inode, above, level);
  }

  /** Moves the root's entries into a node of its own below it. */
  #grow(inode: Inode, root: ExtentNode): void {
    const depth = depthOf(root);
    if (depth >= MAXIMUM_EXTENT_DEPTH) throw damaged('depth of an extent tree');
    const count = entryCount(root);
    const block = this.#newNode(inode, depth, count);
    copyEntries(root, 0, count, { bytes: block.bytes, at: 0 });
    putHeader(root, { entries: 1, maximum: ROOT_MAXIMUM, depth: depth + 1 });
    putIndex(root, 0, logicalOf({ bytes: block.bytes, at: 0 }, 0), block.number);
  }

  /** Splits a full node: where it is filled at its end only the last entry moves. */
  #split(inode: Inode, above: ExtentLevel, level: ExtentLevel): void {
    const count = entryCount(level.node);
    const moved = level.index === count - 1 ? 1 : Math.floor(count / 2);
    const block = this.#newNode(inode, depthOf(level.node), moved);
    const node = { bytes: block.bytes, at: 0 };
    this.#change(inode, level);
    copyEntries(level.node, count - moved, moved, node);
    putCount(level.node, count - moved);
    this.#change(inode, above);
    shiftEntries(above.node, above.index + 1, 1);
    putIndex(above.node, above.index + 1, logicalOf(node, 0), block.number);
  }

  #newNode(inode: Inode, depth: number, entries: number): MetadataBlock {
    const { start } = this.#space.allocate(this.goalOf(inode), 1);
    const block = this.#blocks.create(start);
    putHeader(
      { bytes: block.bytes, at: 0 },
      { entries, maximum: blockMaximum(this.#blockBytes), depth },
    );
    block.checkedAs = CHECKED_EXTENTS + inode.number;
    block.seal = 'extents';
    block.sealSeed = inode.checksumSeed;
    inode.allocatedBytes += this.#blockBytes;
    return block;
  }

  /** A tree of one small leaf moves back into the inode. */
  #collapse(inode: Inode): void {
    const root = this.#map.rootOf(inode);
    if (depthOf(root) !== 1 || entryCount(root) !== 1) return;
    const { levels, leaf } = findPath(this.#map, inode, 0);
    const count = entryCount(leaf.node);
    if (levels.length !== 2 || count > ROOT_MAXIMUM) return;
    putHeader(root, { entries: count, maximum: ROOT_MAXIMUM, depth: 0 });
    copyEntries(leaf.node, 0, count, root);
    this.#releaseNode(inode, leaf);
  }

  /** A block near to which an inode's blocks should lie: in the group of the inode. */
  goalOf({ number }: Inode): number {
    const group = Math.floor((number - 1) / this.#geometry.inodesPerGroup);
    return firstBlockOfGroup(this.#geometry, group);
  }

  #change(inode: Inode, level: ExtentLevel): void {
    if (level.number === 0) return;
    const block = this.#blocks.change(this.#blocks.read(level.number));
    block.seal = 'extents';
    block.sealSeed = inode.checksumSeed;
  }
}

function canJoin(first: Extent, second: Extent): boolean {
  const most = first.isUnwritten ? MAXIMUM_EXTENT_BLOCKS - 1 : MAXIMUM_EXTENT_BLOCKS;
  return (
    first.logical + first.length === second.logical &&
    first.start + first.length === second.start &&
    first.isUnwritten === second.isUnwritten &&
    first.length + second.length <= most
  );
}
