import { randomInt } from 'node:crypto';
import { FileSystemError } from '../file-system-error.ts';
import { clearRun, findFreeRun, isSet, setRun } from './bitmap-search.ts';
import type { BlockAllocator } from './block-allocator.ts';
import { damaged } from './ext4-damage.ts';
import { CLASSIC_INODE_BYTES, GROUP } from './ext4-layout.ts';
import { countsUnused, type GroupBitmaps } from './group-bitmaps.ts';
import { countOf, type GroupTable, inodeTableOf, putCount } from './group-table.ts';
import { Inode } from './inode.ts';
import type { MetadataBlocks } from './metadata-blocks.ts';
import type { Ext4Geometry } from './superblock.ts';

/** Hands out inodes: files near their directory, directories of the root spread over the volume. */
export class InodeAllocator {
  readonly #geometry: Ext4Geometry;
  readonly #blocks: MetadataBlocks;
  readonly #groups: GroupTable;
  readonly #bitmaps: GroupBitmaps;
  readonly #space: BlockAllocator;
  /** By group: below which index no inode is free. */
  readonly #allUsedBelow = new Map<number, number>();
  #freeInodes = 0;
  #freeBefore = 0;

  constructor(
    geometry: Ext4Geometry,
    parts: Readonly<{
      blocks: MetadataBlocks;
      groups: GroupTable;
      bitmaps: GroupBitmaps;
      space: BlockAllocator;
    }>,
  ) {
    this.#geometry = geometry;
    this.#blocks = parts.blocks;
    this.#groups = parts.groups;
    this.#bitmaps = parts.bitmaps;
    this.#space = parts.space;
    for (let group = 0; group < geometry.groupCount; group += 1) {
      this.#freeInodes += this.#freeIn(group);
    }
    this.#freeBefore = this.#freeInodes;
  }

  get freeInodes(): number {
    return this.#freeInodes;
  }

  /**
   * Takes an inode; all its fields are zero but generation and the size of the extra ones.
   *
   * @param parent - The directory that it will be in.
   * @throws FileSystemError `ENOSPC`; `EUCLEAN`.
   */
  allocate(parent: number, isDirectory: boolean): Inode {
    const { groupCount, inodesPerGroup } = this.#geometry;
    const near = Math.floor((parent - 1) / inodesPerGroup);
    const first = isDirectory ? this.#groupForDirectory(near) : near;
    for (let turn = 0; turn < groupCount; turn += 1) {
      const group = (first + turn) % groupCount;
      if (this.#freeIn(group) === 0) continue;
      return this.#prepare(group, this.#take(group, isDirectory));
    }
    throw new FileSystemError('ENOSPC');
  }

  /** Gives an inode back. @throws FileSystemError `EUCLEAN` where it is not in use. */
  free(number: number, isDirectory: boolean): void {
    const { inodesPerGroup, firstInode } = this.#geometry;
    const group = Math.floor((number - 1) / inodesPerGroup);
    const index = (number - 1) % inodesPerGroup;
    const bitmap = this.#bitmaps.changeInodes(group);
    if (number < firstInode || !isSet(bitmap, index)) throw damaged(`inode ${number} is free`);
    clearRun(bitmap, index, 1);
    if (index < (this.#allUsedBelow.get(group) ?? 0)) this.#allUsedBelow.set(group, index);
    this.#count(group, 1, isDirectory ? -1 : 0);
  }

  endOperation(): void {
    this.#freeBefore = this.#freeInodes;
  }

  rollBack(): void {
    this.#allUsedBelow.clear();
    this.#freeInodes = this.#freeBefore;
  }

  #freeIn(group: number): number {
    return countOf(this.#groups.read(group), GROUP.freeInodesLow, GROUP.freeInodesHigh);
  }

  /** Stays near while there is room; else takes the group with the most free blocks. */
  #groupForDirectory(near: number): number {
    const { groupCount, blocksPerGroup, inodesPerGroup } = this.#geometry;
    const isRoomy = (group: number): boolean =>
      this.#freeIn(group) > inodesPerGroup / 4 && this.#space.freeIn(group) > blocksPerGroup / 4;
    for (let turn = 0; turn < groupCount; turn += 1) {
      const group = (near + turn) % groupCount;
      if (isRoomy(group)) return group;
    }
    return near;
  }

  #take(group: number, isDirectory: boolean): number {
    const { inodesPerGroup, firstInode } = this.#geometry;
    const from = this.#allUsedBelow.get(group) ?? (group === 0 ? firstInode - 1 : 0);
    const range = { from, to: inodesPerGroup };
    const run = findFreeRun(this.#bitmaps.readInodes(group), undefined, range, 1);
    if (run.count === 0) throw damaged(`free inodes of group ${group}`);
    setRun(this.#bitmaps.changeInodes(group), run.from, 1);
    this.#allUsedBelow.set(group, run.from + 1);
    this.#count(group, -1, isDirectory ? 1 : 0);
    return run.from;
  }

  #count(group: number, inodes: number, directories: number): void {
    const descriptor = this.#groups.change(group);
    const free = countOf(descriptor, GROUP.freeInodesLow, GROUP.freeInodesHigh) + inodes;
    const used = countOf(descriptor, GROUP.directoriesLow, GROUP.directoriesHigh) + directories;
    if (free < 0 || used < 0) throw damaged(`counts of group ${group}`);
    putCount(descriptor, GROUP.freeInodesLow, GROUP.freeInodesHigh, free);
    putCount(descriptor, GROUP.directoriesLow, GROUP.directoriesHigh, used);
    this.#freeInodes += inodes;
  }

  /** Returns the inode, emptied; what was never written of the table is made of zeros. */
  #prepare(group: number, index: number): Inode {
    const { inodesPerGroup, inodeBytes, blockBytes, wantedExtraBytes } = this.#geometry;
    const descriptor = this.#groups.change(group);
    const perBlock = blockBytes / inodeBytes;
    const place = inodeTableOf(descriptor) + Math.floor(index / perBlock);
    let isFresh = false;
    if (countsUnused(this.#geometry)) {
      const unused = countOf(descriptor, GROUP.unusedInodesLow, GROUP.unusedInodesHigh);
      const written = inodesPerGroup - unused;
      isFresh = Math.floor(index / perBlock) * perBlock >= written;
      if (index >= written) {
        const left = inodesPerGroup - index - 1;
        putCount(descriptor, GROUP.unusedInodesLow, GROUP.unusedInodesHigh, left);
      }
    }
    const block = isFresh
      ? this.#blocks.create(place)
      : this.#blocks.change(this.#blocks.read(place));
    const at = (index % perBlock) * inodeBytes;
    block.bytes.fill(0, at, at + inodeBytes);
    const inode = new Inode(this.#geometry, group * inodesPerGroup + index + 1, block, at);
    inode.generation = randomInt(2 ** 32);
    const room = inodeBytes - CLASSIC_INODE_BYTES;
    if (room > 0) inode.extraBytes = Math.min(wantedExtraBytes, room);
    return inode;
  }
}
