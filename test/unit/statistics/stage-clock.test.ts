import { describe, expect, it } from 'vitest';
import { RequestTime } from '../../../main/statistics/request-time.ts';
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

  it('counts every request and times one small one in 32', () => {
    const shared = viewStatistics(createSharedStatistics());
    const clock = new StageClock(shared);
    for (let i = 0; i < 320; i += 1) {
      clock.begin(1, 4096);
      clock.enter(CRYPTO);
      if (i % 10 !== 0) clock.succeed(4096);
      clock.end();
    }
    const { write } = readStatistics(shared, SURROUNDING);
    expect(write).toMatchObject({ requests: 320, bytes: 288 * 4096, errors: 32 });
    expect(write.latency.count).toBe(10);
    expect(write.buckets.filter((_, at) => at % 2 === 1).reduce((sum, n) => sum + n, 0)).toBe(10);
    // Each of the ten stands for 32.
    expect(write.busyMs / (write.latency.mean * 320 * 1e-3)).toBeGreaterThan(0.9);
    expect(write.busyMs / (write.latency.mean * 320 * 1e-3)).toBeLessThan(1.1);
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

  it('counts the time before a request was begun as waiting in the queue', () => {
    const shared = viewStatistics(createSharedStatistics());
    const clock = new StageClock(shared);
    const receivedMs = performance.now();
    spin(3);
    clock.begin(0, MIB, receivedMs);
    clock.succeed(MIB);
    clock.end();
    const { read } = readStatistics(shared, SURROUNDING);
    expect(read.stages.queue.p50).toBeGreaterThanOrEqual(3000);
    expect(read.latency.p50).toBeGreaterThanOrEqual(3000);
    expect(read.busyMs).toBeLessThan(read.latency.maximum / 1000 - 2.5);
  });

  it('follows requests that are served in pieces by turns, each as one', () => {
    const shared = viewStatistics(createSharedStatistics());
    const clock = new StageClock(shared);
    const [read, write] = [new RequestTime(), new RequestTime()];
    const serve = (request: RequestTime, begin: () => void) => {
      clock.resume(request);
      begin();
      const stage = clock.enter(STORAGE);
      spin(2);
      clock.enter(stage);
      clock.pause();
    };
    serve(read, () => clock.begin(0, MIB));
    serve(write, () => clock.begin(1, MIB));
    serve(read, () => clock.noteSplit());
    // What happens between requests is nobody's.
    expect(clock.isTiming).toBe(false);
    clock.noteSplit();
    for (const request of [write, read]) {
      clock.resume(request);
      clock.succeed(MIB);
      clock.end();
    }
    const statistics = readStatistics(shared, SURROUNDING);
    expect(statistics.read).toMatchObject({ requests: 1, bytes: MIB, split: 1 });
    expect(statistics.write).toMatchObject({ requests: 1, bytes: MIB, split: 0 });
    expect(statistics.read.stages.storage.p50).toBeGreaterThanOrEqual(4000);
    expect(statistics.read.stages.transport.p50).toBeGreaterThanOrEqual(2000);
    expect(statistics.read.busyMs).toBeGreaterThanOrEqual(4);
    expect(statistics.read.busyMs).toBeLessThan(statistics.read.latency.maximum / 1000 - 1.5);
    expect(statistics.write.busyMs).toBeGreaterThanOrEqual(2);
  });
});
