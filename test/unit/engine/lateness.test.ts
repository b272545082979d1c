import { describe, expect, it } from 'vitest';
import { Lateness } from '../../../main/engine/lateness.ts';

const FRAGMENTS = 16;
const USUAL_MS = 0.1;

/** Notes requests of which one in `interval` waits so long for its last fragment. */
function note(lateness: Lateness, requests: number, interval: number, waitMs: number): boolean {
  let isBusy = false;
  for (let request = 1; request <= requests && !isBusy; request += 1) {
    const lateMs = request % interval === 0 ? waitMs : 0;
    isBusy = lateness.note(lateMs, USUAL_MS + lateMs, FRAGMENTS, 1000);
  }
  return isBusy;
}

describe('Lateness', () => {
  it('note() tells that helpers come late where few requests of many wait for a time slice', () => {
    expect(note(new Lateness(), 200, 20, 4)).toBe(true);
    expect(note(new Lateness(), 200, 4, 3)).toBe(true);
  });

  it('forgives what a collector or the host does now and then, and waits as long as the work', () => {
    expect(note(new Lateness(), 10_000, 200, 4)).toBe(false);
    expect(note(new Lateness(), 10_000, 1, 0.4)).toBe(false);
  });

  it('isBusy() for 50 ms, then for twice as long each time, up to 2 s', () => {
    const lateness = new Lateness();
    const becomeBusy = (nowMs: number) => {
      while (!lateness.note(8, 8.1, FRAGMENTS, nowMs));
    };
    expect(lateness.isBusy(0)).toBe(false);
    becomeBusy(1000);
    expect([lateness.isBusy(1049), lateness.isBusy(1051)]).toEqual([true, false]);
    becomeBusy(1051);
    expect([lateness.isBusy(1150), lateness.isBusy(1152)]).toEqual([true, false]);
    for (let times = 0; times < 10; times += 1) becomeBusy(2000);
    expect([lateness.isBusy(3999), lateness.isBusy(4001)]).toEqual([true, false]);
  });
});
