import { describe, expect, it } from 'vitest';
import {
  addSample,
  passTime,
  type Samples,
  toLiveFigures,
  WINDOW_MS,
} from '../../../renderer/features/performance/live-figures.ts';
import {
  type DirectionStatistics,
  STAGES,
  type Stage,
  type VolumeStatistics,
} from '../../../shared/model/statistics.ts';
import { MIB } from '../../../shared/units.ts';

type Amounts = Readonly<{
  requests?: number;
  bytes?: number;
  timed?: number;
  /** Mean microseconds, and of how many requests. */
  stages?: Partial<Record<Stage, readonly [meanUs: number, count: number]>>;
}>;

function direction({ requests = 0, bytes = 0, timed = 0, stages = {} }: Amounts) {
  const summary = (mean: number, count: number) => ({
    count,
    mean,
    p50: mean,
    p95: mean * 2,
    p99: mean * 3,
    maximum: mean * 4,
  });
  return {
    requests,
    bytes,
    errors: 0,
    split: 0,
    latency: summary(100, timed),
    buckets: [],
    busyMs: 0,
    stages: Object.fromEntries(
      STAGES.map((stage) => [stage, summary(...(stages[stage] ?? ([0, 0] as const)))]),
    ) as DirectionStatistics['stages'], // every stage is a key
  };
}

const sample = (atMs: number, read: Amounts, write: Amounts = {}): VolumeStatistics => ({
  atMs,
  inFlight: 0,
  waiting: null,
  workerBusyMs: [],
  cpuMs: 0,
  read: direction(read),
  write: direction(write),
});

const collect = (...samples: readonly VolumeStatistics[]): Samples =>
  samples.reduce<Samples>(addSample, []);

describe('toLiveFigures()', () => {
  it('has nothing without a sample, and no rates with one', () => {
    expect(toLiveFigures([])).toBe(null);
    const figures = toLiveFigures([sample(0, { requests: 5, timed: 2 })]);
    expect(figures?.hasRequests).toBe(true);
    expect(figures?.read).toMatchObject({
      bytesPerSecond: null,
      requestsPerSecond: null,
      p50Us: 100,
    });
    expect(figures?.write).toMatchObject({ p50Us: null, p99Us: null, stages: null });
  });

  it('takes rates as differences, each direction apart', () => {
    const figures = toLiveFigures(
      collect(
        sample(1000, { requests: 10, bytes: 0 }, { requests: 1000, bytes: 7 }),
        sample(1500, { requests: 110, bytes: 5 * MIB }, { requests: 1000, bytes: 7 }),
      ),
    );
    expect(figures?.read).toMatchObject({ bytesPerSecond: 10 * MIB, requestsPerSecond: 200 });
    expect(figures?.write).toMatchObject({ bytesPerSecond: 0, requestsPerSecond: 0 });
  });

  it('divides the time of the last seconds, not that since the mount', () => {
    const before = { requests: 80, timed: 10, stages: { crypto: [900, 10] } } as const;
    const after = {
      requests: 160,
      timed: 20,
      // Half of the new requests came by the storage; crypto became quicker.
      stages: { crypto: [500, 20], storage: [60, 5] },
    } as const;
    const figures = toLiveFigures(collect(sample(0, before), sample(500, after)));
    expect(figures?.stageScope).toBe('recent');
    const parts = new Map(figures?.read.stages?.parts.map((p) => [p.stage, p.meanUs]));
    expect(parts.get('crypto')).toBeCloseTo(100);
    expect(parts.get('storage')).toBeCloseTo(30);
    expect(parts.get('queue')).toBe(0);
    expect(figures?.read.stages?.totalUs).toBeCloseTo(130);
    expect(figures?.write.stages).toBe(null);
  });

  it('shows the stages since the mount while nothing happens', () => {
    const idle = { requests: 80, timed: 10, stages: { cache: [20, 5] } } as const;
    const figures = toLiveFigures(collect(sample(0, idle), sample(500, idle)));
    expect(figures?.stageScope).toBe('since-mount');
    expect(figures?.read.stages?.totalUs).toBeCloseTo(10);
  });
});

describe('addSample()', () => {
  it('keeps the window and one sample at its edge', () => {
    const samples = collect(...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => sample(n * 500, {})));
    expect(samples.map(({ atMs }) => atMs)).toEqual([1000, 1500, 2000, 2500, 3000, 3500, 4000]);
    expect(samples.length).toBe(WINDOW_MS / 500 + 1);
  });

  it('starts over with another mount', () => {
    const next = sample(900, { requests: 1 });
    expect(collect(sample(0, { requests: 9 }), next)).toEqual([next]);
  });

  it('replaces what it only supposed to be so at a later time', () => {
    const news = sample(600, { requests: 2 });
    const samples = collect(sample(0, { requests: 1 }), sample(700, { requests: 1 }), news);
    expect(samples.map(({ atMs }) => atMs)).toEqual([0, 600]);
  });
});

describe('passTime()', () => {
  const busy = collect(sample(0, { requests: 1 }), sample(500, { requests: 50 }));

  it('waits while news may still come', () => {
    expect(passTime(busy, 1000)).toBe(busy);
    expect(passTime([], 9000)).toEqual([]);
  });

  it('lets the rates fall to nothing, and then stays as it is', () => {
    let samples = busy;
    for (let nowMs = 2000; nowMs < 9000; nowMs += 1500) samples = passTime(samples, nowMs);
    expect(toLiveFigures(samples)?.read.requestsPerSecond).toBe(0);
    expect(passTime(samples, 20_000)).toBe(samples);
  });
});
