import { describe, expect, it } from 'vitest';
import { type Arm, Duel, type Verdict } from '../../../main/engine/duel.ts';

/** Serves requests of 1000 bytes until the verdict, in at most 10,000. */
function decide(
  incumbent: Arm,
  cost: (arm: Arm, request: number) => number,
  isHelped: (request: number) => boolean = () => true,
): Readonly<{ verdict: Verdict; arms: readonly Arm[] }> {
  const duel = new Duel(incumbent);
  const arms: Arm[] = [];
  for (let request = 0; request < 10_000; request += 1) {
    const { arm } = duel;
    arms.push(arm);
    const elapsedMs = cost(arm, request);
    const verdict = duel.record({ bytes: 1000, elapsedMs, isHelped: isHelped(request) });
    if (verdict !== undefined) return { verdict, arms };
  }
  throw new Error('no verdict');
}

function count(arms: readonly Arm[], wanted: Arm): number {
  return arms.filter((arm) => arm === wanted).length;
}

describe('Duel', () => {
  it('record() gives the medians of both arms and what it has cost too much', () => {
    const { verdict, arms } = decide('inline', (arm) => (arm === 'inline' ? 0.26 : 0.3));
    expect(verdict.inline).toBeCloseTo(2.6e-4);
    expect(verdict.threaded).toBeCloseTo(3e-4);
    // Five blocks of four, and one request that wakes the helper.
    expect(count(arms, 'inline')).toBe(20);
    expect(count(arms, 'threaded')).toBe(21);
    expect(verdict.excessMs).toBeCloseTo(21 * 0.04);
  });

  it('gives a challenger up that has no hope', () => {
    const { verdict, arms } = decide('inline', (arm) => (arm === 'inline' ? 0.3 : 3));
    expect(verdict.threaded).toBeCloseTo(3e-3);
    expect(count(arms, 'threaded')).toBe(3);
  });

  it('does not count a block that takes too long, and counts batches as a whole', () => {
    const { verdict } = decide('threaded', (_, request) => (request === 7 ? 9 : 0.25));
    expect(verdict.inline).toBeCloseTo(2.5e-4);
    expect(verdict.threaded).toBeCloseTo(2.5e-4);
    const batches = decide('threaded', (arm, request) => {
      const isLast = request % 4 === 3;
      return isLast ? 0.7 : arm === 'threaded' ? 0.1 : 0.2;
    });
    expect(batches.verdict.threaded).toBeCloseTo(2.5e-4);
    expect(batches.verdict.inline).toBeCloseTo(3.25e-4);
  });

  it('takes five of requests that take long', () => {
    const { arms } = decide('threaded', () => 5);
    expect([count(arms, 'threaded'), count(arms, 'inline')]).toEqual([5, 5]);
  });

  it('waits for helpers to wake, but not for ever', () => {
    const { arms, verdict } = decide(
      'inline',
      () => 0.01,
      () => false,
    );
    expect(verdict.threaded).toBeCloseTo(1e-5);
    expect(count(arms, 'threaded') - count(arms, 'inline')).toBe(8);
  });
});
