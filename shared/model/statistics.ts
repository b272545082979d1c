import type { BucketCounts, Percentiles } from '../latency-buckets.ts';

/**
 * Where the time of a request goes, in the order in which a request meets them. The queue is where
 * a request of an NBD client waits for those before it; of a mount's the kernel does not tell.
 */
export const STAGES = [
  'transport',
  'queue',
  'filesystem',
  'cache',
  'hand-over',
  'crypto',
  'storage',
] as const;
export type Stage = (typeof STAGES)[number];

export const DIRECTIONS = ['read', 'write'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Latencies in microseconds; zero where nothing was recorded. */
export type LatencySummary = Readonly<{
  count: number;
  mean: number;
  p50: number;
  p95: number;
  p99: number;
  maximum: number;
}>;

/** What one direction of a volume did since mount. */
export type DirectionStatistics = Readonly<{
  requests: number;
  bytes: number;
  errors: number;
  /** Requests that crypto workers had a share in. */
  split: number;
  /** Whole requests, of those that were sampled. */
  latency: LatencySummary;
  /** The histogram behind `latency`: two of them tell the percentiles of the time between. */
  buckets: BucketCounts;
  /**
   * Milliseconds that the serving thread spent on requests, reckoned from those that were sampled.
   */
  busyMs: number;
  /** Per stage, of those sampled requests that spent time there. */
  stages: Readonly<Record<Stage, LatencySummary>>;
}>;

/** What the cache of a mounted volume spares its container. */
export type CacheStatistics = Readonly<{
  /** Pages that were asked for and were in memory, and those that were not. Large requests pass by. */
  hits: number;
  misses: number;
  /** Bytes that were decrypted from the container and encrypted into it. */
  decryptedBytes: number;
  encryptedBytes: number;
}>;

export type VolumeStatistics = Readonly<{
  /** Milliseconds since 1970 at which this was read. */
  atMs: number;
  /** Requests being served right now. */
  inFlight: number;
  /** Requests that the system holds for the volume, those in flight included; null: not known. */
  waiting: number | null;
  /** Milliseconds at work of each crypto worker that runs now, since it was started. */
  workerBusyMs: readonly number[];
  /** Processor time of the vault process, all threads, milliseconds. */
  cpuMs: number;
  /**
   * How late the vault process came to its last turn, milliseconds: it answers questions and
   * commands, and has no part in serving requests. Missing of a vault process before there was this.
   */
  loopLagMs?: number;
  /** Null where the volume has no cache, as over NBD, and of a vault process before there were these. */
  cache?: CacheStatistics | null;
  read: DirectionStatistics;
  write: DirectionStatistics;
}>;

/** One point of a vault's history: what happened since the point before. */
export type HistoryPoint = Readonly<{
  atMs: number;
  /** How long the point covers. */
  spanMs: number;
  readBytes: number;
  writtenBytes: number;
  readRequests: number;
  writeRequests: number;
  /** Microseconds; null where there was no request of that direction. */
  read: Percentiles | null;
  write: Percentiles | null;
  /** Of one thread's time: 0 to 1. */
  ioBusy: number;
  /** Mean of the crypto workers, 0 to 1. */
  workersBusy: number;
  /** Of one core's time; more than 1 where several are at work. */
  cpu: number;
  /** Milliseconds; null where it was not kept. */
  loopLagMs?: number | null;
  waiting: number;
}>;
