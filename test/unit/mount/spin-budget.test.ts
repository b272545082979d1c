import { describe, expect, it } from 'vitest';
import { SpinBudget } from '../../../main/mount/spin-budget.ts';

/** Lets `count` waits end in vain, each a second after the last. */
function missMany(budget: SpinBudget, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const spin = budget.next(index * 1000);
    if (spin > 0) budget.miss(index * 1000 + spin, spin, spin);
  }
}

describe('SpinBudget', () => {
  it('spins at first, and never where there is one processor', () => {
    expect(new SpinBudget(2).next(0)).toBeGreaterThan(0);
    expect(new SpinBudget(1).next(0)).toBe(0);
  });

  it('stops where waiting does not pay, but for a probe now and then', () => {
    const budget = new SpinBudget(2);
    missMany(budget, 200);
    let spins = 0;
    for (let index = 0; index < 320; index += 1) {
      const spin = budget.next(300_000 + index);
      if (spin === 0) continue;
      spins += 1;
      budget.miss(300_000 + index, spin, spin);
    }
    expect(spins).toBeLessThanOrEqual(10);
    expect(spins).toBeGreaterThan(0);
  });

  it('starts again when requests come right after falling asleep', () => {
    const budget = new SpinBudget(2);
    missMany(budget, 200);
    for (let index = 0; index < 4; index += 1) budget.woke(0.06);
    expect(budget.next(500_000)).toBeGreaterThan(0);
  });

  it('leaves the processor alone for a while after it was taken away', () => {
    const budget = new SpinBudget(2);
    budget.miss(10, 5, 0.1);
    expect(budget.next(20)).toBe(0);
    expect(budget.next(100)).toBeGreaterThan(0);
  });
});
