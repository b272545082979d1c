/**
 * Time series of mounted vaults by interval: what happened between two points, with percentiles of
 * that time alone. The series of before, which counted since the mount, goes.
 */
export const STATISTICS_BY_INTERVAL = `
DROP TABLE statistics;

CREATE TABLE statistics (
  vault_id TEXT NOT NULL REFERENCES vaults (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  span_ms INTEGER NOT NULL,
  read_bytes INTEGER NOT NULL,
  written_bytes INTEGER NOT NULL,
  read_requests INTEGER NOT NULL,
  write_requests INTEGER NOT NULL,
  read_p50_us REAL,
  read_p95_us REAL,
  read_p99_us REAL,
  write_p50_us REAL,
  write_p95_us REAL,
  write_p99_us REAL,
  io_busy REAL NOT NULL,
  workers_busy REAL NOT NULL,
  cpu REAL NOT NULL,
  waiting INTEGER NOT NULL,
  PRIMARY KEY (vault_id, at_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX statistics_by_age ON statistics (at_ms);
`;
