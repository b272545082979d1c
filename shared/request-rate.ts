import type { BenchmarkRow } from './model/benchmark.ts';
import { MIB } from './units.ts';

/** A rate of storage in requests: how many a second, and how long one takes from its start to its end. */
export type RequestRate = Readonly<{ iops: number; waitUs: number }>;

/**
 * Returns a figure of storage in requests. With always so many under way as the depth says, each
 * takes the depth divided by the rate (Little's law).
 *
 * @returns null for other figures.
 */
export function requestRate({
  group,
  requestBytes,
  depth,
  median,
}: BenchmarkRow): RequestRate | null {
  if (group !== 'storage' || requestBytes === null || median === 0) return null;
  const iops = (median * MIB) / requestBytes;
  return { iops, waitUs: ((depth ?? 1) * 1e6) / iops };
}
