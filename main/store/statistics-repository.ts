import type { Percentiles } from '../../shared/latency-buckets.ts';
import type { HistoryPoint } from '../../shared/model/statistics.ts';
import type { Database } from './database.ts';

/** How long a time series is kept. */
export const STATISTICS_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

type PercentileColumns = Readonly<
  Record<`${'read' | 'write'}${'P50' | 'P95' | 'P99'}Us`, number | null>
>;
type Row = Omit<HistoryPoint, 'read' | 'write'> & PercentileColumns;

/** Time series of mounted vaults. */
export class StatisticsRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds a point; a vault has one at a time. */
  add(vaultId: string, { read, write, ...counts }: HistoryPoint): void {
    this.#database
      .prepare(
        `INSERT OR REPLACE INTO statistics VALUES (
           @vaultId, @atMs, @spanMs, @readBytes, @writtenBytes, @readRequests, @writeRequests,
           @readP50Us, @readP95Us, @readP99Us, @writeP50Us, @writeP95Us, @writeP99Us,
           @ioBusy, @workersBusy, @cpu, @waiting)`,
      )
      .run({ vaultId, ...counts, ...toColumns(read, write) });
  }

  /** Returns the points of a vault since a time, the oldest first. */
  list(vaultId: string, sinceMs: number): readonly HistoryPoint[] {
    return this.#database
      .prepare<[string, number], Row>(
        `SELECT at_ms AS atMs, span_ms AS spanMs, read_bytes AS readBytes,
           written_bytes AS writtenBytes, read_requests AS readRequests,
           write_requests AS writeRequests, read_p50_us AS readP50Us, read_p95_us AS readP95Us,
           read_p99_us AS readP99Us, write_p50_us AS writeP50Us, write_p95_us AS writeP95Us,
           write_p99_us AS writeP99Us, io_busy AS ioBusy, workers_busy AS workersBusy, cpu, waiting
         FROM statistics WHERE vault_id = ? AND at_ms >= ? ORDER BY at_ms`,
      )
      .all(vaultId, sinceMs)
      .map(toPoint);
  }

  /** Drops what is older than the retention. */
  prune(nowMs: number): void {
    this.#database
      .prepare('DELETE FROM statistics WHERE at_ms < ?')
      .run(nowMs - STATISTICS_RETENTION_MS);
  }
}

function toColumns(read: Percentiles | null, write: Percentiles | null): PercentileColumns {
  return {
    readP50Us: read?.p50 ?? null,
    readP95Us: read?.p95 ?? null,
    readP99Us: read?.p99 ?? null,
    writeP50Us: write?.p50 ?? null,
    writeP95Us: write?.p95 ?? null,
    writeP99Us: write?.p99 ?? null,
  };
}

function toPoint(row: Row): HistoryPoint {
  const { readP50Us, readP95Us, readP99Us, writeP50Us, writeP95Us, writeP99Us, ...counts } = row;
  return {
    ...counts,
    read: toPercentiles(readP50Us, readP95Us, readP99Us),
    write: toPercentiles(writeP50Us, writeP95Us, writeP99Us),
  };
}

function toPercentiles(
  p50: number | null,
  p95: number | null,
  p99: number | null,
): Percentiles | null {
  return p50 === null || p95 === null || p99 === null ? null : { p50, p95, p99 };
}
