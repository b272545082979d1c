import { describe, expect, it } from 'vitest';
import { stretchStages, toEffect } from '../../../renderer/features/performance/effect-figures.ts';
import type { EngineMark } from '../../../renderer/live/vault-series.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { fakeStatistics } from '../../support/fake-statistics.ts';

const ENGINE = {
  read: 'inline',
  write: 'inline',
  provider: 'native',
  threads: 0,
  notes: [],
} as const;

const look = (atMs: number, requests: number, cryptoUs: number) =>
  fakeStatistics({
    atMs,
    cpuMs: atMs,
    read: { requests, requestBytes: 128 * KIB, stagesUs: { crypto: cryptoUs, storage: 100 } },
  });

const mark = (changes: Partial<EngineMark>): EngineMark => ({
  atMs: 10_000,
  before: ENGINE,
  after: { ...ENGINE, read: 'threaded' },
  stretchBefore: { from: look(0, 0, 0), to: look(10_000, 8000, 400) },
  stretchAfter: { from: look(11_000, 8000, 400), to: look(21_000, 20_000, 400) },
  ...changes,
});

describe('toEffect()', () => {
  it('compares rates and waits, and says which way is better', () => {
    const rows = new Map(toEffect(mark({}))?.map((row) => [row.figure, row]));
    expect(rows.get('readBytes')).toMatchObject({
      before: 100 * MIB,
      after: 150 * MIB,
      percent: 50,
      verdict: 'better',
    });
    // The same processor time for more bytes.
    expect(rows.get('cpuPerMib')?.before).toBeCloseTo(10_000);
    expect(rows.get('cpuPerMib')).toMatchObject({ verdict: 'better' });
    expect(rows.get('cpuPerMib')?.percent).toBeCloseTo(-33.33, 1);
    expect(rows.get('readP50')).toMatchObject({ verdict: 'same', percent: 0 });
    expect(rows.has('writeBytes')).toBe(false);
  });

  it.each([
    ['before', { stretchBefore: null }],
    ['after', { stretchAfter: null }],
    [
      'after, as nothing was read',
      {
        stretchAfter: { from: look(11_000, 8000, 400), to: look(12_000, 8000, 400) },
      },
    ],
  ])('has nothing to say without work %s', (_, changes) => {
    expect(toEffect(mark(changes))).toBe(null);
  });
});

describe('stretchStages()', () => {
  it('divides the time of one side alone', () => {
    const stages = stretchStages(mark({}).stretchBefore);
    expect(stages.write).toBe(null);
    expect(stages.read?.totalUs).toBeCloseTo(500);
    expect(stretchStages(null)).toEqual({ read: null, write: null });
  });
});
