import {
  type CacheStatistics,
  DIRECTIONS,
  type Direction,
  type DirectionStatistics,
  STAGES,
  type Stage,
  type VolumeStatistics,
} from '../../shared/model/statistics.ts';
import { HISTOGRAM_WORDS, readBuckets, summarizeLatency } from './latency-histogram.ts';

/**
 * Layout of a volume's statistics in shared memory: doubles for what is counted, then one
 * histogram of whole requests and one per stage, for each direction.
 */

/** Counters of one direction. */
export const COUNTER = {
  requests: 0,
  bytes: 1,
  errors: 2,
  started: 3,
  busyMs: 4,
  split: 5,
} as const;
const COUNTERS = 6;
/** Counters of the cache, after those of both directions. */
export const CACHE_COUNTER = { hits: 0, misses: 1, decryptedBytes: 2, encryptedBytes: 3 } as const;
const CACHE_AT = DIRECTIONS.length * COUNTERS;
const ALL_COUNTERS = CACHE_AT + Object.keys(CACHE_COUNTER).length;
const COUNTER_BYTES = ALL_COUNTERS * Float64Array.BYTES_PER_ELEMENT;
const HISTOGRAMS = 1 + STAGES.length;

export type DirectionIndex = 0 | 1;
/** Position of each direction in the counters and histograms. */
export const DIRECTION_INDEX: Readonly<Record<Direction, DirectionIndex>> = { read: 0, write: 1 };
/** Position of each stage among a direction's histograms, whose first is of whole requests. */
export const STAGE_INDEX = Object.fromEntries(
  STAGES.map((stage, index) => [stage, index]),
) as Readonly<Record<Stage, number>>; // every stage is a key

/** A volume's statistics as one thread writes and others read them. */
export type SharedStatistics = Readonly<{ counters: Float64Array; histograms: Uint32Array }>;

/** Makes zeroed statistics in shared memory. */
export function createSharedStatistics(): SharedArrayBuffer {
  const histogramBytes = DIRECTIONS.length * HISTOGRAMS * HISTOGRAM_WORDS * 4;
  return new SharedArrayBuffer(COUNTER_BYTES + histogramBytes);
}

/** Returns views on statistics that {@link createSharedStatistics} made. */
export function viewStatistics(memory: SharedArrayBuffer): SharedStatistics {
  return {
    counters: new Float64Array(memory, 0, ALL_COUNTERS),
    histograms: new Uint32Array(memory, COUNTER_BYTES),
  };
}

/** Index of a counter of a direction. */
export function counterAt(direction: DirectionIndex, counter: number): number {
  return direction * COUNTERS + counter;
}

/** Index of a counter of the cache. */
export function cacheCounterAt(counter: number): number {
  return CACHE_AT + counter;
}

/** Where the histogram of whole requests of a direction begins. */
export function latencyAt(direction: DirectionIndex): number {
  return direction * HISTOGRAMS * HISTOGRAM_WORDS;
}

/** Where the histogram of a stage of a direction begins. */
export function stageAt(direction: DirectionIndex, stage: number): number {
  return latencyAt(direction) + (1 + stage) * HISTOGRAM_WORDS;
}

/** What the requests' own record does not hold. */
export type SurroundingStatistics = Pick<
  VolumeStatistics,
  'waiting' | 'workerBusyMs' | 'cpuMs' | 'loopLagMs'
>;

/** Returns what was recorded until now, for people. */
export function readStatistics(
  shared: SharedStatistics,
  surrounding: SurroundingStatistics,
): VolumeStatistics {
  const [read, write] = [readDirection(shared, 0), readDirection(shared, 1)];
  const started = shared.counters;
  const open = (direction: DirectionIndex) =>
    (started[counterAt(direction, COUNTER.started)] ?? 0) -
    (started[counterAt(direction, COUNTER.requests)] ?? 0);
  const inFlight = Math.max(0, open(0) + open(1));
  const cache = readCache(shared);
  return { atMs: Date.now(), inFlight, ...surrounding, cache, read, write };
}

/** Null while the cache has done nothing: there may be none. */
function readCache({ counters }: SharedStatistics): CacheStatistics | null {
  const at = (counter: number) => counters[cacheCounterAt(counter)] ?? 0;
  const cache = {
    hits: at(CACHE_COUNTER.hits),
    misses: at(CACHE_COUNTER.misses),
    decryptedBytes: at(CACHE_COUNTER.decryptedBytes),
    encryptedBytes: at(CACHE_COUNTER.encryptedBytes),
  };
  return Object.values(cache).some((count) => count > 0) ? cache : null;
}

function readDirection(shared: SharedStatistics, direction: DirectionIndex): DirectionStatistics {
  const at = (counter: number) => shared.counters[counterAt(direction, counter)] ?? 0;
  const stages = STAGES.map((stage, index) => [
    stage,
    summarizeLatency(shared.histograms, stageAt(direction, index)),
  ]);
  return {
    requests: at(COUNTER.requests),
    bytes: at(COUNTER.bytes),
    errors: at(COUNTER.errors),
    split: at(COUNTER.split),
    latency: summarizeLatency(shared.histograms, latencyAt(direction)),
    buckets: readBuckets(shared.histograms, latencyAt(direction)),
    busyMs: at(COUNTER.busyMs),
    stages: Object.fromEntries(stages) as DirectionStatistics['stages'], // every stage is a key
  };
}
