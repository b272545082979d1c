import { describe, expect, it } from 'vitest';
import { type Arm, Duel, type Verdict } from '../../../main/engine/duel.ts';

/** Serves requests of 1000 bytes until the verdict, in at most 100. */
function decide(
  incumbent: Arm,
  cost: (arm: Arm, request: number) => number,
  isHelped: (request: number) => boolean = () => true,
): Readonly<{ verdict: Verdict; arms: readonly Arm[] }> {
  const duel = new Duel(incumbent);
  const arms: Arm[] = [];
  for (let request = 0; request < 100; request += 1) {
    const { arm } = duel;
    arms.push(arm);
    const elapsedMs = cost(arm, request);
    const verdict = duel.record({ bytes: 1000, elapsedMs, isHelped: isHelped(request) });
    if (verdict !== undefined) return { verdict, arms };
  }
  throw new Error('no verdict');
}

describe('Duel', () => {
  it('record() gives the medians of both arms and what it has cost too much', () => {
    const { verdict, arms } = decide('inline', (arm) => (arm === 'inline' ? 0.1 : 0.3));
    expect(verdict.inline).toBeCloseTo(1e-4);
    expect(verdict.threaded).toBeCloseTo(3e-4);
    // One that wakes the helper and five that count, 0.2 ms too slow each.
    expect(arms.filter((arm) => arm === 'threaded')).toHaveLength(6);
    expect(verdict.excessMs).toBeCloseTo(1.2);
  });

  it('does not count what one request in a few takes too long', () => {
    const { verdict } = decide('threaded', (_, request) => (request % 5 === 2 ? 9 : 0.1));
    expect(verdict.inline).toBeCloseTo(1e-4);
    expect(verdict.threaded).toBeCloseTo(1e-4);
  });

  it('takes three of requests that take long', () => {
    const { arms } = decide('threaded', () => 5);
    expect(arms).toEqual(['threaded', 'threaded', 'threaded', 'inline', 'inline', 'inline']);
  });

  it('waits for helpers to wake, but not for ever', () => {
    const { verdict } = decide(
      'inline',
      (arm, request) => (arm === 'threaded' && request > 9 ? 0.03 : 0.06),
      (request) => request >= 9,
    );
    expect(verdict.threaded).toBeCloseTo(3e-5);
    const { arms } = decide(
      'inline',
      () => 0.01,
      () => false,
    );
    expect(arms.filter((arm) => arm === 'threaded')).toHaveLength(8 + 7);
  });
});
