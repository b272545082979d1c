import { DeviceError } from '../../shared/errors/vault-error.ts';
import { KIB } from '../../shared/units.ts';
import type { Arena } from '../bytes/arena.ts';
import { CACHE, type StageClock } from '../statistics/stage-clock.ts';
import { assertInside, type BlockDevice } from './block-device.ts';
import type { OrderedDevice, WriteRank } from './ordered-device.ts';
import { CLEAN, PageSlots } from './page-slots.ts';
import { ReservedRanges } from './reserved-ranges.ts';

/** Bytes of a cached page; offsets and lengths of the device below are multiples of it where they can be. */
export const PAGE_BYTES = 4 * KIB;
/** A batch that goes to or comes from the device in one call. */
const BATCH_PAGES = 64;
/** Requests of at least this size, page-aligned and in the arena, pass by without being cached. */
const BYPASS_BYTES = 64 * KIB;
const READ_AHEAD_BYTES = 64 * KIB;
const RANKS: readonly WriteRank[] = [0, 1, 2, 3];

/**
 * A write-back cache of 4 KiB pages that lie in the arena.
 *
 * Dirty pages carry a {@link WriteRank}; they go down in ascending rank, coalesced into batches of
 * up to 256 KiB, with a barrier of the device between ranks. A page holds writes of one rank only:
 * a write of another rank first sends the page's present content down by the rules. The space of a
 * dirty page is reserved before its write is acknowledged; what still fails to be written stays
 * dirty and is tried again by the next `flush`.
 */
export class BlockCache implements OrderedDevice {
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  readonly granularityBytes = 1;
  /** What is read at once where small requests follow each other; a batch at most. */
  readAheadBytes = READ_AHEAD_BYTES;
  /** Page lookups that were served from memory, and those that were not. */
  hits = 0;
  misses = 0;
  /** Bytes that came from the device below and went to it. */
  decryptedBytes = 0;
  encryptedBytes = 0;

  readonly #device: BlockDevice;
  readonly #arena: Arena;
  readonly #clock: StageClock | undefined;
  readonly #memory: Buffer;
  readonly #staging: Buffer;
  readonly #views: readonly Buffer[];
  readonly #slots: PageSlots;
  readonly #maximumDirtyPages: number;
  readonly #reserved: ReservedRanges;
  #nextSequentialPage = -1;
  /** Something of a rank below was written since the last barrier. */
  #needsBarrier = false;

  /** @param clock - Told when a request is in the cache; the device tells the stages below. */
  constructor(device: BlockDevice, arena: Arena, capacityBytes: number, clock?: StageClock) {
    this.#device = device;
    this.#clock = clock;
    this.#arena = arena;
    this.sizeBytes = device.sizeBytes;
    this.isReadOnly = device.isReadOnly;
    const slots = Math.max(4 * BATCH_PAGES, Math.floor(capacityBytes / PAGE_BYTES));
    this.#memory = arena.allocate(slots * PAGE_BYTES, PAGE_BYTES);
    this.#staging = arena.allocate(BATCH_PAGES * PAGE_BYTES, PAGE_BYTES);
    this.#views = Array.from({ length: slots }, (_, slot) =>
      this.#memory.subarray(slot * PAGE_BYTES, (slot + 1) * PAGE_BYTES),
    );
    this.#slots = new PageSlots(slots);
    this.#maximumDirtyPages = Math.floor(slots / 2);
    this.#reserved = new ReservedRanges(device);
  }

  /** Bytes of arena that a cache of this capacity takes. */
  static arenaBytes(capacityBytes: number): number {
    return Math.max(capacityBytes, 4 * BATCH_PAGES * PAGE_BYTES) + (BATCH_PAGES + 2) * PAGE_BYTES;
  }

  get dirtyBytes(): number {
    return this.#slots.dirtyPages * PAGE_BYTES;
  }

  readInto(offsetBytes: number, target: Uint8Array): void {
    const stage = this.#clock?.enter(CACHE) ?? CACHE;
    this.#read(offsetBytes, target);
    this.#clock?.enter(stage);
    this.#clock?.noteCache(this);
  }

  writeFrom(offsetBytes: number, source: Uint8Array): void {
    this.writeOrdered(offsetBytes, source, 0);
  }

  writeOrdered(offsetBytes: number, source: Uint8Array, rank: WriteRank): void {
    const stage = this.#clock?.enter(CACHE) ?? CACHE;
    this.#write(offsetBytes, source, rank);
    this.#clock?.enter(stage);
    this.#clock?.noteCache(this);
  }

  #read(offsetBytes: number, target: Uint8Array): void {
    assertInside(this, offsetBytes, target.length);
    if (this.#passesBy(offsetBytes, target)) {
      this.#device.readInto(offsetBytes, target);
      this.decryptedBytes += target.length;
      if (this.#slots.dirtyPages > 0) this.#overlayDirtyPages(offsetBytes, target);
      return;
    }
    let done = 0;
    while (done < target.length) {
      const at = offsetBytes + done;
      const page = Math.floor(at / PAGE_BYTES);
      const within = at - page * PAGE_BYTES;
      const length = Math.min(PAGE_BYTES - within, target.length - done);
      let slot = this.#slots.find(page);
      if (slot === undefined) slot = this.#load(page, within + target.length - done);
      else this.hits += 1;
      this.#slots.markUsed(slot);
      const from = slot * PAGE_BYTES + within;
      this.#copyOut(from, length, target, done);
      done += length;
    }
  }

  #write(offsetBytes: number, source: Uint8Array, rank: WriteRank): void {
    assertInside(this, offsetBytes, source.length);
    if (rank === 0 && this.#passesBy(offsetBytes, source)) {
      this.#settleHigherRanks(offsetBytes, source.length);
      this.#writePast(offsetBytes, source);
      return;
    }
    let done = 0;
    while (done < source.length) {
      const at = offsetBytes + done;
      const page = Math.floor(at / PAGE_BYTES);
      const within = at - page * PAGE_BYTES;
      const length = Math.min(PAGE_BYTES - within, source.length - done);
      const slot = this.#slotForWrite(page, length === this.#pageLength(page), rank);
      this.#memory.set(
        length === source.length ? source : source.subarray(done, done + length),
        slot * PAGE_BYTES + within,
      );
      done += length;
    }
  }

  flush(): void {
    for (const rank of RANKS) this.#writeBack(rank);
    this.#device.flush();
    this.#needsBarrier = false;
    this.#clock?.noteCache(this);
  }

  /** Hands rank 0 to the storage without a barrier, so that failures show now. */
  writeBackContents(): void {
    this.#writeBack(0);
  }

  reserve(offsetBytes: number, lengthBytes: number): void {
    const first = Math.floor(offsetBytes / PAGE_BYTES) * PAGE_BYTES;
    for (let at = first; at < offsetBytes + lengthBytes; at += PAGE_BYTES)
      this.#reserved.ensure(at);
  }

  discard(offsetBytes: number, lengthBytes: number): void {
    assertInside(this, offsetBytes, lengthBytes);
    const first = Math.ceil(offsetBytes / PAGE_BYTES) * PAGE_BYTES;
    const end = Math.floor((offsetBytes + lengthBytes) / PAGE_BYTES) * PAGE_BYTES;
    if (end > first) this.#forget(first, end - first);
    if (lengthBytes > 0) this.#reserved.forget(offsetBytes, lengthBytes);
    this.#device.discard(offsetBytes, lengthBytes);
  }

  /** Wipes the cached plaintext; what is dirty is lost: flush first. */
  [Symbol.dispose](): void {
    this.#memory.fill(0);
    this.#staging.fill(0);
    this.#slots.dropAll();
  }

  #passesBy(offsetBytes: number, view: Uint8Array): boolean {
    return (
      view.length >= BYPASS_BYTES &&
      offsetBytes % PAGE_BYTES === 0 &&
      view.length % PAGE_BYTES === 0 &&
      this.#arena.holds(view)
    );
  }

  #pageLength(page: number): number {
    return Math.min(PAGE_BYTES, this.sizeBytes - page * PAGE_BYTES);
  }

  #copyOut(from: number, length: number, target: Uint8Array, at: number): void {
    this.#memory.copy(target, at, from, from + length);
  }

  #overlayDirtyPages(offsetBytes: number, target: Uint8Array): void {
    const first = offsetBytes / PAGE_BYTES;
    for (let i = 0; i < target.length / PAGE_BYTES; i += 1) {
      const slot = this.#slots.find(first + i);
      if (slot !== undefined && this.#slots.rankOf(slot) !== CLEAN) {
        this.#copyOut(slot * PAGE_BYTES, PAGE_BYTES, target, i * PAGE_BYTES);
      }
    }
  }

  /**
   * Writes to the device and drops the pages that this supersedes. Where it fails, what was
   * acknowledged before stays dirty; what came from the device may not be what it holds now.
   */
  #writePast(offsetBytes: number, source: Uint8Array): void {
    this.#needsBarrier = true;
    let kept: 'dirty' | 'none' = 'dirty';
    try {
      this.#device.writeFrom(offsetBytes, source);
      this.encryptedBytes += source.length;
      kept = 'none';
    } finally {
      const first = offsetBytes / PAGE_BYTES;
      this.#slots.dropRange(first, first + source.length / PAGE_BYTES, kept);
    }
  }

  /** A bypassing write over pages of a higher rank must not overtake what those pages hold. */
  #settleHigherRanks(offsetBytes: number, lengthBytes: number): void {
    if (this.#slots.dirtyPages === this.#slots.dirtyPagesOf(0)) return;
    for (let at = offsetBytes; at < offsetBytes + lengthBytes; at += PAGE_BYTES) {
      const slot = this.#slots.find(at / PAGE_BYTES);
      const rank = slot === undefined ? CLEAN : this.#slots.rankOf(slot);
      if (rank > 0) {
        this.flush();
        return;
      }
    }
  }

  /** Drops pages, dirty ones too. Both bounds are page-aligned. */
  #forget(offsetBytes: number, lengthBytes: number): void {
    const first = offsetBytes / PAGE_BYTES;
    this.#slots.dropRange(first, first + lengthBytes / PAGE_BYTES);
  }

  #slotForWrite(page: number, isWholePage: boolean, rank: WriteRank): number {
    this.#reserved.ensure(page * PAGE_BYTES);
    let slot = this.#slots.find(page);
    if (slot !== undefined) {
      const held = this.#slots.rankOf(slot);
      if (held !== CLEAN && held !== rank) {
        for (const lower of RANKS) if (lower <= Math.max(held, rank - 1)) this.#writeBack(lower);
      }
    } else {
      if (this.#slots.dirtyPages >= this.#maximumDirtyPages) this.#makeRoom();
      slot = isWholePage ? this.#slots.claim(page) : this.#load(page, PAGE_BYTES);
    }
    this.#slots.markUsed(slot);
    this.#slots.setRank(slot, rank);
    return slot;
  }

  #makeRoom(): void {
    for (const rank of RANKS) {
      this.#writeBack(rank);
      if (this.#slots.dirtyPages < this.#maximumDirtyPages / 2) return;
    }
  }

  /** Brings a page into memory, with its neighbours where the request or the pattern wants them. */
  #load(page: number, wantedBytes: number): number {
    this.misses += 1;
    const isSequential = page === this.#nextSequentialPage;
    const wanted = Math.ceil(wantedBytes / PAGE_BYTES);
    const count = this.#missRun(
      page,
      Math.max(wanted, isSequential ? this.readAheadBytes / PAGE_BYTES : 1),
    );
    this.#nextSequentialPage = page + count;
    const batch = this.#staging.subarray(0, this.#batchBytes(page, count));
    // What cannot be read of the neighbours must not take this page along: it is read alone then.
    if (count === 1 || !this.#canRead(page * PAGE_BYTES, batch)) {
      const slot = this.#slots.claim(page);
      this.#fill(page, slot);
      return slot;
    }
    let firstSlot = -1;
    for (let i = 0; i < count; i += 1) {
      const slot = this.#slots.claim(page + i);
      batch.copy(
        this.#memory,
        slot * PAGE_BYTES,
        i * PAGE_BYTES,
        i * PAGE_BYTES + this.#pageLength(page + i),
      );
      if (i === 0) firstSlot = slot;
    }
    return firstSlot;
  }

  #canRead(offsetBytes: number, target: Buffer): boolean {
    try {
      this.#device.readInto(offsetBytes, target);
      this.decryptedBytes += target.length;
      return true;
    } catch (error) {
      if (error instanceof DeviceError) return false;
      throw error;
    }
  }

  #fill(page: number, slot: number): void {
    const view = this.#view(slot);
    const length = this.#pageLength(page);
    try {
      this.#device.readInto(
        page * PAGE_BYTES,
        length === PAGE_BYTES ? view : view.subarray(0, length),
      );
      this.decryptedBytes += length;
    } catch (error) {
      this.#slots.drop(page, slot);
      throw error;
    }
  }

  #view(slot: number): Buffer {
    const view = this.#views[slot];
    if (view === undefined) throw new RangeError(`no slot ${slot}`);
    return view;
  }

  #missRun(page: number, wanted: number): number {
    const lastPage = Math.ceil(this.sizeBytes / PAGE_BYTES);
    const limit = Math.min(wanted, BATCH_PAGES, lastPage - page);
    let count = 1;
    while (count < limit && !this.#slots.has(page + count)) count += 1;
    return count;
  }

  #batchBytes(page: number, count: number): number {
    return (count - 1) * PAGE_BYTES + this.#pageLength(page + count - 1);
  }

  /** Writes the dirty pages of one rank in ascending order, after a barrier for what came before. */
  #writeBack(rank: WriteRank): void {
    if (this.#slots.dirtyPagesOf(rank) === 0) return;
    if (rank > 0 && this.#needsBarrier) {
      this.#device.flush();
      this.#needsBarrier = false;
    }
    const pages = this.#slots.sortedDirtyPages(rank);
    const count = pages.length;
    let start = 0;
    while (start < count) {
      const first = pages[start] ?? 0;
      let length = 1;
      while (
        length < BATCH_PAGES &&
        start + length < count &&
        pages[start + length] === first + length
      ) {
        length += 1;
      }
      this.#writeRun(first, length);
      start += length;
    }
    this.#needsBarrier = true;
  }

  /** Copies a run of pages into the staging area (the device encrypts it there) and writes it. */
  #writeRun(page: number, count: number): void {
    const batch = this.#staging.subarray(0, this.#batchBytes(page, count));
    for (let i = 0; i < count; i += 1) {
      const slot = this.#slots.find(page + i) ?? 0;
      const from = slot * PAGE_BYTES;
      this.#memory.copy(batch, i * PAGE_BYTES, from, from + this.#pageLength(page + i));
    }
    this.#device.writeFrom(page * PAGE_BYTES, batch);
    this.encryptedBytes += batch.length;
    for (let i = 0; i < count; i += 1) this.#slots.setRank(this.#slots.find(page + i) ?? 0, CLEAN);
  }
}
