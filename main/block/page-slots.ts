import type { WriteRank } from './ordered-device.ts';

/** The rank of a page that holds nothing unwritten. */
export const CLEAN = -1;
export type PageRank = WriteRank | typeof CLEAN;

/**
 * Which page of a device each slot of a cache holds and with what rank it is dirty; which slot is
 * taken next is decided by the clock algorithm.
 */
export class PageSlots {
  readonly count: number;
  readonly #slotOfPage = new Map<number, number>();
  /** Page number held by each slot, or -1 where the slot is free. */
  readonly #pageOfSlot: Float64Array;
  readonly #rankOfSlot: Int8Array;
  readonly #wasUsed: Uint8Array;
  readonly #sortScratch: Float64Array;
  readonly #dirty: [number, number, number, number] = [0, 0, 0, 0];
  #hand = 0;

  constructor(count: number) {
    this.count = count;
    this.#pageOfSlot = new Float64Array(count).fill(-1);
    this.#rankOfSlot = new Int8Array(count).fill(CLEAN);
    this.#wasUsed = new Uint8Array(count);
    this.#sortScratch = new Float64Array(count);
  }

  /** Pages held, clean and dirty. */
  get heldPages(): number {
    return this.#slotOfPage.size;
  }

  get dirtyPages(): number {
    const [a, b, c, d] = this.#dirty;
    return a + b + c + d;
  }

  dirtyPagesOf(rank: WriteRank): number {
    return this.#dirty[rank];
  }

  find(page: number): number | undefined {
    return this.#slotOfPage.get(page);
  }

  has(page: number): boolean {
    return this.#slotOfPage.has(page);
  }

  rankOf(slot: number): PageRank {
    return (this.#rankOfSlot[slot] ?? CLEAN) as PageRank; // only ranks are stored
  }

  markUsed(slot: number): void {
    this.#wasUsed[slot] = 1;
  }

  setRank(slot: number, rank: PageRank): void {
    const before = this.rankOf(slot);
    if (before === rank) return;
    if (before !== CLEAN) this.#dirty[before] -= 1;
    if (rank !== CLEAN) this.#dirty[rank] += 1;
    this.#rankOfSlot[slot] = rank;
  }

  /**
   * Takes a clean slot for a page; the slot's content is undefined. At least one slot is clean:
   * the caller sees to that.
   */
  claim(page: number): number {
    for (;;) {
      const slot = this.#hand;
      this.#hand = slot + 1 === this.count ? 0 : slot + 1;
      if (this.#rankOfSlot[slot] !== CLEAN) continue;
      if (this.#wasUsed[slot] === 1) {
        this.#wasUsed[slot] = 0;
        continue;
      }
      const old = this.#pageOfSlot[slot] ?? -1;
      if (old >= 0) this.#slotOfPage.delete(old);
      this.#pageOfSlot[slot] = page;
      this.#slotOfPage.set(page, slot);
      this.#wasUsed[slot] = 1;
      return slot;
    }
  }

  /** Forgets a page, dirty or not. */
  drop(page: number, slot: number): void {
    this.setRank(slot, CLEAN);
    this.#slotOfPage.delete(page);
    this.#pageOfSlot[slot] = -1;
    this.#wasUsed[slot] = 0;
  }

  /** Forgets the pages from `first` up to but not including `end`; the dirty ones only where told. */
  dropRange(first: number, end: number, kept: 'dirty' | 'none' = 'none'): void {
    const drop = (page: number, slot: number) => {
      if (kept === 'none' || this.rankOf(slot) === CLEAN) this.drop(page, slot);
    };
    if (end - first > this.heldPages) {
      for (const [page, slot] of this.#slotOfPage) {
        if (page >= first && page < end) drop(page, slot);
      }
      return;
    }
    for (let page = first; page < end; page += 1) {
      const slot = this.#slotOfPage.get(page);
      if (slot !== undefined) drop(page, slot);
    }
  }

  dropAll(): void {
    this.#slotOfPage.clear();
    this.#pageOfSlot.fill(-1);
    this.#rankOfSlot.fill(CLEAN);
    this.#wasUsed.fill(0);
    this.#dirty.fill(0);
  }

  /** Returns the dirty pages of a rank in ascending order. Borrowed: valid until the next call. */
  sortedDirtyPages(rank: WriteRank): Float64Array {
    let count = 0;
    for (let slot = 0; slot < this.count; slot += 1) {
      if (this.#rankOfSlot[slot] === rank) {
        this.#sortScratch[count] = this.#pageOfSlot[slot] ?? 0;
        count += 1;
      }
    }
    return this.#sortScratch.subarray(0, count).sort();
  }
}
