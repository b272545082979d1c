import { describe, expect, it } from 'vitest';
import { readSeries } from '../../../renderer/live/read-series.ts';
import { Ring } from '../../../renderer/live/ring.ts';
import { VaultSeries } from '../../../renderer/live/vault-series.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { fakeStatistics } from '../../support/fake-statistics.ts';

const INLINE = {
  read: 'inline',
  write: 'inline',
  provider: 'native',
  threads: 0,
  notes: [],
} as const;
const THREADED = { ...INLINE, read: 'threaded', threads: 2 } as const;

/** A look at a vault that reads 128 KiB so often a second. */
const look = (atMs: number, perSecond = 800) =>
  fakeStatistics({
    atMs,
    waiting: 2,
    workerBusyMs: [atMs * 0.25],
    cpuMs: atMs * 0.5,
    read: {
      requests: (atMs * perSecond) / 1000,
      requestBytes: 128 * KIB,
      stagesUs: { crypto: 500 },
    },
  });

describe('Ring', () => {
  it('keeps the last points in order and no more', () => {
    const ring = new Ring(2, 3);
    for (let at = 1; at <= 5; at += 1) ring.push([at, at * 10]);
    expect(ring.length).toBe(3);
    expect([0, 1, 2].map((index) => [ring.at(index, 0), ring.at(index, 1)])).toEqual([
      [3, 30],
      [4, 40],
      [5, 50],
    ]);
    expect(ring.at(3, 0)).toBeNaN();
    expect(ring.at(-1, 0)).toBeNaN();
  });

  it.each([
    [0, 0],
    [4, 1],
    [5, 2],
    [6, 3],
  ])('findFrom(%d) is %d', (timeMs, index) => {
    const ring = new Ring(1, 3);
    for (const at of [1, 2, 3, 4, 5]) ring.push([at]);
    expect(ring.findFrom(timeMs)).toBe(index);
  });
});

describe('VaultSeries', () => {
  it('turns counts into rates, percentiles and shares of the time between two looks', () => {
    const series = new VaultSeries();
    for (let atMs = 0; atMs <= 5000; atMs += 500) series.add(look(atMs), INLINE);
    const view = readSeries(series, [], '60s', 5000);
    expect(view.times.at(-1)).toBe(0);
    expect(view.column('readBytes')).toEqual(Array.from({ length: 10 }, () => 100 * MIB));
    expect(view.column('readRequests').at(-1)).toBe(800);
    expect(view.column('writeBytes').at(-1)).toBe(0);
    expect(view.column('writeP99').at(-1)).toBe(null);
    const p50 = view.column('readP50').at(-1) ?? 0;
    expect(Math.abs(p50 / 450 - 1)).toBeLessThan(1 / 16);
    expect(view.column('ioBusy').at(-1)).toBeCloseTo(0.4);
    expect(view.column('cpu').at(-1)).toBeCloseTo(0.5);
    expect(view.column('waiting').at(-1)).toBe(2);
    expect(view.worker(0).at(-1)).toBeCloseTo(0.25);
    expect(view.worker(1).at(-1)).toBe(null);
  });

  it('shows a pause as one, before the next news and after the last', () => {
    const series = new VaultSeries();
    series.add(look(0), INLINE);
    series.add(look(500), INLINE);
    // Main was silent for 30 s: what the next look brings happened shortly before it.
    const later = look(500);
    series.add({ ...look(1000), atMs: 30_500, cpuMs: later.cpuMs + 60 }, INLINE);
    const view = readSeries(series, [], '60s', 40_000);
    expect(view.column('readBytes')).toEqual([100 * MIB, 0, 0, 100 * MIB, 0, 0]);
    expect(view.column('cpu')[3]).toBeCloseTo(60 / 30_000);
    expect(view.times.at(-1)).toBe(0);
  });

  it('begins anew with another mount and keeps what is drawn', () => {
    const series = new VaultSeries();
    series.add(look(500), INLINE);
    series.add(look(1000), INLINE);
    series.add({ ...look(100), atMs: 9000 }, THREADED);
    expect(series.marks).toEqual([]);
    expect(series.fine.length).toBe(1);
  });

  it('keeps an hour in steps of ten seconds, whatever the looks were', () => {
    const series = new VaultSeries();
    for (let atMs = 0; atMs <= 7_200_000; atMs += 1000) series.add(look(atMs), INLINE);
    expect(series.fine.length).toBe(600);
    expect(series.coarse.length).toBe(360);
    const view = readSeries(series, [], '1h', 7_200_000);
    expect(view.times.length).toBe(360);
    expect(new Set(view.column('readBytes'))).toEqual(new Set([100 * MIB]));
  });

  it('puts what main has kept before what the window saw, with pauses between', () => {
    const series = new VaultSeries();
    for (let atMs = 3_000_000; atMs <= 3_020_000; atMs += 500) series.add(look(atMs), INLINE);
    const kept = (atMs: number) => ({
      atMs,
      spanMs: 10_000,
      readBytes: 10 * MIB,
      writtenBytes: 0,
      readRequests: 10,
      writeRequests: 0,
      read: { p50: 1, p95: 2, p99: 3 },
      write: null,
      ioBusy: 0.1,
      workersBusy: 0,
      cpu: 0.1,
      waiting: 0,
    });
    const history = [kept(1_000_000), kept(1_010_000), kept(2_000_000), kept(3_010_000)];
    const view = readSeries(series, history, '1h', 3_020_000);
    expect(view.column('readBytes')).toEqual([MIB, MIB, 0, 0, MIB, 100 * MIB, 100 * MIB]);
  });

  it('marks a change of engine with what was before and after it', () => {
    const series = new VaultSeries();
    for (let atMs = 0; atMs < 20_000; atMs += 500) series.add(look(atMs), INLINE);
    for (let atMs = 20_000; atMs <= 40_000; atMs += 500) series.add(look(atMs), THREADED);
    expect(series.marks).toHaveLength(1);
    const [mark] = series.marks;
    expect(mark).toMatchObject({ atMs: 20_000, before: INLINE, after: THREADED });
    expect(mark?.stretchBefore?.to.atMs).toBe(19_500);
    expect(mark?.stretchBefore?.from.atMs).toBe(8_500);
    expect(mark?.stretchAfter?.from.atMs).toBe(21_000);
    expect(mark?.stretchAfter?.to.atMs).toBe(31_000);
  });

  it('takes changes that follow each other at once for one', () => {
    const series = new VaultSeries();
    for (let atMs = 0; atMs < 20_000; atMs += 500) series.add(look(atMs), INLINE);
    const halfway = { ...INLINE, read: 'threaded' } as const;
    for (let atMs = 20_000; atMs < 21_500; atMs += 500) series.add(look(atMs), halfway);
    for (let atMs = 21_500; atMs <= 40_000; atMs += 500) series.add(look(atMs), THREADED);
    expect(series.marks).toHaveLength(1);
    const [mark] = series.marks;
    expect(mark).toMatchObject({ atMs: 21_500, before: INLINE, after: THREADED });
    expect(mark?.stretchBefore?.to.atMs).toBe(19_500);
    expect(mark?.stretchAfter?.from.atMs).toBe(22_500);
  });
});
