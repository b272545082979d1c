import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BenchmarkRepository } from '../../main/store/benchmark-repository.ts';
import { openDatabase } from '../../main/store/database.ts';
import { BENCHMARK_GROUPS, type BenchmarkReport } from '../../shared/model/benchmark.ts';
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
    expect(readdirSync(lockline.folder.path).filter((name) => name.includes('bench'))).toEqual([]);

    const database = openDatabase(lockline.folder.file('data/lockline/lockline.db'));
    const kept = new BenchmarkRepository(database).list(report.machine);
    expect(kept).toMatchObject([{ report }]);
    const other = { ...report.machine, processor: 'another' };
    expect(new BenchmarkRepository(database).list(other)).toEqual([]);
    database.close();
  }, 120_000);

  it('says why a folder cannot be measured', async () => {
    await using lockline = createLockline();
    const { code, stderr } = await lockline.run(['bench', '--quick', '--folder', '/proc']);
    expect(code).toBe(7);
    expect(stderr).toMatch(/permission-denied|file-missing|io-error/);
  }, 60_000);
});
