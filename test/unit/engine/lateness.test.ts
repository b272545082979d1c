import { describe, expect, it } from 'vitest';
import { Lateness } from '../../../main/engine/lateness.ts';

/** Notes so many requests that were late, one each `everyMs`; returns whether it became busy. */
function note(requests: number, lateMs: number, everyMs: number): boolean {
  const lateness = new Lateness();
  for (let request = 1; request <= requests; request += 1)
    if (lateness.note(lateMs, 1000 + request * everyMs)) return true;
  return false;
}

describe('Lateness', () => {
  it('note() tells that helpers come late where waiting for time slices takes much of the time', () => {
    expect(note(6, 3, 5)).toBe(true);
    expect(note(100, 0.6, 2)).toBe(true);
  });

  it('forgives what a collector or the host does now and then', () => {
    expect(note(1000, 4, 40)).toBe(false);
    expect(note(1000, 0.6, 4)).toBe(false);
    expect(note(1000, 50, 1000)).toBe(false);
  });

  it('is busy for 50 ms, then for twice as long each time, up to 2 s; later for 50 ms again', () => {
    const lateness = new Lateness();
    const holdUp = (atMs: number) => {
      lateness.note(8, atMs - 1);
      lateness.note(8, atMs);
    };
    const isBusyAt = (...timesMs: readonly number[]) => timesMs.map((ms) => lateness.look(ms));
    expect(isBusyAt(0)).toEqual([false]);
    holdUp(1000);
    expect(lateness.isBusy).toBe(true);
    expect(isBusyAt(1049, 1051)).toEqual([true, false]);
    holdUp(1051);
    expect(isBusyAt(1150, 1152)).toEqual([true, false]);
    for (let times = 0; times < 10; times += 1) holdUp(1990 + 2 * times);
    expect(isBusyAt(4007, 4009)).toEqual([true, false]);
    holdUp(20_000);
    expect(isBusyAt(20_049, 20_051)).toEqual([true, false]);
  });
});
