import { FileSystemError } from '../file-system-error.ts';
import { clearRun, findFreeRun, isRun, setRun, setRuns } from './bitmap-search.ts';
import { damaged } from './ext4-damage.ts';
import { GROUP } from './ext4-layout.ts';
import type { BlockRange } from './format-claims.ts';
import type { GroupBitmaps } from './group-bitmaps.ts';
import { blocksOfGroup, firstBlockOfGroup } from './group-places.ts';
import { countOf, type GroupTable, putCount } from './group-table.ts';
import type { Ext4Geometry } from './superblock.ts';

/**
 * Hands out the blocks of a volume, near to where they are wanted and in long runs. What was given
 * back is kept from being handed out until that is committed: after a cut its former owner, which
 * is still there then, must find its content.
 */
export class BlockAllocator {
  readonly #geometry: Ext4Geometry;
  readonly #groups: GroupTable;
  readonly #bitmaps: GroupBitmaps;
  /** By group: bits given back since the last commit. */
  readonly #held = new Map<number, Uint8Array>();
  readonly #heldInOperation: BlockRange[] = [];
  #freeBlocks = 0;
  #freeBefore = 0;

  constructor(geometry: Ext4Geometry, groups: GroupTable, bitmaps: GroupBitmaps) {
    this.#geometry = geometry;
    this.#groups = groups;
    this.#bitmaps = bitmaps;
    for (let group = 0; group < geometry.groupCount; group += 1) {
      this.#freeBlocks += this.freeIn(group);
    }
    this.#freeBefore = this.#freeBlocks;
  }

  get freeBlocks(): number {
    return this.#freeBlocks;
  }

  /** Whether a commit would make more blocks ready to be handed out. */
  get hasHeld(): boolean {
    return this.#held.size > 0;
  }

  freeIn(group: number): number {
    return countOf(this.#groups.read(group), GROUP.freeBlocksLow, GROUP.freeBlocksHigh);
  }

  /**
   * Takes up to `wanted` blocks in one piece, as many as can be had near to `goal`.
   *
   * @throws FileSystemError `ENOSPC`; `EUCLEAN`.
   */
  allocate(goal: number, wanted: number): BlockRange {
    const { groupCount, blocksPerGroup, firstDataBlock } = this.#geometry;
    const first = Math.floor((goal - firstDataBlock) / blocksPerGroup) % groupCount;
    const most = Math.min(wanted, blocksPerGroup);
    for (const enough of [most, Math.min(most, 8), 1]) {
      for (let turn = 0; turn < groupCount; turn += 1) {
        const group = (first + turn) % groupCount;
        if (this.freeIn(group) < enough) continue;
        const found = this.#tryGroup(group, turn === 0 ? goal : -1, most, enough);
        if (found !== undefined) return found;
      }
    }
    throw new FileSystemError('ENOSPC');
  }

  /** Gives blocks back. @throws FileSystemError `EUCLEAN` where they are not in use. */
  free(start: number, count: number): void {
    const { firstDataBlock, blocksPerGroup } = this.#geometry;
    let at = start;
    while (at < start + count) {
      const group = Math.floor((at - firstDataBlock) / blocksPerGroup);
      const bit = at - firstBlockOfGroup(this.#geometry, group);
      const part = Math.min(start + count - at, blocksPerGroup - bit);
      const bitmap = this.#bitmaps.changeBlocks(group);
      if (!isRun(bitmap, bit, part, true)) throw damaged(`blocks from ${at} are free already`);
      clearRun(bitmap, bit, part);
      this.#count(group, part);
      const held = this.#held.get(group) ?? new Uint8Array(this.#geometry.blockBytes);
      this.#held.set(group, held);
      setRun(held, bit, part);
      this.#heldInOperation.push({ start: at, count: part });
      at += part;
    }
  }

  endOperation(): void {
    this.#heldInOperation.length = 0;
    this.#freeBefore = this.#freeBlocks;
  }

  rollBack(): void {
    for (const { start, count } of this.#heldInOperation) {
      const { firstDataBlock, blocksPerGroup } = this.#geometry;
      const group = Math.floor((start - firstDataBlock) / blocksPerGroup);
      const held = this.#held.get(group);
      if (held !== undefined)
        clearRun(held, start - firstBlockOfGroup(this.#geometry, group), count);
    }
    this.#heldInOperation.length = 0;
    this.#freeBlocks = this.#freeBefore;
  }

  /** Tells that what was given back is committed; returns it in runs, in no order. */
  markCommitted(): readonly BlockRange[] {
    const freed = [...this.#held].flatMap(([group, held]) => {
      const first = firstBlockOfGroup(this.#geometry, group);
      return setRuns(held).map(({ from, count }) => ({ start: first + from, count }));
    });
    this.#held.clear();
    return freed;
  }

  #tryGroup(group: number, goal: number, wanted: number, enough: number): BlockRange | undefined {
    const first = firstBlockOfGroup(this.#geometry, group);
    const end = blocksOfGroup(this.#geometry, group);
    const bitmap = this.#bitmaps.readBlocks(group);
    const held = this.#held.get(group);
    const goalBit = goal >= first && goal < first + end ? goal - first : 0;
    let run = findFreeRun(bitmap, held, { from: goalBit, to: end }, wanted);
    if (run.count < wanted && goalBit > 0) {
      const before = findFreeRun(bitmap, held, { from: 0, to: goalBit }, wanted);
      if (before.count > run.count) run = before;
    }
    // A group that says that it has free blocks and has none would be asked again and again.
    if (run.count === 0 && held === undefined) throw damaged(`free blocks of group ${group}`);
    if (run.count < enough) return undefined;
    setRun(this.#bitmaps.changeBlocks(group), run.from, run.count);
    this.#count(group, -run.count);
    return { start: first + run.from, count: run.count };
  }

  #count(group: number, change: number): void {
    const descriptor = this.#groups.change(group);
    const free = countOf(descriptor, GROUP.freeBlocksLow, GROUP.freeBlocksHigh) + change;
    if (free < 0 || free > this.#geometry.blocksPerGroup) throw damaged(`free blocks of ${group}`);
    putCount(descriptor, GROUP.freeBlocksLow, GROUP.freeBlocksHigh, free);
    this.#freeBlocks += change;
  }
}
