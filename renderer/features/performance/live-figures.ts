/**
 * Figures of the last seconds, out of snapshots that count since the mount: rates, percentiles and
 * the mean time of each stage are differences of two snapshots.
 */
import { percentilesBetween } from '../../../shared/latency-buckets.ts';
import {
  DIRECTIONS,
  type Direction,
  type DirectionStatistics,
  STAGES,
  type Stage,
  type VolumeStatistics,
} from '../../../shared/model/statistics.ts';

/** Time that rates are taken over. */
export const WINDOW_MS = 3_000;
/** Main tells of a vault at work twice a second; after this long without news nothing happens. */
const QUIET_MS = 1_250;
const MS_PER_SECOND = 1_000;

/** Snapshots of one mount, oldest first, no older than the window but for the first. */
export type Samples = readonly VolumeStatistics[];

export type StageTime = Readonly<{ stage: Stage; meanUs: number }>;

/** Mean time of a request by stage, in microseconds; the parts add up to the whole. */
export type StageTimes = Readonly<{ totalUs: number; parts: readonly StageTime[] }>;

export type DirectionFigures = Readonly<{
  /** Null until there are two snapshots to compare. */
  bytesPerSecond: number | null;
  requestsPerSecond: number | null;
  /** Null before the first request that was timed. */
  p50Us: number | null;
  p95Us: number | null;
  p99Us: number | null;
  errors: number;
  /** Null before the first request that was timed, and while the other direction alone is at work. */
  stages: StageTimes | null;
}>;

export type LiveFigures = Readonly<{
  hasRequests: boolean;
  /** Requests that the system holds for the vault, those in flight included. */
  waiting: number;
  /** Null where the vault process does not tell. */
  loopLagMs: number | null;
  /** Whether the stages are those of the last seconds, or since the mount as nothing happens now. */
  stageScope: 'recent' | 'since-mount';
}> &
  Readonly<Record<Direction, DirectionFigures>>;

/** Returns the samples with a newer one, without what has become too old. */
export function addSample(samples: Samples, next: VolumeStatistics): Samples {
  const last = samples.at(-1);
  // Another mount counts from zero again.
  if (last !== undefined && DIRECTIONS.some((d) => next[d].requests < last[d].requests)) {
    return [next];
  }
  const kept = [...samples.filter(({ atMs }) => atMs < next.atMs), next];
  const edgeMs = next.atMs - WINDOW_MS;
  return kept.filter((_, at) => (kept[at + 1]?.atMs ?? next.atMs) > edgeMs);
}

/**
 * Returns the samples as they are once main has had no news for a while: nothing has happened since.
 * The same array where that changes no figure.
 */
export function passTime(samples: Samples, nowMs: number): Samples {
  const last = samples.at(-1);
  if (last === undefined || nowMs - last.atMs < QUIET_MS) return samples;
  const isIdle =
    samples.length > 1 &&
    samples.every((s) =>
      DIRECTIONS.every((d) => s[d].bytes === last[d].bytes && s[d].requests === last[d].requests),
    );
  return isIdle ? samples : addSample(samples, { ...last, atMs: nowMs });
}

/** Returns what the samples say; null without any. */
export function toLiveFigures(samples: Samples): LiveFigures | null {
  const first = samples.at(0);
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  const isBusy = DIRECTIONS.some((d) => last[d].latency.count > first[d].latency.count);
  const seconds = (last.atMs - first.atMs) / MS_PER_SECOND;
  const figuresOf = (direction: Direction): DirectionFigures => {
    const [before, now] = [first[direction], last[direction]];
    const rate = (amount: number) => (seconds > 0 ? amount / seconds : null);
    const recent = percentilesBetween(before.buckets, now.buckets);
    const waits = recent ?? (now.latency.count > 0 ? now.latency : null);
    return {
      bytesPerSecond: rate(now.bytes - before.bytes),
      requestsPerSecond: rate(now.requests - before.requests),
      p50Us: waits?.p50 ?? null,
      p95Us: waits?.p95 ?? null,
      p99Us: waits?.p99 ?? null,
      errors: now.errors,
      stages: stageTimes(isBusy ? before : null, now),
    };
  };
  return {
    hasRequests: DIRECTIONS.some((direction) => last[direction].requests > 0),
    waiting: last.waiting ?? last.inFlight,
    loopLagMs: last.loopLagMs ?? null,
    stageScope: isBusy ? 'recent' : 'since-mount',
    read: figuresOf('read'),
    write: figuresOf('write'),
  };
}

/**
 * Returns the mean time of a request by stage, of those after `before`.
 *
 * @param before - Null: since the mount.
 * @returns null where none of them was timed.
 */
export function stageTimes(
  before: DirectionStatistics | null,
  now: DirectionStatistics,
): StageTimes | null {
  const count = now.latency.count - (before?.latency.count ?? 0);
  if (count <= 0) return null;
  const parts = STAGES.map((stage) => {
    const [then, since] = [before?.stages[stage], now.stages[stage]];
    const spentUs = since.mean * since.count - (then === undefined ? 0 : then.mean * then.count);
    return { stage, meanUs: Math.max(0, spentUs / count) };
  });
  return { totalUs: parts.reduce((sum, { meanUs }) => sum + meanUs, 0), parts };
}
