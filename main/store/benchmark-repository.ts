import type { BenchmarkReport, BenchmarkRow, KeptReport } from '../../shared/model/benchmark.ts';
import type { Database } from './database.ts';

/** Reports of one machine that are kept; the oldest goes first. */
const KEPT_REPORTS = 50;

type Row = Readonly<{ id: number; report: string }>;

/** Results of benchmarks, each with the machine that it was run on. */
export class BenchmarkRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Keeps a report and returns its number. */
  add(report: BenchmarkReport): number {
    const machine = JSON.stringify(report.machine);
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO benchmarks (started_ms, machine, report) VALUES (?, ?, ?)')
      .run(report.startedMs, machine, JSON.stringify(report));
    this.#database
      .prepare(
        `DELETE FROM benchmarks WHERE machine = @machine AND id NOT IN (
           SELECT id FROM benchmarks WHERE machine = @machine ORDER BY started_ms DESC, id DESC LIMIT @kept)`,
      )
      .run({ machine, kept: KEPT_REPORTS });
    return Number(lastInsertRowid);
  }

  /** Returns the results of one machine, the latest first. */
  list(machine: BenchmarkReport['machine']): readonly KeptReport[] {
    return this.#database
      .prepare<[string], Row>(
        'SELECT id, report FROM benchmarks WHERE machine = ? ORDER BY started_ms DESC, id DESC',
      )
      .all(JSON.stringify(machine))
      .map(({ id, report }) => ({ id, report: parseReport(report) }));
  }

  /** Forgets a report; nothing where there is no such. */
  remove(id: number): void {
    this.#database.prepare('DELETE FROM benchmarks WHERE id = ?').run(id);
  }
}

/** What later versions added is missing in the reports of earlier ones. */
const ADDED = { threads: null, deviation: 0, keyBits: null } as const;

function parseReport(text: string): BenchmarkReport {
  const report = JSON.parse(text) as BenchmarkReport; // written by `add`
  const rows = report.rows.map((row): BenchmarkRow => ({ ...ADDED, ...row }));
  return {
    ...report,
    unavailable: report.unavailable ?? [],
    profile: report.profile ?? null,
    choices: report.choices ?? null,
    target: report.target ?? null,
    rows,
  };
}
