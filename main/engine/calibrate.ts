import { DeviceError } from '../../shared/errors/vault-error.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { type Calibration, SMALLEST_CLASS_BYTES } from './auto-policy.ts';
import type { EngineStorage } from './engine.ts';
import type { InlineEngine } from './inline-engine.ts';
import type { ThreadedEngine } from './threaded-engine.ts';

/** All of it: a mounted volume serves nobody meanwhile. */
const BUDGET_MS = 30;
/** Part of it: until the code of both threads is compiled, a split costs ten times as much. */
const WARM_UP_MS = 10;
const ROUNDS = 5;
/** The largest that is measured; what is larger behaves alike. */
const LARGEST_BYTES = 1024 * KIB;
/** The part of the storage that is read, over and over: by then no disk is waited for. */
const SPAN_BYTES = 2 * MIB;

type CalibrationParts = Readonly<{
  inline: InlineEngine;
  threaded: ThreadedEngine;
  storage: EngineStorage;
  /** Where the volume begins in the storage. */
  fromBytes: number;
  /** Borrowed: in the arena, 1 MiB at best; its content is destroyed, and it is left zeroed. */
  scratch: Uint8Array;
}>;

/**
 * Reads from the beginning of the volume, inline and split in turn, for each size class; nothing is
 * written. Medians of a few rounds. Stops where its time is over: classes that are not reached are
 * like the last, and a storage that is slow or fails leaves all of them to be learnt in use.
 */
export function calibrate(parts: CalibrationParts): readonly Calibration[] {
  const { storage, fromBytes, scratch } = parts;
  const spanBytes = Math.min(SPAN_BYTES, storage.sizeBytes - fromBytes);
  const largest = Math.min(LARGEST_BYTES, scratch.length, spanBytes);
  if (storage.fd === undefined || largest < SMALLEST_CLASS_BYTES) return [];
  try {
    return measureClasses(parts, spanBytes, largest);
  } catch (error) {
    // Whoever needs those sectors will be told.
    if (error instanceof DeviceError) return [];
    throw error;
  } finally {
    // SECURITY: it is plaintext.
    scratch.fill(0);
  }
}

function measureClasses(
  { inline, threaded, storage, fromBytes, scratch }: CalibrationParts,
  spanBytes: number,
  largest: number,
): readonly Calibration[] {
  const startMs = performance.now();
  const endMs = startMs + BUDGET_MS;
  for (let at = 0; at + largest <= spanBytes && performance.now() < endMs; at += largest)
    storage.readInto(fromBytes + at, scratch.subarray(0, largest));
  const warmedMs = performance.now() + WARM_UP_MS;
  const smallest = scratch.subarray(0, SMALLEST_CLASS_BYTES);
  while (performance.now() < Math.min(warmedMs, endMs)) {
    inline.read(fromBytes, smallest, 0);
    threaded.read(fromBytes, smallest, 0);
  }
  let reads = 0;
  // A range that is not in the nearest cache, as those of real requests are not.
  const next = (bytes: number) => {
    reads += 1;
    return fromBytes + (reads % Math.floor(spanBytes / bytes)) * bytes;
  };
  const results: Calibration[] = [];
  for (let bytes = SMALLEST_CLASS_BYTES; bytes <= largest; bytes *= 2) {
    const target = scratch.subarray(0, bytes);
    const inlineMs: number[] = [];
    const threadedMs: number[] = [];
    for (let round = 0; round < ROUNDS && performance.now() < endMs; round += 1) {
      inlineMs.push(timeOf(() => inline.read(next(bytes), target, 0)));
      // The first only wakes the helpers.
      threaded.read(next(bytes), target, 0);
      threadedMs.push(timeOf(() => threaded.read(next(bytes), target, 0)));
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
