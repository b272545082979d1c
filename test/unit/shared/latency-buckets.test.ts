import { describe, expect, it } from 'vitest';
import { bucketOf, percentilesBetween, upperBoundOf } from '../../../shared/latency-buckets.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const bucketsOf = (latenciesUs: readonly number[]) => {
  const counts = new Map<number, number>();
  for (const us of latenciesUs) {
    const bucket = bucketOf(us * 1000);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return [...counts].flat();
};

describe('percentilesBetween()', () => {
  it('tells the percentiles of what came after an earlier look, within a sixteenth', () => {
    const random = seededRandom(9);
    const slow = Array.from({ length: 4000 }, () => 5000 + random.below(90_000));
    const quick = Array.from({ length: 1000 }, () => 10 + random.below(400));
    const between = percentilesBetween(bucketsOf(slow), bucketsOf([...slow, ...quick]));
    const sorted = quick.toSorted((a, b) => a - b);
    for (const [share, value] of [
      [0.5, between?.p50],
      [0.95, between?.p95],
      [0.99, between?.p99],
    ] as const) {
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      expect(Math.abs((value ?? 0) / exact - 1)).toBeLessThan(1 / 15);
    }
  });

  it('has none where nothing came', () => {
    const buckets = bucketsOf([1, 2, 3]);
    expect(percentilesBetween(buckets, buckets)).toBe(null);
    expect(percentilesBetween([], [])).toBe(null);
  });

  it('counts each latency in a bucket that ends at or above it', () => {
    for (let ns = 1; ns < 2 ** 36; ns = Math.ceil(ns * 1.07)) {
      const bucket = bucketOf(ns);
      expect(upperBoundOf(bucket)).toBeGreaterThanOrEqual(ns);
      if (bucket > 0) expect(upperBoundOf(bucket - 1)).toBeLessThanOrEqual(ns);
    }
  });
});
