import { describe, expect, it } from 'vitest';
import {
  CACHE,
  CRYPTO,
  FILESYSTEM,
  STORAGE,
  StageClock,
} from '../../../main/statistics/stage-clock.ts';
import {
  createSharedStatistics,
  readStatistics,
  viewStatistics,
} from '../../../main/statistics/volume-statistics.ts';
import { MIB } from '../../../shared/units.ts';

function spin(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

const SURROUNDING = { waiting: null, workerBusyMs: [], cpuMs: 0 };

describe('StageClock', () => {
  it('gives each stage the time that was spent in it, and the request their sum', () => {
    const shared = viewStatistics(createSharedStatistics());
    const clock = new StageClock(shared);
    clock.begin(0, MIB);
    clock.enter(FILESYSTEM);
    const filesystem = clock.enter(CACHE);
    const cache = clock.enter(STORAGE);
    spin(4);
    clock.enter(CRYPTO);
    spin(2);
    clock.enter(cache);
    clock.enter(filesystem);
    clock.succeed(MIB);
    clock.end();
    clock.end();
    const { read, write, inFlight } = readStatistics(shared, SURROUNDING);
    expect(inFlight).toBe(0);
    expect(read).toMatchObject({ requests: 1, bytes: MIB, errors: 0 });
    expect(read.stages.storage.p50).toBeGreaterThanOrEqual(4000);
    expect(read.stages.crypto.p50).toBeGreaterThanOrEqual(2000);
    expect(read.stages.queue.count).toBe(0);
    expect(read.latency.p50).toBeGreaterThanOrEqual(6000);
    expect(write.requests).toBe(0);
  });

  it('counts every request and times every eighth small one', () => {
    const shared = viewStatistics(createSharedStatistics());
    const clock = new StageClock(shared);
    for (let i = 0; i < 80; i += 1) {
      clock.begin(1, 4096);
      clock.enter(CRYPTO);
      if (i % 10 !== 0) clock.succeed(4096);
      clock.end();
    }
    const { write } = readStatistics(shared, SURROUNDING);
    expect(write).toMatchObject({ requests: 80, bytes: 72 * 4096, errors: 8 });
    expect(write.latency.count).toBe(10);
    expect(write.buckets.filter((_, at) => at % 2 === 1).reduce((sum, n) => sum + n, 0)).toBe(10);
    // Each of the ten stands for eight.
    expect(write.busyMs / (write.latency.mean * 80 * 1e-3)).toBeGreaterThan(0.9);
    expect(write.busyMs / (write.latency.mean * 80 * 1e-3)).toBeLessThan(1.1);
  });

  it('shows a request that is being served', () => {
    const shared = viewStatistics(createSharedStatistics());
    const clock = new StageClock(shared);
    clock.begin(0, 1);
    expect(readStatistics(shared, SURROUNDING).inFlight).toBe(1);
    clock.succeed(1);
    clock.end();
    expect(readStatistics(shared, SURROUNDING).inFlight).toBe(0);
  });
});
