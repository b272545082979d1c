import type { VolumeStatistics } from '../../shared/model/statistics.ts';
import type { Database } from './database.ts';

/** How long a time series is kept. */
export const STATISTICS_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

/** One point of a vault's time series: counts since mount, latencies in microseconds. */
export type StatisticsPoint = Readonly<{
  atMs: number;
  readBytes: number;
  writtenBytes: number;
  readRequests: number;
  writeRequests: number;
  errors: number;
  readP50Us: number;
  readP99Us: number;
  writeP50Us: number;
  writeP99Us: number;
}>;

/** Time series of mounted vaults. */
export class StatisticsRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds a point; a vault has one at a time. */
  add(vaultId: string, { atMs, read, write }: VolumeStatistics): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO statistics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(
        vaultId,
        atMs,
        read.bytes,
        write.bytes,
        read.requests,
        write.requests,
        read.errors + write.errors,
        read.latency.p50,
        read.latency.p99,
        write.latency.p50,
        write.latency.p99,
      );
  }

  /** Returns the points of a vault since a time, the oldest first. */
  list(vaultId: string, sinceMs: number): readonly StatisticsPoint[] {
    return this.#database
      .prepare<[string, number], StatisticsPoint>(
        `SELECT at_ms AS atMs, read_bytes AS readBytes, written_bytes AS writtenBytes,
           read_requests AS readRequests, write_requests AS writeRequests, errors,
           read_p50_us AS readP50Us, read_p99_us AS readP99Us,
           write_p50_us AS writeP50Us, write_p99_us AS writeP99Us
         FROM statistics WHERE vault_id = ? AND at_ms >= ? ORDER BY at_ms`,
      )
      .all(vaultId, sinceMs);
  }

  /** Drops what is older than the retention. */
  prune(nowMs: number): void {
    this.#database
      .prepare('DELETE FROM statistics WHERE at_ms < ?')
      .run(nowMs - STATISTICS_RETENTION_MS);
  }
}
