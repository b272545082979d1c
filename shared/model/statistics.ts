/** Where the time of a request goes, in the order in which a request meets them. */
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
  /** Whole requests, of those that were sampled. */
  latency: LatencySummary;
  /** Per stage, of those sampled requests that spent time there. */
  stages: Readonly<Record<Stage, LatencySummary>>;
}>;

export type VolumeStatistics = Readonly<{
  /** Milliseconds since 1970 at which this was read. */
  atMs: number;
  /** Requests being served right now. */
  inFlight: number;
  read: DirectionStatistics;
  write: DirectionStatistics;
}>;
