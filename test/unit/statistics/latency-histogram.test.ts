import { describe, expect, it } from 'vitest';
import {
  HISTOGRAM_WORDS,
  recordLatency,
  summarizeLatency,
} from '../../../main/statistics/latency-histogram.ts';
import { seededRandom } from '../../support/seeded-random.ts';

describe('latency histogram', () => {
  it.each([0.0001, 0.001, 0.02, 1, 35, 900, 60_000])('holds %d ms within a sixteenth', (ms) => {
    const words = new Uint32Array(HISTOGRAM_WORDS);
    recordLatency(words, 0, ms);
    const { count, p50, maximum } = summarizeLatency(words, 0);
    expect(count).toBe(1);
    expect(p50).toBe(maximum);
    // Below 128 ns the steps are 8 ns wide.
    expect(p50 - ms * 1000).toBeGreaterThanOrEqual(0);
    expect(p50 - ms * 1000).toBeLessThanOrEqual(Math.max(0.008, ms * 1000 * (1 / 16 + 1e-9)));
  });

  it('gives the percentiles of a sorted list within a sixteenth', () => {
    const words = new Uint32Array(HISTOGRAM_WORDS);
    const random = seededRandom(5);
    const values = Array.from({ length: 5000 }, () => (1 + random.below(1_000_000)) / 1000);
    for (const value of values) recordLatency(words, 0, value);
    const sorted = values.toSorted((a, b) => a - b).map((ms) => ms * 1000);
    const summary = summarizeLatency(words, 0);
    for (const [share, value] of [
      [0.5, summary.p50],
      [0.95, summary.p95],
      [0.99, summary.p99],
    ] as const) {
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      expect(Math.abs(value / exact - 1)).toBeLessThan(1 / 15);
    }
    const mean = sorted.reduce((sum, v) => sum + v, 0) / sorted.length;
    expect(Math.abs(summary.mean / mean - 1)).toBeLessThan(1 / 30);
  });

  it('never leaves its place, whatever it is given', () => {
    const words = new Uint32Array(HISTOGRAM_WORDS + 2);
    for (const ms of [0, -1, 1e-9, 1e12, Number.MAX_VALUE]) recordLatency(words, 1, ms);
    expect(words[0]).toBe(0);
    expect(words[HISTOGRAM_WORDS + 1]).toBe(0);
    expect(summarizeLatency(words, 1).count).toBe(5);
  });

  it('is all zero where nothing was recorded', () => {
    expect(summarizeLatency(new Uint32Array(HISTOGRAM_WORDS), 0)).toEqual({
      count: 0,
      mean: 0,
      p50: 0,
      p95: 0,
      p99: 0,
      maximum: 0,
    });
  });
});
