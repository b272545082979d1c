import { KIB } from '../../shared/units.ts';
import { type Calibration, SMALLEST_CLASS_BYTES } from './auto-policy.ts';
import type { InlineEngine } from './inline-engine.ts';
import type { ThreadedEngine } from './threaded-engine.ts';

/** All of it: a mounted volume serves nobody meanwhile. */
const BUDGET_MS = 30;
/** Part of it: until the code of both threads is compiled, a split costs ten times as much. */
const WARM_UP_MS = 12;
const ROUNDS = 5;
/** The largest that is measured; what is larger behaves alike. */
const LARGEST_BYTES = 1024 * KIB;

/**
 * Measures the cipher on memory of no value, inline and split, for each size class: medians of a
 * few rounds in turn. Stops where its time is over; the classes not reached are like the last.
 *
 * @param scratch - Borrowed: in the arena, 1 MiB at best; its content is destroyed.
 */
export function calibrate(
  inline: InlineEngine,
  threaded: ThreadedEngine,
  scratch: Uint8Array,
): readonly Calibration[] {
  const startMs = performance.now();
  const endMs = startMs + BUDGET_MS;
  const smallest = scratch.subarray(0, SMALLEST_CLASS_BYTES);
  while (performance.now() - startMs < WARM_UP_MS) threaded.rehearse(smallest);
  const results: Calibration[] = [];
  const largest = Math.min(LARGEST_BYTES, scratch.length);
  for (let bytes = SMALLEST_CLASS_BYTES; bytes <= largest; bytes *= 2) {
    const memory = scratch.subarray(0, bytes);
    const inlineMs: number[] = [];
    const threadedMs: number[] = [];
    for (let round = 0; round < ROUNDS && performance.now() < endMs; round += 1) {
      inlineMs.push(timeOf(() => inline.apply('decrypt', memory, 0)));
      // The first only wakes the helpers.
      threaded.rehearse(memory);
      threadedMs.push(timeOf(() => threaded.rehearse(memory)));
    }
    if (inlineMs.length === 0) break;
    results.push({ bytes, inlineMs: median(inlineMs), threadedMs: median(threadedMs) });
  }
  return results;
}

function timeOf(run: () => void): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
