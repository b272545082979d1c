import { type Ext4Plan, hasSparseSuperblock, headBlocks } from './ext4-plan.ts';
import { blocksOfGroup, firstBlockOfGroup } from './group-places.ts';

/** Consecutive blocks: `start` up to `start + count - 1`. */
export type BlockRange = Readonly<{ start: number; count: number }>;

export const GROUPS_PER_FLEX = 16;

/** Where a group's own structures lie. */
export type GroupPlaces = { blockBitmap: number; inodeBitmap: number; inodeTable: number };

/**
 * Who gets which blocks of a new volume. The structures of sixteen groups lie together at the start
 * of the first of them; copies of superblock and descriptors keep their places in between.
 */
export class FormatClaims {
  readonly places: GroupPlaces[] = [];
  readonly #plan: Ext4Plan;
  /** In ascending order, without overlap. */
  readonly #ranges: BlockRange[];

  constructor(plan: Ext4Plan) {
    this.#plan = plan;
    this.#ranges = headsOf(plan);
    for (let first = 0; first < plan.groupCount; first += GROUPS_PER_FLEX) this.#claimFlex(first);
  }

  /** All that is claimed, in ascending order. */
  get ranges(): readonly BlockRange[] {
    return this.#ranges;
  }

  /** Claims blocks in one piece, the first that are free from `goal` on. */
  claim(count: number, goal: number): number {
    for (let at = goal; ; ) {
      const free = this.#freeFrom(at);
      if (free.count >= count) {
        this.#insert({ start: free.start, count });
        return free.start;
      }
      at = free.start + free.count;
    }
  }

  /** Claims blocks in as few pieces as there are from `goal` on, none longer than `longest`. */
  claimPieces(count: number, goal: number, longest: number): BlockRange[] {
    const pieces: BlockRange[] = [];
    let left = count;
    for (let at = goal; left > 0; ) {
      const free = this.#freeFrom(at);
      const piece = { start: free.start, count: Math.min(free.count, left, longest) };
      this.#insert(piece);
      pieces.push(piece);
      left -= piece.count;
      at = piece.start + piece.count;
    }
    return pieces;
  }

  #claimFlex(first: number): void {
    const { groupCount, tableBlocks } = this.#plan;
    const groups = Math.min(GROUPS_PER_FLEX, groupCount - first);
    const goal = firstBlockOfGroup(this.#plan, first);
    const blockBitmaps = this.#each(groups, 1, goal);
    const inodeBitmaps = this.#each(groups, 1, goal);
    const inodeTables = this.#each(groups, tableBlocks, goal);
    for (let index = 0; index < groups; index += 1) {
      this.places[first + index] = {
        blockBitmap: blockBitmaps[index] ?? 0,
        inodeBitmap: inodeBitmaps[index] ?? 0,
        inodeTable: inodeTables[index] ?? 0,
      };
    }
  }

  #each(times: number, count: number, goal: number): number[] {
    return Array.from({ length: times }, () => this.claim(count, goal));
  }

  /** The first free run at or after a block. */
  #freeFrom(at: number): BlockRange {
    let start = at;
    let index = this.#indexAfter(start);
    const before = this.#ranges[index - 1];
    if (before !== undefined) start = Math.max(start, before.start + before.count);
    while (this.#ranges[index]?.start === start) {
      start += this.#ranges[index]?.count ?? 0;
      index += 1;
    }
    const end = this.#ranges[index]?.start ?? this.#plan.blockCount;
    if (start >= this.#plan.blockCount) throw new RangeError('no room for the structures');
    return { start, count: end - start };
  }

  #insert(range: BlockRange): void {
    const index = this.#indexAfter(range.start);
    const before = this.#ranges[index - 1];
    if (before !== undefined && before.start + before.count === range.start) {
      this.#ranges[index - 1] = { start: before.start, count: before.count + range.count };
    } else {
      this.#ranges.splice(index, 0, range);
    }
  }

  /** Index of the first range that starts after a block. */
  #indexAfter(block: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.start ?? 0) <= block) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Splits claims by the group that they lie in. */
export function claimsByGroup(
  claims: readonly BlockRange[],
  plan: Ext4Plan,
): ReadonlyMap<number, readonly BlockRange[]> {
  const groups = new Map<number, BlockRange[]>();
  for (const { start, count } of claims) {
    const end = start + count;
    for (let at = start; at < end; ) {
      const group = Math.floor((at - plan.firstDataBlock) / plan.blocksPerGroup);
      const groupEnd = firstBlockOfGroup(plan, group) + blocksOfGroup(plan, group);
      const piece = { start: at, count: Math.min(end, groupEnd) - at };
      const known = groups.get(group);
      if (known === undefined) groups.set(group, [piece]);
      else known.push(piece);
      at += piece.count;
    }
  }
  return groups;
}

function headsOf(plan: Ext4Plan): BlockRange[] {
  const heads: BlockRange[] = [];
  for (let group = 0; group < plan.groupCount; group += 1) {
    const count = headBlocks(plan, hasSparseSuperblock(group));
    if (count > 0) heads.push({ start: firstBlockOfGroup(plan, group), count });
  }
  return heads;
}
