import { describe, expect, it } from 'vitest';
import { compareArms, type Round } from '../../../main/services/compare-arms.ts';

const rounds = (rates: readonly number[], p99Us = 100): readonly Round[] =>
  rates.map((bytesPerSecond) => ({ bytesPerSecond, p99Us }));

describe('compareArms()', () => {
  it.each([
    ['a clear win', [100, 101, 99], [120, 121, 119], 100, true],
    ['less than 5 %', [1000, 1001, 999], [1040, 1041, 1039], 100, false],
    ['noise as wide as the win', [100, 140, 60], [120, 160, 80], 100, false],
    ['a loss', [100, 101, 99], [80, 81, 79], 100, false],
    ['a slower last percent', [100, 101, 99], [120, 121, 119], 106, false],
    ['the same', [100, 100, 100], [100, 100, 100], 100, false],
  ])('takes %s for what it is', (_, before, after, p99Us, isWin) => {
    expect(compareArms(rounds(before), rounds(after, p99Us)).isWin).toBe(isWin);
  });

  it('tells gain and margins', () => {
    const { gain, before } = compareArms(rounds([90, 100, 110]), rounds([150, 150, 150]));
    expect(gain).toBeCloseTo(0.5);
    expect(before.marginBytesPerSecond).toBeCloseTo((4.303 * 10) / Math.sqrt(3));
  });
});
