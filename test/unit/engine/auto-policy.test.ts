import { describe, expect, it } from 'vitest';
import { AutoPolicy } from '../../../main/engine/auto-policy.ts';
import type { Arm } from '../../../main/engine/duel.ts';
import { KIB, MIB } from '../../../shared/units.ts';

/** Of the last size class: what is known of it says nothing of others. */
const LARGEST = 4 * MIB;

type Costs = Readonly<Record<Arm, number>>;

let nowMs = 0;

/** Serves one request of this cost; returns the arm that did. */
function serve(policy: AutoPolicy, bytes: number, costs: Costs): Arm {
  const plain = policy.plainArm(bytes);
  const arm = plain ?? policy.choose(bytes, nowMs);
  nowMs += costs[arm];
  if (plain === undefined)
    policy.record({ bytes, elapsedMs: costs[arm], isHelped: arm === 'threaded' });
  return arm;
}

/** Serves requests of one length; returns the share of time over that of the better arm. */
function run(policy: AutoPolicy, bytes: number, requests: number, costs: Costs): number {
  let spentMs = 0;
  for (let request = 0; request < requests; request += 1)
    spentMs += costs[serve(policy, bytes, costs)];
  return spentMs / (requests * Math.min(costs.inline, costs.threaded)) - 1;
}

/** The arm that serves most of the next requests. */
function armOf(policy: AutoPolicy, bytes: number, costs: Costs): Arm {
  let split = 0;
  for (let request = 0; request < 100; request += 1)
    if (serve(policy, bytes, costs) === 'threaded') split += 1;
  return split > 50 ? 'threaded' : 'inline';
}

function calibrated(costs: Costs): AutoPolicy {
  const policy = new AutoPolicy();
  policy.calibrate([{ bytes: LARGEST, inlineMs: costs.inline, threadedMs: costs.threaded }]);
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
    expect(policy.choose(128 * KIB, nowMs)).toBe('inline');
    expect(policy.choose(300 * KIB, nowMs)).toBe('threaded');
    expect(policy.choose(64 * MIB, nowMs)).toBe('threaded');
  });

  it('finds the better arm within 50 requests where the calibration was wrong', () => {
    const policy = calibrated({ inline: 1, threaded: 2 });
    run(policy, LARGEST, 50, { inline: 1, threaded: 0.6 });
    expect(policy.gateBytes).toBe(LARGEST);
    const other = calibrated({ inline: 2, threaded: 1 });
    run(other, LARGEST, 50, { inline: 0.5, threaded: 0.6 });
    expect(other.gateBytes).toBe(Number.POSITIVE_INFINITY);
  });

  it('finds it again where the better arm changes, at once when told of another load', () => {
    const policy = calibrated({ inline: 1, threaded: 0.6 });
    run(policy, LARGEST, 4000, { inline: 1, threaded: 0.6 });
    run(policy, LARGEST, 4000, { inline: 0.5, threaded: 0.6 });
    expect(policy.gateBytes).toBe(Number.POSITIVE_INFINITY);
    run(policy, LARGEST, 4000, { inline: 0.5, threaded: 0.6 });
    policy.forget();
    run(policy, LARGEST, 100, { inline: 1, threaded: 0.5 });
    expect(policy.gateBytes).toBe(LARGEST);
  });

  it('finds it within 200 requests where the arm in force has become dear', () => {
    const policy = calibrated({ inline: 1, threaded: 0.6 });
    run(policy, LARGEST, 10_000, { inline: 1, threaded: 0.6 });
    run(policy, LARGEST, 200, { inline: 1, threaded: 1.6 });
    expect(policy.gateBytes).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes no look at a short request for a change: a look itself costs as much as one', () => {
    const costs = { inline: 0.01, threaded: 0.011 };
    const policy = calibrated(costs);
    let [wasPlain, split] = [false, 0];
    for (let request = 0; request < 400_000; request += 1) {
      const plain = policy.plainArm(LARGEST);
      const arm = plain ?? policy.choose(LARGEST, nowMs);
      const elapsedMs = costs[arm] + (plain === undefined && wasPlain ? 0.008 : 0);
      nowMs += elapsedMs;
      if (plain === undefined)
        policy.record({ bytes: LARGEST, elapsedMs, isHelped: arm === 'threaded' });
      wasPlain = plain !== undefined;
      if (arm === 'threaded' && request > 20_000) split += 1;
    }
    expect(split / 400_000).toBeLessThan(0.008);
  });

  it.each([
    { inline: 1, threaded: 40 },
    { inline: 1, threaded: 1.1 },
    { inline: 1.7, threaded: 1 },
    { inline: 50, threaded: 1 },
  ])('costs at most 2 %% over the better arm of %j', (costs) => {
    const policy = calibrated(costs);
    expect(run(policy, LARGEST, 20_000, costs)).toBeLessThan(0.02);
  });

  it('prefers inline where both arms cost the same', () => {
    const policy = calibrated({ inline: 1, threaded: 0.5 });
    run(policy, LARGEST, 1000, { inline: 1, threaded: 1 });
    expect(policy.gateBytes).toBe(Number.POSITIVE_INFINITY);
  });

  it('is not misled by single requests that take long', () => {
    const policy = calibrated({ inline: 1, threaded: 0.7 });
    let request = 0;
    for (; request < 5000; request += 1) {
      const factor = request % 12 === 0 ? 30 : 1;
      serve(policy, LARGEST, { inline: factor, threaded: 0.7 * factor });
    }
    expect(policy.gateBytes).toBe(LARGEST);
  });

  it('keeps size classes apart', () => {
    const policy = new AutoPolicy();
    const [small, large] = [
      { inline: 1, threaded: 2 },
      { inline: 2, threaded: 1 },
    ];
    run(policy, 64 * KIB, 1000, small);
    run(policy, LARGEST, 4000, large);
    expect(armOf(policy, 64 * KIB, small)).toBe('inline');
    expect(armOf(policy, LARGEST, large)).toBe('threaded');
  });

  it('interrupt() ends a duel without a verdict', () => {
    const policy = calibrated({ inline: 1, threaded: 2 });
    while (policy.plainArm(LARGEST) !== undefined || policy.choose(LARGEST, nowMs) === 'inline')
      policy.record({ bytes: LARGEST, elapsedMs: 1, isHelped: false });
    policy.interrupt();
    expect(policy.choose(LARGEST, nowMs)).toBe('inline');
  });
});
