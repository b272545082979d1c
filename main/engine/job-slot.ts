import {
  FRAGMENT,
  HELPER,
  HELPER_STATES,
  helperWord,
  JOB_SLOTS,
  type JobKind,
  PUBLISHED,
  REMAINING_BITS,
  SLOT,
  slotWord,
} from './pool-layout.ts';

/** One request, cut into equal fragments (the last may be shorter). */
export type Job = Readonly<{
  kind: JobKind;
  /** Where in the arena, and how long. */
  at: number;
  lengthBytes: number;
  fragmentBytes: number;
  /** Descriptor of the storage. */
  fd: number;
  storageOffsetBytes: number;
  firstIvSector: number;
}>;

const REMAINING_MASK = (1 << REMAINING_BITS) - 1;
const JOB_NUMBERS = 2 ** (31 - REMAINING_BITS);
const NO_FRAGMENT = -1;

/** One of a pool's places for jobs, in the hands of the thread that has acquired it. */
export class JobSlot implements Disposable {
  readonly #words: Int32Array;
  readonly #helpers: number;
  readonly #slot: number;
  #number = 0;
  #fragments = 0;

  private constructor(words: Int32Array, helpers: number, slot: number) {
    this.#words = words;
    this.#helpers = helpers;
    this.#slot = slot;
  }

  /** Returns a free slot, or `undefined` where all are taken. Owned by the caller. */
  static acquire(words: Int32Array, helpers: number): JobSlot | undefined {
    for (let slot = 0; slot < JOB_SLOTS; slot += 1) {
      const owner = slotWord(slot, SLOT.owner);
      if (Atomics.compareExchange(words, owner, 0, 1) === 0)
        return new JobSlot(words, helpers, slot);
    }
    return undefined;
  }

  /** Lets helpers claim fragments; wakes those that sleep. */
  publish(job: Job): void {
    const words = this.#words;
    const put = (word: number, value: number) => {
      words[slotWord(this.#slot, word)] = value;
    };
    const fragments = Math.ceil(job.lengthBytes / job.fragmentBytes);
    put(SLOT.kind, job.kind);
    put(SLOT.at, job.at);
    put(SLOT.length, job.lengthBytes);
    put(SLOT.fragmentBytes, job.fragmentBytes);
    put(SLOT.fragments, fragments);
    put(SLOT.fd, job.fd);
    put(SLOT.storageOffset, job.storageOffsetBytes % 2 ** 32);
    put(SLOT.storageOffset + 1, Math.floor(job.storageOffsetBytes / 2 ** 32));
    put(SLOT.firstIvSector, job.firstIvSector % 2 ** 32);
    put(SLOT.firstIvSector + 1, Math.floor(job.firstIvSector / 2 ** 32));
    put(SLOT.isFailed, 0);
    const status = slotWord(this.#slot, SLOT.status);
    words.fill(FRAGMENT.pending, status, status + fragments);
    this.#fragments = fragments;
    const cursor = slotWord(this.#slot, SLOT.cursor);
    this.#number = ((Atomics.load(words, cursor) >>> REMAINING_BITS) + 1) % JOB_NUMBERS;
    // The store that publishes: whoever claims from this value sees all that was put before.
    Atomics.store(words, cursor, (this.#number << REMAINING_BITS) | fragments);
    Atomics.add(words, PUBLISHED, 1);
    this.#wakeHelpers(fragments - 1);
  }

  /** Claims the next fragment for the caller; returns its index, or -1 when none is left. */
  claim(): number {
    const cursor = slotWord(this.#slot, SLOT.cursor);
    for (;;) {
      const value = Atomics.load(this.#words, cursor);
      const remaining = value & REMAINING_MASK;
      if (remaining === 0) return NO_FRAGMENT;
      if (Atomics.compareExchange(this.#words, cursor, value, value - 1) === value)
        return this.#fragments - remaining;
    }
  }

  /** Makes everybody skip what is not yet done: the request has failed. */
  fail(): void {
    Atomics.store(this.#words, slotWord(this.#slot, SLOT.isFailed), 1);
  }

  get hasFailed(): boolean {
    return Atomics.load(this.#words, slotWord(this.#slot, SLOT.isFailed)) !== 0;
  }

  status(index: number): number {
    return Atomics.load(this.#words, slotWord(this.#slot, SLOT.status) + index);
  }

  setStatus(index: number, status: number): void {
    Atomics.store(this.#words, slotWord(this.#slot, SLOT.status) + index, status);
  }

  /** Bytes that a fragment had moved when its storage failed. */
  movedBytes(index: number): number {
    return this.#words[slotWord(this.#slot, SLOT.moved) + index] ?? 0;
  }

  /** Sleeps until a fragment changes from `status`, at most so long. */
  park(index: number, status: number, timeoutMs: number): void {
    const isParked = slotWord(this.#slot, SLOT.isCallerParked);
    Atomics.store(this.#words, isParked, 1);
    Atomics.wait(this.#words, slotWord(this.#slot, SLOT.status) + index, status, timeoutMs);
    Atomics.store(this.#words, isParked, 0);
  }

  /**
   * Returns the living helper that may hold a fragment, or -1: then its holder is dead, since a
   * holder says what it claims before it claims, and until it is done.
   */
  holderOf(index: number): number {
    const value = (this.#number << REMAINING_BITS) | (this.#fragments - index);
    for (let helper = 0; helper < this.#helpers; helper += 1) {
      const claims = helperWord(helper, HELPER.claims + this.#slot);
      const state = helperWord(helper, HELPER.state);
      if (Atomics.load(this.#words, claims) !== value) continue;
      if (Atomics.load(this.#words, state) === HELPER_STATES.up) return helper;
    }
    return -1;
  }

  #wakeHelpers(most: number): void {
    let sleeping = 0;
    for (let helper = 0; helper < this.#helpers; helper += 1)
      sleeping += Atomics.load(this.#words, helperWord(helper, HELPER.isSleeping));
    if (sleeping > 0) Atomics.notify(this.#words, PUBLISHED, most);
  }

  /** Gives the slot back; every fragment of its last job is done. */
  [Symbol.dispose](): void {
    Atomics.store(this.#words, slotWord(this.#slot, SLOT.owner), 0);
  }
}
