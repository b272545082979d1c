import {
  type BucketCounts,
  bucketOf,
  LATENCY_BUCKETS,
  upperBoundOf,
} from '../../shared/latency-buckets.ts';
import type { LatencySummary } from '../../shared/model/statistics.ts';

/**
 * Latency histograms in shared memory: one thread records, others read at any time. A reader may see
 * a request in one histogram and not yet in another.
 */

const BUCKETS = LATENCY_BUCKETS;
const NANOSECONDS_PER_MS = 1e6;
const NANOSECONDS_PER_US = 1e3;

/** 32-bit words that one histogram takes: its buckets. */
export const HISTOGRAM_WORDS = BUCKETS;

/** Records one latency. @param words - Borrowed: the histogram's buckets, from `at`. */
export function recordLatency(words: Uint32Array, at: number, milliseconds: number): void {
  const index = at + bucketOf(milliseconds * NANOSECONDS_PER_MS);
  words[index] = (words[index] ?? 0) + 1;
}

/** Returns count, mean and percentiles of a histogram, in microseconds. */
export function summarizeLatency(words: Uint32Array, at: number): LatencySummary {
  const buckets = words.slice(at, at + BUCKETS);
  const count = buckets.reduce((sum, value) => sum + value, 0);
  if (count === 0) return { count: 0, mean: 0, p50: 0, p95: 0, p99: 0, maximum: 0 };
  const total = buckets.reduce((sum, value, bucket) => sum + value * middleOf(bucket), 0);
  const percentile = (share: number) => {
    let seen = 0;
    const wanted = Math.ceil(share * count);
    const bucket = buckets.findIndex((value) => {
      seen += value;
      return seen >= wanted;
    });
    return upperBoundOf(bucket) / NANOSECONDS_PER_US;
  };
  return {
    count,
    mean: total / count / NANOSECONDS_PER_US,
    p50: percentile(0.5),
    p95: percentile(0.95),
    p99: percentile(0.99),
    maximum: percentile(1),
  };
}

function middleOf(bucket: number): number {
  const lower = bucket === 0 ? 0 : upperBoundOf(bucket - 1);
  return (lower + upperBoundOf(bucket)) / 2;
}

/** Returns the buckets of a histogram that are not empty. */
export function readBuckets(words: Uint32Array, at: number): BucketCounts {
  const counts: number[] = [];
  for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
    const count = words[at + bucket] ?? 0;
    if (count > 0) counts.push(bucket, count);
  }
  return counts;
}
