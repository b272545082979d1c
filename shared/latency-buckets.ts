/**
 * The buckets of a latency histogram in the manner of HdrHistogram: 16 linear steps in each power of
 * two of nanoseconds, so that every percentile is right within 1/16, whatever the range.
 *
 * A histogram counts since the mount. The difference of two of them is the histogram of the time
 * between, and so percentiles of the last seconds can be had by whoever keeps the earlier one.
 */
const STEPS_LOG2 = 4;
const STEPS = 1 << STEPS_LOG2;
/** Everything below 128 ns falls in the first octave; the last ends at 2^37 ns, over two minutes. */
const FIRST_OCTAVE = 7;
const OCTAVES = 30;

/** Buckets of one histogram. */
export const LATENCY_BUCKETS = STEPS * (OCTAVES + 1);

/** Buckets that are not empty, as pairs one after the other: bucket, requests in it. */
export type BucketCounts = readonly number[];

/** Percentiles in microseconds. */
export type Percentiles = Readonly<{ p50: number; p95: number; p99: number }>;

/** Returns the bucket of a latency in nanoseconds. */
export function bucketOf(nanoseconds: number): number {
  const scaled = nanoseconds / 2 ** (FIRST_OCTAVE - STEPS_LOG2);
  if (scaled < STEPS) return Math.max(0, Math.floor(scaled));
  const octave = Math.min(OCTAVES, Math.floor(Math.log2(scaled)) - STEPS_LOG2 + 1);
  const step = Math.floor(scaled / 2 ** (octave - 1)) - STEPS;
  return Math.min(LATENCY_BUCKETS - 1, octave * STEPS + Math.min(STEPS - 1, step));
}

/** Returns the largest latency of a bucket in nanoseconds. */
export function upperBoundOf(bucket: number): number {
  const octave = Math.floor(bucket / STEPS);
  const step = bucket % STEPS;
  const unit = 2 ** (FIRST_OCTAVE - STEPS_LOG2);
  return octave === 0 ? (step + 1) * unit : (STEPS + step + 1) * 2 ** (octave - 1) * unit;
}

/**
 * Returns the percentiles of the requests that a histogram counted after another of the same mount.
 *
 * @param before - Empty: all since the mount.
 * @returns null where there were none.
 */
export function percentilesBetween(before: BucketCounts, after: BucketCounts): Percentiles | null {
  const counts = new Map<number, number>();
  for (let at = 0; at < after.length; at += 2) counts.set(after[at] ?? 0, after[at + 1] ?? 0);
  for (let at = 0; at < before.length; at += 2) {
    const bucket = before[at] ?? 0;
    counts.set(bucket, (counts.get(bucket) ?? 0) - (before[at + 1] ?? 0));
  }
  const sorted = [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const percentile = (share: number) => {
    let seen = 0;
    const wanted = Math.ceil(share * total);
    const found = sorted.find(([, count]) => {
      seen += count;
      return seen >= wanted;
    });
    return upperBoundOf(found?.[0] ?? 0) / 1e3;
  };
  return { p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}
