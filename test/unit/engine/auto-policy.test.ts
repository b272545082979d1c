import { describe, expect, it } from 'vitest';
import { AutoPolicy } from '../../../main/engine/auto-policy.ts';
import { KIB, MIB } from '../../../shared/units.ts';

type Costs = Readonly<{ inline: number; threaded: number }>;

/** Serves requests of one length whose cost is known; returns the share of time over the better arm. */
function run(policy: AutoPolicy, bytes: number, requests: number, costs: Costs): number {
  let spentMs = 0;
  let nowMs = 0;
  for (let request = 0; request < requests; request += 1) {
    const isPlain = policy.isPlain(bytes);
    const arm = isPlain ? 'inline' : policy.choose(bytes, nowMs);
    if (!isPlain) policy.record(bytes, arm, costs[arm]);
    spentMs += costs[arm];
    nowMs += costs[arm];
  }
  return spentMs / (requests * Math.min(costs.inline, costs.threaded)) - 1;
}

function calibrated(costs: Costs): AutoPolicy {
  const policy = new AutoPolicy();
  policy.calibrate([{ bytes: MIB, inlineMs: costs.inline, threadedMs: costs.threaded }]);
  return policy;
}

describe('AutoPolicy', () => {
  it('choose() splits what the calibration found quicker split, and nothing where it found none', () => {
    const policy = new AutoPolicy();
    expect(policy.gateBytes).toBe(Number.POSITIVE_INFINITY);
    policy.calibrate([
      { bytes: 64 * KIB, inlineMs: 0.01, threadedMs: 0.05 },
      { bytes: 256 * KIB, inlineMs: 0.04, threadedMs: 0.03 },
      { bytes: MIB, inlineMs: 0.16, threadedMs: 0.1 },
    ]);
    expect(policy.gateBytes).toBe(256 * KIB);
    expect(policy.choose(128 * KIB, 0)).toBe('inline');
    expect(policy.choose(300 * KIB, 0)).toBe('threaded');
    expect(policy.choose(64 * MIB, 0)).toBe('threaded');
  });

  it('finds the better arm where the calibration was wrong', () => {
    const policy = calibrated({ inline: 1, threaded: 2 });
    run(policy, MIB, 4000, { inline: 1, threaded: 0.6 });
    expect(policy.choose(MIB, 0)).toBe('threaded');
    run(policy, MIB, 4000, { inline: 0.5, threaded: 0.6 });
    expect(policy.choose(MIB, 0)).toBe('inline');
  });

  it.each([
    { inline: 1, threaded: 40 },
    { inline: 1, threaded: 1.1 },
    { inline: 1.7, threaded: 1 },
    { inline: 50, threaded: 1 },
  ])('costs at most 2 %% over the better arm of %j', (costs) => {
    const policy = calibrated(costs);
    expect(run(policy, MIB, 20_000, costs)).toBeLessThan(0.02);
  });

  it('keeps size classes apart', () => {
    const policy = new AutoPolicy();
    run(policy, 64 * KIB, 1000, { inline: 1, threaded: 2 });
    run(policy, 4 * MIB, 4000, { inline: 2, threaded: 1 });
    expect(policy.choose(64 * KIB, 0)).toBe('inline');
    expect(policy.choose(4 * MIB, 0)).toBe('threaded');
  });

  it('noteWait() makes all inline for a while, longer each time', () => {
    const policy = calibrated({ inline: 2, threaded: 1 });
    policy.noteWait(0.01, 0.05, 1000);
    expect(policy.choose(MIB, 1001)).toBe('threaded');
    // One late helper is the garbage collector's doing.
    policy.noteWait(4, 0.05, 1000);
    expect(policy.choose(MIB, 1001)).toBe('threaded');
    for (let late = 0; late < 4; late += 1) policy.noteWait(4, 0.05, 1000);
    expect(policy.choose(MIB, 1040)).toBe('inline');
    expect(policy.choose(MIB, 1051)).toBe('threaded');
    for (let late = 0; late < 4; late += 1) policy.noteWait(4, 0.05, 1051);
    expect(policy.choose(MIB, 1051 + 90)).toBe('inline');
    expect(policy.choose(MIB, 1051 + 101)).toBe('threaded');
  });
});
