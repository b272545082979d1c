import { describe, expect, it } from 'vitest';
import { placesOf } from '../../../main/benchmark/bench-volume.ts';
import { parseCipherBenchmark } from '../../../main/benchmark/measure-kernel.ts';
import { summarizeRates } from '../../../main/benchmark/measure-rates.ts';
import { compareReports } from '../../../shared/compare-benchmarks.ts';
import { exportReport } from '../../../shared/export-benchmark.ts';
import type { BenchmarkReport, BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { findKnee, recommendEngine } from '../../../shared/recommend-engine.ts';
import { requestRate } from '../../../shared/request-rate.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { fakeReport, fakeRow } from '../../support/fake-benchmarks.ts';

const reportOf = (rows: readonly BenchmarkRow[], changes: Partial<BenchmarkReport> = {}) => ({
  ...fakeReport(0),
  rows,
  ...changes,
});

describe('compareReports()', () => {
  const one = (changes: Partial<BenchmarkRow>) => reportOf([fakeRow(changes)]);

  it.each([
    ['a rate that fell', { median: 1000 }, { median: 700 }, 'worse', -30],
    ['a rate that rose', { median: 1000 }, { median: 1500 }, 'better', 50],
    ['a time that rose', { median: 100, unit: 'ms' }, { median: 150, unit: 'ms' }, 'worse', 50],
    ['a time that fell', { median: 100, unit: 'ms' }, { median: 50, unit: 'ms' }, 'better', -50],
    ['noise', { median: 1000 }, { median: 950 }, 'same', -5],
    ['spreads that overlap', { median: 1000, p5: 500 }, { median: 700, p95: 900 }, 'same', -30],
    ['another figure', { threads: 2 }, { threads: 3 }, 'unknown', null],
  ] as const)('judges %s', (_, before, after, verdict, percent) => {
    const [row] = compareReports(one(before), one(after));
    expect(row?.verdict).toBe(verdict);
    if (percent === null) expect(row?.percent).toBe(null);
    else expect(row?.percent).toBeCloseTo(percent);
  });
});

describe('findKnee()', () => {
  const scaling = (...medians: readonly number[]) =>
    medians.map((median, index) =>
      fakeRow({ group: 'scaling', direction: 'read', threads: index + 1, median }),
    );

  it.each([
    [[1000, 1900, 2800, 2900, 2950], 3],
    [[1000, 1050], 1],
    [[1000, 1900], 2],
    [[1000, 600, 2500], 1],
    [[1000], 1],
  ])('of %j is %d', (medians, knee) => {
    expect(findKnee(scaling(...medians))).toBe(knee);
  });

  it('is nothing where scaling was not measured', () => {
    expect(findKnee([fakeRow({})])).toBe(null);
  });
});

describe('recommendEngine()', () => {
  const engines = (rates: Readonly<Record<'inline' | 'threaded' | 'auto', readonly number[]>>) =>
    (['inline', 'threaded', 'auto'] as const).flatMap((name) =>
      [4 * KIB, 64 * KIB, MIB].flatMap((requestBytes, size) =>
        (['read', 'write'] as const).map((direction) =>
          fakeRow({
            group: 'engine',
            name,
            direction,
            requestBytes,
            depth: 1,
            median: rates[name][size] ?? 0,
          }),
        ),
      ),
    );

  it('prefers auto unless another gains clearly over all sizes', () => {
    const close = engines({
      inline: [950, 2000, 2000],
      threaded: [900, 2500, 4000],
      auto: [940, 2500, 4000],
    });
    expect(recommendEngine(reportOf(close))).toMatchObject({ read: 'auto', write: 'auto' });
    const busy = engines({
      inline: [950, 2000, 2000],
      threaded: [400, 900, 1200],
      auto: [700, 1500, 1500],
    });
    expect(recommendEngine(reportOf(busy))).toMatchObject({ read: 'inline', readRate: 2000 });
  });

  it('tells whether the storage is the limit, and whether to believe it', () => {
    const rows = engines({ inline: [1, 1, 1], threaded: [1, 1, 1], auto: [900, 2000, 3000] });
    const disk = (median: number) =>
      fakeRow({ group: 'storage', name: 'raw-direct', requestBytes: MIB, median });
    expect(recommendEngine(reportOf([...rows, disk(500)]))).toMatchObject({
      storageRate: 500,
      isStorageTheLimit: true,
      isReliable: true,
    });
    expect(recommendEngine(reportOf([...rows, disk(5000)]))?.isStorageTheLimit).toBe(false);
    expect(recommendEngine(reportOf(rows))?.isStorageTheLimit).toBe(null);
    expect(recommendEngine(reportOf(rows, { isQuick: true }))?.isReliable).toBe(false);
    const doubtful = rows.map((row) => ({ ...row, isReliable: false }));
    expect(recommendEngine(reportOf(doubtful))?.isReliable).toBe(false);
  });

  it('says nothing without engines', () => {
    expect(recommendEngine(reportOf([fakeRow({})]))).toBe(null);
  });
});

describe('requestRate()', () => {
  const storage = { group: 'storage', name: 'raw-direct', requestBytes: 4 * KIB } as const;

  it.each([
    [1, 1000, 1000],
    [32, 1000, 32_000],
  ])('of a depth of %d is the rate in requests, and the time of one', (depth, iops, waitUs) => {
    const median = (iops * 4 * KIB) / MIB;
    expect(requestRate(fakeRow({ ...storage, depth, median }))).toEqual({ iops, waitUs });
  });

  it('is nothing of other figures', () => {
    expect(requestRate(fakeRow({}))).toBe(null);
  });
});

describe('placesOf()', () => {
  it.each([
    [16 * MIB, 4 * KIB, false],
    [17 * MIB, MIB, false],
    [16 * MIB, MIB, true],
    [MIB, MIB, false],
  ])(
    'meets each place of %d bytes once before it begins again',
    (fileBytes, bytes, isSequential) => {
      const next = placesOf(fileBytes, bytes, isSequential);
      const places = Array.from({ length: fileBytes / bytes }, next);
      expect(new Set(places).size).toBe(fileBytes / bytes);
      expect(Math.max(...places)).toBe(fileBytes - bytes);
      expect(places.every((at) => at % bytes === 0)).toBe(true);
    },
  );
});

describe('exportReport()', () => {
  it('gives text in the manner of disk benchmarks', () => {
    const text = exportReport(fakeReport(0), 'text');
    expect(text).toContain('[storage, raw-direct: Read]');
    expect(text).toMatch(/^SEQ1M Q8T1 {2}: +2988\.\d MB\/s \[ +2850\.0 IOPS\] < +2807\.0 us>$/m);
    expect(text).toContain('File of 128 MiB, 5 runs, 0 s apart, random data');
    expect(text).toContain('Not measured: kernel dm-crypt cipher: Required kernel');
  });

  const report = fakeReport(Date.UTC(2026, 4, 12));

  it('gives JSON that is the report', () => {
    expect(JSON.parse(exportReport(report, 'json'))).toEqual(report);
  });

  it('gives CSV with a line for each figure and quotes where they are needed', () => {
    const text = exportReport(report, 'csv');
    const lines = text.split('\r\n');
    expect(lines.length).toBe(report.rows.length + 2);
    expect(lines[0]).toBe(
      'group,name,direction,sectorBytes,requestBytes,depth,threads,unit,median,p5,p95,deviation,isReliable,keyBits',
    );
    expect(lines[1]).toBe('provider,native,read,512,4096,,,MiB/s,7400,7030,7770,222,true,512');
    expect(text).toContain('kdf,"pbkdf2-sha256, 1,000,000 iterations",');
    const evil = reportOf([fakeRow({ name: '=1+1' }), fakeRow({ name: 'a"b' })]);
    expect(exportReport(evil, 'csv')).toContain("provider,'=1+1,");
    expect(exportReport(evil, 'csv')).toContain('provider,"a""b",');
  });

  it('gives Markdown with a table for each group and what is missing', () => {
    const text = exportReport(report, 'markdown');
    for (const group of ['provider', 'engine', 'sweep', 'scaling', 'storage', 'kdf']) {
      expect(text).toContain(`## ${group}\n\n| name |`);
    }
    expect(text).toContain('- kernel, dm-crypt cipher: Required kernel crypto interface');
    expect(text).toContain('31 MiB/s (not reliable)');
    const tables = text.split('\n').filter((line) => line.startsWith('|'));
    expect(new Set(tables.map((line) => line.split('|').length))).toEqual(new Set([11]));
  });
});

describe('parseCipherBenchmark()', () => {
  it('reads the table of cryptsetup benchmark', () => {
    const text = `# Tests are approximate using memory only (no storage IO).
# Algorithm |       Key |      Encryption |      Decryption
    aes-xts        512b      3264.4 MiB/s      3201.0 MiB/s
`;
    expect(parseCipherBenchmark(text)).toMatchObject([
      { group: 'kernel', direction: 'write', median: 3264.4 },
      { group: 'kernel', direction: 'read', median: 3201 },
    ]);
  });

  it.each(['', 'Required kernel crypto interface not available.'])(
    'finds nothing in %j',
    (text) => {
      expect(parseCipherBenchmark(text)).toEqual([]);
    },
  );
});

describe('summarizeRates()', () => {
  it('tells median, spread and deviation, and marks what cannot be relied on', () => {
    expect(summarizeRates([100, 100, 100])).toMatchObject({ deviation: 0, isReliable: true });
    const wide = summarizeRates([100, 200, 300]);
    expect(wide).toMatchObject({ median: 200, p5: 100, p95: 300, isReliable: false });
    expect(wide.deviation).toBeCloseTo(81.65, 1);
  });
});
