import { MAX_ENGINE_THREADS } from '../../shared/model/engine.ts';
import { KIB } from '../../shared/units.ts';
import { ARENA_SPLIT_SLACK_BYTES, Arena, type ArenaPart } from '../bytes/arena.ts';
import { PROVIDERS_ARENA_BYTES } from '../crypto/providers.ts';

/**
 * The shared memory of a pool of crypto workers, as 32-bit words. What different threads write lies
 * on different cache lines (16 words).
 *
 * | words | content |
 * | --- | --- |
 * | 0 | jobs published, counts up: what helpers wait on |
 * | 16 | not 0: helpers end |
 * | 32 + 16 h | helper h, see {@link HELPER} |
 * | `FIRST_SLOT` + `SLOT_WORDS` s | job slot s, see {@link SLOT} |
 */
export const PUBLISHED = 0;
export const QUIT = 16;
const FIRST_HELPER = 32;
const HELPER_WORDS = 16;
const FIRST_SLOT = FIRST_HELPER + HELPER_WORDS * MAX_ENGINE_THREADS;

/** Jobs at one time: more threads than that share a pool only by working inline now and then. */
export const JOB_SLOTS = 4;

/** Words of a helper. */
export const HELPER = {
  /** One of {@link HELPER_STATES}. */
  state: 0,
  /** 1 while it sleeps or is about to: whoever publishes a job must wake it. */
  isSleeping: 1,
  /** Fragments that it has done, counts up. */
  fragments: 2,
  /** One word a slot: the cursor value that it is claiming or has claimed there, 0 for none. */
  claims: 4,
  /** Two words, one double: milliseconds that it spent on fragments. Written by it alone. */
  busyMs: 8,
} as const;

export const HELPER_STATES = { absent: 0, up: 1, dead: 2 } as const;

/** Most fragments of one job: they are counted in the low {@link REMAINING_BITS} of its cursor. */
export const REMAINING_BITS = 8;
export const MAX_FRAGMENTS = 2 ** REMAINING_BITS - 1;

/** Words of a job slot. */
export const SLOT = {
  /** 1 while an engine uses the slot. */
  owner: 0,
  /** Job number, and below it how many fragments are unclaimed. */
  cursor: 16,
  kind: 32,
  /** Where in the arena, and how long. */
  at: 33,
  length: 34,
  fragmentBytes: 35,
  fragments: 36,
  /** Descriptor of the storage. */
  fd: 37,
  /** Two words each: low, high. */
  storageOffset: 38,
  firstIvSector: 40,
  /** 1 once a fragment has failed: the rest is claimed and skipped. */
  isFailed: 48,
  /** 1 while the caller sleeps until a fragment is done. */
  isCallerParked: 64,
  /** One word a fragment, see {@link FRAGMENT}. */
  status: 80,
  /** One word a fragment: bytes moved before its storage failed. */
  moved: 80 + MAX_FRAGMENTS + 1,
} as const;
const SLOT_WORDS = 80 + 2 * (MAX_FRAGMENTS + 1);

/** What a job does with each fragment. */
export const JOB_KINDS = { read: 0, write: 1 } as const;
export type JobKind = (typeof JOB_KINDS)[keyof typeof JOB_KINDS];

/** Status of a fragment. Below 0: the storage failed with errno `-1 - status`. */
export const FRAGMENT = {
  pending: 0,
  done: 1,
  /** The job has failed elsewhere. */
  skipped: 2,
  /** Something but the storage failed: the caller does the fragment again. */
  refused: 3,
} as const;

/** Longest fragment: what a helper's scratch holds. */
export const MAX_FRAGMENT_BYTES = 64 * KIB;

const CONTROL_BYTES = (FIRST_SLOT + SLOT_WORDS * JOB_SLOTS) * 4;
const HELPER_BYTES =
  Math.ceil((PROVIDERS_ARENA_BYTES + MAX_FRAGMENT_BYTES) / (4 * KIB) + 1) * 4 * KIB;

/** Bytes of arena that a pool takes. */
export const POOL_ARENA_BYTES =
  CONTROL_BYTES + HELPER_BYTES * MAX_ENGINE_THREADS + 2 * ARENA_SPLIT_SLACK_BYTES;

export function helperWord(helper: number, word: number): number {
  return FIRST_HELPER + helper * HELPER_WORDS + word;
}

export function slotWord(slot: number, word: number): number {
  return FIRST_SLOT + slot * SLOT_WORDS + word;
}

/** A pool's place in the arena as plain data. */
export type PoolMemory = ArenaPart;

/** Returns the words of a pool, which lie at the start of its memory. */
export function poolWords(memory: PoolMemory): Int32Array {
  return new Int32Array(memory.memory.buffer, memory.fromBytes, CONTROL_BYTES / 4);
}

/** Returns the one double of a helper that tells how long it was at work. */
export function helperBusyMs(words: Int32Array, helper: number): Float64Array {
  const at = words.byteOffset + 4 * helperWord(helper, HELPER.busyMs);
  return new Float64Array(words.buffer, at, 1);
}

/** Returns the part of a pool's memory that one helper uses alone: provider and scratch. */
export function helperArena(memory: PoolMemory, helper: number): Arena {
  const first = memory.fromBytes + Math.ceil(CONTROL_BYTES / 4096) * 4096;
  return new Arena({
    memory: memory.memory,
    fromBytes: first + helper * HELPER_BYTES,
    lengthBytes: HELPER_BYTES,
  });
}
