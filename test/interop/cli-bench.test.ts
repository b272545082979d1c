import { readdirSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BenchmarkRepository } from '../../main/store/benchmark-repository.ts';
import { openDatabase } from '../../main/store/database.ts';
import {
  BENCHMARK_GROUPS,
  type BenchmarkReport,
  DEFAULT_BENCHMARK_CHOICES,
} from '../../shared/model/benchmark.ts';
import { GIB, MIB } from '../../shared/units.ts';
import { createLockline } from '../support/run-lockline.ts';

describe('lockline bench', () => {
  it('measures every group, keeps the result, and leaves nothing in the folder', async () => {
    await using lockline = createLockline();
    const report = (await lockline.json([
      'bench',
      '--quick',
      '--folder',
      lockline.folder.path,
    ])) as unknown as BenchmarkReport;
    const without = report.unavailable.map(({ group, name }) => `${group} ${name}`);
    // What this kernel, or no mounted vault, cannot give is named with its reason.
    expect(without).toContain('storage mounted');
    const measured = new Set(report.rows.map(({ group }) => group));
    const lacking = new Set(report.unavailable.map(({ group }) => group));
    for (const group of BENCHMARK_GROUPS)
      expect(measured.has(group) || lacking.has(group)).toBe(true);
    for (const group of ['provider', 'engine', 'sweep', 'scaling', 'storage', 'kdf'] as const) {
      expect(measured).toContain(group);
    }
    for (const row of report.rows) {
      expect(row.median).toBeGreaterThan(0);
      expect(row.p5).toBeLessThanOrEqual(row.median);
      expect(row.p95).toBeGreaterThanOrEqual(row.median);
    }
    const engines = report.rows.filter(({ group }) => group === 'engine');
    expect(new Set(engines.map(({ name }) => name))).toEqual(
      new Set(['inline', 'threaded', 'auto']),
    );
    expect(new Set(engines.map(({ depth }) => depth))).toEqual(new Set([1, 4, 32]));
    const deep = report.rows.filter(({ group, depth }) => group === 'storage' && depth === 32);
    expect(new Set(deep.map(({ name }) => name))).toEqual(new Set(['raw-direct', 'vault-direct']));
    expect(report.choices).toEqual(DEFAULT_BENCHMARK_CHOICES);
    expect(report.target?.freeBytes).toBeGreaterThan(0);
    expect(readdirSync(lockline.folder.path).filter((name) => name.includes('bench'))).toEqual([]);

    const database = openDatabase(lockline.folder.file('data/lockline/lockline.db'));
    const kept = new BenchmarkRepository(database).list(report.machine);
    expect(kept).toMatchObject([{ report }]);
    const other = { ...report.machine, processor: 'another' };
    expect(new BenchmarkRepository(database).list(other)).toEqual([]);
    database.close();
  }, 300_000);

  it('measures one test of storage as it was told to, and removes what a killed run left', async () => {
    await using lockline = createLockline();
    const left = lockline.folder.file('.lockline-bench-0123456789abcdef');
    writeFileSync(left, 'left');
    utimesSync(left, 1, 1);
    const options = ['--tests', 'rnd4k-q32t1', '--file-size', '16M', '--runs', '2'];
    const report = (await lockline.json([
      ...['bench', '--quick', '--only', 'storage', '--content', 'zero', ...options],
      ...['--folder', lockline.folder.path],
    ])) as unknown as BenchmarkReport;
    expect(
      new Set(report.rows.map(({ requestBytes, depth }) => `${requestBytes} ${depth}`)),
    ).toEqual(new Set(['4096 32']));
    expect(report.rows.map(({ direction }) => direction)).toContain(null);
    expect(report.profile).toBeNull();
    expect(report.choices?.storage).toMatchObject({
      fileBytes: 16 * MIB,
      runs: 2,
      content: 'zero',
    });
    expect(readdirSync(lockline.folder.path).filter((name) => name.includes('bench'))).toEqual([]);
  }, 120_000);

  it('keeps providers that a buffer is too large for, with the reason', async () => {
    await using lockline = createLockline();
    const options = ['bench', '--quick', '--only', 'provider', '--buffer', '100M'];
    const report = (await lockline.json(options)) as unknown as BenchmarkReport;
    expect(report.rows.some(({ requestBytes }) => requestBytes === 100 * MIB)).toBe(true);
    expect(report.unavailable.map(({ name, reason }) => `${name}: ${reason}`)).toContainEqual(
      expect.stringMatching(/^noble: one pass over 100 MiB would take \d+ s$/),
    );
    expect(report.target).toBeNull();
  }, 300_000);

  it.each([
    ['--file-size', '1000T', 2, 'payload-invalid'],
    ['--file-size', '17000000', 2, 'payload-invalid'],
    ['--runs', '10', 2, 'payload-invalid'],
    ['--buffer', '3M', 2, 'payload-invalid'],
    ['--only', 'nothing', 2, 'payload-invalid'],
    ['--interval', '-1', 2, 'payload-invalid'],
  ] as const)('refuses %s %s with a code and its name', async (option, value, exitCode, error) => {
    await using lockline = createLockline();
    const { code, stderr } = await lockline.run(['bench', option, value]);
    expect(code).toBe(exitCode);
    expect(stderr).toContain(error);
    expect(stderr).toContain(option);
  });

  it('refuses a file that has no room, before it measures anything', async () => {
    await using lockline = createLockline();
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > 64 * GIB) return;
    const options = ['--only', 'storage', '--file-size', '64G', '--folder', '/dev/shm'];
    const { code, stderr } = await lockline.run(['bench', ...options]);
    expect(code).toBe(7);
    expect(stderr).toContain('no-space');
  });

  it('says why a folder cannot be measured', async () => {
    await using lockline = createLockline();
    const { code, stderr } = await lockline.run(['bench', '--quick', '--folder', '/proc']);
    expect(code).toBe(7);
    expect(stderr).toMatch(/permission-denied|file-missing|io-error/);
  }, 120_000);
});
