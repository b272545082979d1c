import type { XtsTransform } from '../crypto/xts-provider.ts';
import { type Moved, readFragment, writeFragment } from './file-transfer.ts';
import {
  FRAGMENT,
  HELPER,
  HELPER_STATES,
  helperBusyMs,
  helperWord,
  JOB_KINDS,
  JOB_SLOTS,
  PUBLISHED,
  QUIT,
  REMAINING_BITS,
  SLOT,
  slotWord,
} from './pool-layout.ts';

/**
 * How long a helper looks for the next job before it sleeps. PERF: waking it costs the caller 22 us
 * and takes 26-57 us more; a spinning one starts within 3 us.
 */
const SPIN_MS = 0.05;
const LOOKS_PER_CLOCK = 64;

/** What a helper works with; all of it its own but the words and the memory. */
export type HelperParts = Readonly<{
  helper: number;
  words: Int32Array;
  /** The whole arena. */
  memory: Buffer;
  /** In the arena: room for one fragment. */
  scratch: Buffer;
  decrypt: XtsTransform;
  encrypt: XtsTransform;
  /** Called once, when fragments can be claimed for it. */
  onReady: () => void;
}>;

/**
 * Does fragments of published jobs until the pool ends; blocks the thread.
 *
 * A helper can die at any point. So that its fragment can then be done again, it never changes the
 * source of a write: it encrypts a copy in its scratch. And before it claims, it says what it is
 * about to claim, so that a caller can tell whether somebody living holds a fragment.
 */
export function serveFragments(parts: HelperParts): void {
  const { words, helper } = parts;
  const busyMs = helperBusyMs(words, helper);
  let seen = Atomics.load(words, PUBLISHED);
  // What a dead one in this place had claimed is nobody's any more.
  for (let slot = 0; slot < JOB_SLOTS; slot += 1)
    Atomics.store(words, helperWord(helper, HELPER.claims + slot), 0);
  Atomics.store(words, helperWord(helper, HELPER.isSleeping), 0);
  Atomics.store(words, helperWord(helper, HELPER.state), HELPER_STATES.up);
  parts.onReady();
  while (Atomics.load(words, QUIT) === 0) {
    for (let slot = 0; slot < JOB_SLOTS; slot += 1) claimAll(parts, slot, busyMs);
    seen = awaitJob(words, helper, seen);
  }
}

/** Returns the number of the job that came, spinning first and sleeping then. */
function awaitJob(words: Int32Array, helper: number, seen: number): number {
  const endMs = performance.now() + SPIN_MS;
  do {
    for (let look = 0; look < LOOKS_PER_CLOCK; look += 1) {
      const published = Atomics.load(words, PUBLISHED);
      if (published !== seen) return published;
    }
  } while (performance.now() < endMs);
  const isSleeping = helperWord(helper, HELPER.isSleeping);
  Atomics.store(words, isSleeping, 1);
  // Not entered where a job has come in between: its caller may not have seen the flag.
  Atomics.wait(words, PUBLISHED, seen);
  Atomics.store(words, isSleeping, 0);
  return Atomics.load(words, PUBLISHED);
}

function claimAll(parts: HelperParts, slot: number, busyMs: Float64Array): void {
  const { words, helper } = parts;
  const claim = helperWord(helper, HELPER.claims + slot);
  const cursor = slotWord(slot, SLOT.cursor);
  for (;;) {
    const value = Atomics.load(words, cursor);
    const remaining = value & ((1 << REMAINING_BITS) - 1);
    if (remaining === 0) break;
    Atomics.store(words, claim, value);
    // The job's words are read after this: they stay as they are until the fragment is done.
    if (Atomics.compareExchange(words, cursor, value, value - 1) !== value) continue;
    const startMs = performance.now();
    doFragment(parts, slot, remaining);
    busyMs[0] = (busyMs[0] ?? 0) + performance.now() - startMs;
  }
  Atomics.store(words, claim, 0);
}

function doFragment(parts: HelperParts, slot: number, remaining: number): void {
  const { words, helper } = parts;
  const index = (words[slotWord(slot, SLOT.fragments)] ?? 0) - remaining;
  const status = slotWord(slot, SLOT.status) + index;
  let outcome: number = FRAGMENT.skipped;
  if (Atomics.load(words, slotWord(slot, SLOT.isFailed)) === 0) {
    outcome = attempt(parts, slot, index);
    if (outcome < 0) Atomics.store(words, slotWord(slot, SLOT.isFailed), 1);
  }
  Atomics.store(words, status, outcome);
  Atomics.add(words, helperWord(helper, HELPER.fragments), 1);
  if (Atomics.load(words, slotWord(slot, SLOT.isCallerParked)) !== 0) Atomics.notify(words, status);
}

/** Returns the status in which the fragment ends. */
function attempt(parts: HelperParts, slot: number, index: number): number {
  const { words, memory, scratch, decrypt, encrypt } = parts;
  const at = (word: number) => words[slotWord(slot, word)] ?? 0;
  const from = index * at(SLOT.fragmentBytes);
  const length = Math.min(at(SLOT.fragmentBytes), at(SLOT.length) - from);
  const place = memory.subarray(at(SLOT.at) + from, at(SLOT.at) + from + length);
  const position = readLong(words, slotWord(slot, SLOT.storageOffset)) + from;
  const ivSector = readLong(words, slotWord(slot, SLOT.firstIvSector)) + from / 512;
  try {
    if (at(SLOT.kind) === JOB_KINDS.read)
      return settle(readFragment(at(SLOT.fd), decrypt, position, place, ivSector));
    const copy = scratch.subarray(0, length);
    copy.set(place);
    return settle(writeFragment(at(SLOT.fd), encrypt, position, copy, ivSector));
  } catch {
    // The caller does the fragment again, in its own thread, and meets the error itself.
    return FRAGMENT.refused;
  }

  function settle(moved: Moved): number {
    if (moved.bytes === length) return FRAGMENT.done;
    words[slotWord(slot, SLOT.moved) + index] = moved.bytes;
    return -1 - moved.errno;
  }
}

function readLong(words: Int32Array, at: number): number {
  return ((words[at] ?? 0) >>> 0) + ((words[at + 1] ?? 0) >>> 0) * 2 ** 32;
}
