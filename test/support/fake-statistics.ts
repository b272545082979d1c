import { bucketOf } from '../../shared/latency-buckets.ts';
import {
  type DirectionStatistics,
  STAGES,
  type Stage,
  type VolumeStatistics,
} from '../../shared/model/statistics.ts';

const NO_SUMMARY = { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, maximum: 0 };

export type FakeDirection = Readonly<{
  requests: number;
  requestBytes: number;
  /** Mean microseconds of each stage; none for a direction that has nothing to show. */
  stagesUs: Partial<Record<Stage, number>>;
}>;

/** Returns what a direction says after so many requests, of which one in 32 was timed. */
export function fakeDirection({
  requests,
  requestBytes,
  stagesUs,
}: FakeDirection): DirectionStatistics {
  const count = Math.floor(requests / 32);
  const summary = (mean: number) =>
    mean === 0
      ? NO_SUMMARY
      : { count, mean, p50: mean * 0.9, p95: mean * 2, p99: mean * 3.4, maximum: mean * 20 };
  const stages = STAGES.map((stage) => [stage, summary(stagesUs[stage] ?? 0)]);
  const meanUs = Object.values(stagesUs).reduce((sum, mean) => sum + mean, 0);
  const inBucket = (us: number, share: number) =>
    [bucketOf(us * 1000), Math.round(count * share)] as const;
  return {
    requests,
    bytes: requests * requestBytes,
    errors: 0,
    split: 0,
    latency: summary(meanUs),
    buckets:
      meanUs === 0
        ? []
        : [
            ...inBucket(meanUs * 0.9, 0.6),
            ...inBucket(meanUs * 1.4, 0.32),
            ...inBucket(meanUs * 2, 0.06),
            ...inBucket(meanUs * 3.4, 0.02),
          ],
    busyMs: (requests * meanUs) / 1000,
    stages: Object.fromEntries(stages) as DirectionStatistics['stages'], // every stage is a key
  };
}

const QUIET: FakeDirection = { requests: 0, requestBytes: 0, stagesUs: {} };

/** Returns statistics of a volume that did what is given, and nothing else. */
export function fakeStatistics(
  changes: Partial<Omit<VolumeStatistics, 'read' | 'write'>> &
    Readonly<{ read?: FakeDirection; write?: FakeDirection }>,
): VolumeStatistics {
  const { read = QUIET, write = QUIET, ...rest } = changes;
  return {
    atMs: 0,
    inFlight: 0,
    waiting: null,
    workerBusyMs: [],
    cpuMs: 0,
    cache: null,
    ...rest,
    read: fakeDirection(read),
    write: fakeDirection(write),
  };
}
