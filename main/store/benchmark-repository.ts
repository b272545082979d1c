import type { BenchmarkReport } from '../../shared/model/benchmark.ts';
import type { Database } from './database.ts';

/** Results of benchmarks, each with the machine that it was run on. */
export class BenchmarkRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(report: BenchmarkReport): void {
    this.#database
      .prepare('INSERT INTO benchmarks (started_ms, machine, report) VALUES (?, ?, ?)')
      .run(report.startedMs, JSON.stringify(report.machine), JSON.stringify(report));
  }

  /** Returns the results of one machine, the latest first. */
  list(machine: BenchmarkReport['machine']): readonly BenchmarkReport[] {
    return this.#database
      .prepare<[string], string>(
        'SELECT report FROM benchmarks WHERE machine = ? ORDER BY started_ms DESC',
      )
      .pluck()
      .all(JSON.stringify(machine))
      .map((text) => JSON.parse(text) as BenchmarkReport); // written by `add`
  }
}
