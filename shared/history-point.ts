import { percentilesBetween } from './latency-buckets.ts';
import type { HistoryPoint, VolumeStatistics } from './model/statistics.ts';

/** Tells whether two statistics are of one mount: another mount counts from zero again. */
export function isSameMount(before: VolumeStatistics, after: VolumeStatistics): boolean {
  return (
    after.atMs >= before.atMs &&
    after.read.requests >= before.read.requests &&
    after.write.requests >= before.write.requests &&
    after.cpuMs >= before.cpuMs
  );
}

/** Returns what happened between two looks at one mount, the later of which comes second. */
export function toHistoryPoint(before: VolumeStatistics, after: VolumeStatistics): HistoryPoint {
  const spanMs = Math.max(1, after.atMs - before.atMs);
  const share = (spentMs: number) => Math.max(0, spentMs / spanMs);
  const spent = (direction: 'read' | 'write') => after[direction].busyMs - before[direction].busyMs;
  return {
    atMs: after.atMs,
    spanMs,
    readBytes: after.read.bytes - before.read.bytes,
    writtenBytes: after.write.bytes - before.write.bytes,
    readRequests: after.read.requests - before.read.requests,
    writeRequests: after.write.requests - before.write.requests,
    read: percentilesBetween(before.read.buckets, after.read.buckets),
    write: percentilesBetween(before.write.buckets, after.write.buckets),
    // A reckoning from samples can be a little over what there was.
    ioBusy: Math.min(1, share(spent('read') + spent('write'))),
    workersBusy: mean(workerShares(before, after)),
    cpu: share(after.cpuMs - before.cpuMs),
    loopLagMs: after.loopLagMs ?? null,
    waiting: after.waiting ?? after.inFlight,
  };
}

/** Returns the share of its time that each crypto worker was at work, 0 to 1. */
export function workerShares(before: VolumeStatistics, after: VolumeStatistics): readonly number[] {
  const spanMs = Math.max(1, after.atMs - before.atMs);
  const isSamePool =
    before.workerBusyMs.length === after.workerBusyMs.length &&
    after.workerBusyMs.every((busyMs, worker) => busyMs >= (before.workerBusyMs[worker] ?? 0));
  return after.workerBusyMs.map((busyMs, worker) => {
    // A pool that is new since then has done all of its work since then.
    const earlierMs = isSamePool ? (before.workerBusyMs[worker] ?? 0) : 0;
    return Math.min(1, (busyMs - earlierMs) / spanMs);
  });
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
