import type { DeviceError } from '../../shared/errors/vault-error.ts';
import { KIB } from '../../shared/units.ts';
import { HAND_OVER } from '../statistics/stage-clock.ts';
import { deviceErrorOfErrno } from '../system/device-errors.ts';
import type { Engine, EngineStorage } from './engine.ts';
import type { InlineEngine } from './inline-engine.ts';
import { type Job, JobSlot } from './job-slot.ts';
import {
  FRAGMENT,
  HELPER,
  HELPER_STATES,
  helperWord,
  JOB_KINDS,
  type JobKind,
  MAX_FRAGMENT_BYTES,
  MAX_FRAGMENTS,
} from './pool-layout.ts';

/** Shortest fragment. PERF: half as long, the claims cost more than the better balance brings. */
const MIN_FRAGMENT_BYTES = 32 * KIB;
/** Shorter requests than this have shorter fragments. */
const FEW_FRAGMENTS_BYTES = 4 * MAX_FRAGMENT_BYTES;
/** Requests below have one fragment, which needs no helper. */
export const MIN_SPLIT_BYTES = 2 * MIN_FRAGMENT_BYTES;

/** How long the caller looks for the last fragments before it sleeps: a fragment's time. */
const SPIN_MS = 0.1;
const LOOKS_PER_CLOCK = 64;
/** A helper that holds a fragment for longer, beyond its own time, has been held up. */
const LATE_MS = 0.5;
/** How often a sleeping caller looks whether the holder of a fragment lives. */
const LOOK_MS = 2;
/** A fragment that is held for so long has a stuck holder. */
const STUCK_MS = 1_000;

/** A pool as the calling thread sees it. */
export type PoolAccess = Readonly<{
  words: Int32Array;
  helpers: number;
  /** Asks for the end of a helper that is stuck; its state tells when that has come about. */
  onStuck: (helper: number) => void;
  /** Told of each fragment that had to be done again. */
  onRedone: () => void;
}>;

/** What became of a request that was to be split. */
type SplitOutcome = Readonly<{
  /** Time that the caller waited for helpers, where one of them was held up; else 0. */
  lateMs: number;
  /** Whether a helper did some of it. */
  isHelped: boolean;
}>;
const NOT_SPLIT: SplitOutcome = { lateMs: 0, isHelped: false };

/**
 * Splits requests among the calling thread and crypto workers: each reads and decrypts, or encrypts
 * and writes, the fragments that it claims. The caller claims too and never waits for a helper to
 * wake: where none comes it has done all of it.
 *
 * Requests below {@link MIN_SPLIT_BYTES}, storages without a descriptor (only their own thread can
 * move their bytes, and splitting the cipher alone gains nothing) and requests that find every job
 * slot taken run inline: the queue is bounded, and a full one is worked off by the submitter.
 *
 * A call returns when each of its fragments is done, so requests of one caller are in order and
 * nothing is in flight at a flush. A fragment in another thread's hands is never done again while
 * that thread lives: it could still write, over what a later request has stored. Of a dead thread's
 * fragment nothing is lost: reads are repeated, and sources of writes are intact.
 */
export class ThreadedEngine implements Engine {
  readonly #inline: InlineEngine;
  readonly #storage: EngineStorage;
  readonly #pool: PoolAccess;
  /** Of the last request that this engine was given to split. */
  last: SplitOutcome = NOT_SPLIT;

  /** @param inline - Borrowed: does the caller's fragments. */
  constructor(inline: InlineEngine, storage: EngineStorage, pool: PoolAccess) {
    this.#inline = inline;
    this.#storage = storage;
    this.#pool = pool;
  }

  get providerName(): string {
    return this.#inline.providerName;
  }

  /** Helpers that are up now. */
  get livingHelpers(): number {
    const { words, helpers } = this.#pool;
    let living = 0;
    for (let helper = 0; helper < helpers; helper += 1) {
      const state = Atomics.load(words, helperWord(helper, HELPER.state));
      if (state === HELPER_STATES.up) living += 1;
    }
    return living;
  }

  /** Tells whether a request of this length can be split now. */
  canSplit(lengthBytes: number): boolean {
    return (
      lengthBytes >= MIN_SPLIT_BYTES && this.#storage.fd !== undefined && this.livingHelpers > 0
    );
  }

  read(storageOffsetBytes: number, target: Uint8Array, firstIvSector: number): void {
    if (!this.canSplit(target.length)) this.#inline.read(storageOffsetBytes, target, firstIvSector);
    else this.#run(JOB_KINDS.read, storageOffsetBytes, target, firstIvSector);
  }

  write(storageOffsetBytes: number, source: Uint8Array, firstIvSector: number): void {
    const isSplit = this.canSplit(source.length) && !this.#storage.isReadOnly;
    if (!isSplit) this.#inline.write(storageOffsetBytes, source, firstIvSector);
    else this.#run(JOB_KINDS.write, storageOffsetBytes, source, firstIvSector);
  }

  #run(kind: JobKind, offsetBytes: number, view: Uint8Array, firstIvSector: number): void {
    assertInside(this.#storage, offsetBytes, view.length);
    const fragmentBytes =
      view.length < FEW_FRAGMENTS_BYTES ? MIN_FRAGMENT_BYTES : MAX_FRAGMENT_BYTES;
    using slot = JobSlot.acquire(this.#pool.words, this.#pool.helpers);
    this.last = NOT_SPLIT;
    const jobBytes = MAX_FRAGMENTS * fragmentBytes;
    for (let done = 0; done < view.length; done += jobBytes) {
      const part = view.subarray(done, done + jobBytes);
      const job = {
        kind,
        at: part.byteOffset,
        lengthBytes: part.length,
        fragmentBytes,
        fd: this.#storage.fd ?? -1,
        storageOffsetBytes: offsetBytes + done,
        firstIvSector: firstIvSector + done / 512,
      };
      if (slot === undefined) this.#doRange(job, part, 0, part.length);
      else this.#lead(slot, job, part);
    }
  }

  #lead(slot: JobSlot, job: Job, part: Uint8Array): void {
    // What is not the caller's own share of the work is hand-over, and waiting for the others.
    const { clock } = this.#storage;
    const stage = clock?.enter(HAND_OVER) ?? HAND_OVER;
    clock?.noteSplit();
    const run = new JobRun(this.#pool, slot, job, (index) => this.#doFragment(job, part, index));
    run.finish();
    clock?.enter(stage);
    this.last = run;
  }

  #doFragment(job: Job, view: Uint8Array, index: number): void {
    const from = index * job.fragmentBytes;
    this.#doRange(job, view, from, Math.min(from + job.fragmentBytes, view.length));
  }

  #doRange(job: Job, view: Uint8Array, from: number, to: number): void {
    const part = view.subarray(from, to);
    const offsetBytes = job.storageOffsetBytes + from;
    const ivSector = job.firstIvSector + from / 512;
    if (job.kind === JOB_KINDS.read) this.#inline.read(offsetBytes, part, ivSector);
    else this.#inline.write(offsetBytes, part, ivSector);
  }

  /** Nothing of its own to free. */
  [Symbol.dispose](): void {}
}

/** One job from its publication until the last fragment is done. */
class JobRun implements SplitOutcome {
  readonly #pool: PoolAccess;
  readonly #slot: JobSlot;
  readonly #job: Job;
  readonly #doFragment: (index: number) => void;
  readonly fragments: number;
  #waitMs = 0;
  lateMs = 0;
  isHelped = false;
  /** By offset of the fragment: the first is what the caller is told. */
  #failedIndex = Number.POSITIVE_INFINITY;
  #error: unknown;

  constructor(pool: PoolAccess, slot: JobSlot, job: Job, doFragment: (index: number) => void) {
    this.#pool = pool;
    this.#slot = slot;
    this.#job = job;
    this.#doFragment = doFragment;
    this.fragments = Math.ceil(job.lengthBytes / job.fragmentBytes);
  }

  /** @throws DeviceError of the first fragment, by offset, that failed. */
  finish(): void {
    const slot = this.#slot;
    const startMs = performance.now();
    let own = 0;
    slot.publish(this.#job);
    for (let index = slot.claim(); index !== -1; index = slot.claim()) {
      own += 1;
      if (!slot.hasFailed) this.#attempt(index);
      slot.setStatus(index, FRAGMENT.done);
    }
    this.isHelped = own < this.fragments;
    for (let index = 0; this.isHelped && index < this.fragments; index += 1) this.#collect(index);
    if (this.#waitMs > LATE_MS) {
      const ownMs = performance.now() - startMs - this.#waitMs;
      if (this.#waitMs > LATE_MS + (2 * ownMs) / Math.max(1, own)) this.lateMs = this.#waitMs;
    }
    if (this.#failedIndex !== Number.POSITIVE_INFINITY) throw this.#error;
  }

  #attempt(index: number): void {
    try {
      this.#doFragment(index);
    } catch (error) {
      this.#note(index, error);
    }
  }

  #note(index: number, error: unknown): void {
    this.#slot.fail();
    if (index >= this.#failedIndex) return;
    this.#failedIndex = index;
    this.#error = error;
  }

  /** Waits for a helper's fragment, or does it where the helper could not. */
  #collect(index: number): void {
    const status = this.#await(index);
    if (status < 0) this.#note(index, this.#storageError(index, -1 - status));
    if (status !== FRAGMENT.pending && status !== FRAGMENT.refused) return;
    this.#pool.onRedone();
    if (!this.#slot.hasFailed) this.#attempt(index);
  }

  /** Returns the fragment's status: `pending` where its holder is dead. */
  #await(index: number): number {
    const looked = this.#look(index);
    if (looked !== FRAGMENT.pending) return looked;
    const startMs = performance.now();
    const status = this.#waitFor(index, startMs);
    this.#waitMs += performance.now() - startMs;
    return status;
  }

  #look(index: number): number {
    for (let look = 0; look < LOOKS_PER_CLOCK; look += 1) {
      const status = this.#slot.status(index);
      if (status !== FRAGMENT.pending) return status;
    }
    return FRAGMENT.pending;
  }

  #waitFor(index: number, startMs: number): number {
    const slot = this.#slot;
    let isStuckTold = false;
    for (;;) {
      const status = this.#look(index);
      if (status !== FRAGMENT.pending) return status;
      const nowMs = performance.now();
      if (nowMs - startMs < SPIN_MS) continue;
      const holder = slot.holderOf(index);
      // Looked at once more: it may have been done, and its holder gone on, between the two looks.
      if (holder === -1) return slot.status(index);
      if (nowMs - startMs > STUCK_MS && !isStuckTold) {
        isStuckTold = true;
        this.#pool.onStuck(holder);
      }
      slot.park(index, FRAGMENT.pending, LOOK_MS);
    }
  }

  #storageError(index: number, errno: number): DeviceError {
    const { storageOffsetBytes, fragmentBytes, kind } = this.#job;
    const offsetBytes = storageOffsetBytes + index * fragmentBytes + this.#slot.movedBytes(index);
    return deviceErrorOfErrno(errno, kind === JOB_KINDS.read ? 'read' : 'write', offsetBytes);
  }
}

/** A write past the end would make the file longer. */
function assertInside(storage: EngineStorage, offsetBytes: number, lengthBytes: number): void {
  if (!(offsetBytes >= 0 && offsetBytes + lengthBytes <= storage.sizeBytes))
    throw new RangeError(`range ${offsetBytes}+${lengthBytes} outside 0..${storage.sizeBytes}`);
}
