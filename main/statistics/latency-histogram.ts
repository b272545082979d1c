import type { LatencySummary } from '../../shared/model/statistics.ts';

/**
 * Latency histograms in the manner of HdrHistogram: 16 linear steps in each power of two of
 * nanoseconds, so that every percentile is right within 1/16, whatever the range.
 *
 * They lie in shared memory: one thread records, others read at any time. A reader may see a
 * request in one histogram and not yet in another.
 */

const STEPS_LOG2 = 4;
const STEPS = 1 << STEPS_LOG2;
/** Everything below 128 ns falls in the first octave; the last ends at 2^37 ns, over two minutes. */
const FIRST_OCTAVE = 7;
const OCTAVES = 30;
const BUCKETS = STEPS * (OCTAVES + 1);
const NANOSECONDS_PER_MS = 1e6;
const NANOSECONDS_PER_US = 1e3;

/** 32-bit words that one histogram takes: its buckets. */
export const HISTOGRAM_WORDS = BUCKETS;

/** Returns the bucket of a latency in nanoseconds. */
function bucketOf(nanoseconds: number): number {
  const scaled = nanoseconds / 2 ** (FIRST_OCTAVE - STEPS_LOG2);
  if (scaled < STEPS) return Math.max(0, Math.floor(scaled));
  const octave = Math.min(OCTAVES, Math.floor(Math.log2(scaled)) - STEPS_LOG2 + 1);
  const step = Math.floor(scaled / 2 ** (octave - 1)) - STEPS;
  return Math.min(BUCKETS - 1, octave * STEPS + Math.min(STEPS - 1, step));
}

/** Returns the largest latency of a bucket in nanoseconds. */
function upperBoundOf(bucket: number): number {
  const octave = Math.floor(bucket / STEPS);
  const step = bucket % STEPS;
  const unit = 2 ** (FIRST_OCTAVE - STEPS_LOG2);
  return octave === 0 ? (step + 1) * unit : (STEPS + step + 1) * 2 ** (octave - 1) * unit;
}

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
