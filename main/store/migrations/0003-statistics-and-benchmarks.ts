/** Time series of mounted vaults, and results of benchmarks as JSON documents. */
export const STATISTICS_AND_BENCHMARKS = `
CREATE TABLE statistics (
  vault_id TEXT NOT NULL REFERENCES vaults (id) ON DELETE CASCADE,
  at_ms INTEGER NOT NULL,
  read_bytes INTEGER NOT NULL,
  written_bytes INTEGER NOT NULL,
  read_requests INTEGER NOT NULL,
  write_requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  read_p50_us REAL NOT NULL,
  read_p99_us REAL NOT NULL,
  write_p50_us REAL NOT NULL,
  write_p99_us REAL NOT NULL,
  PRIMARY KEY (vault_id, at_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX statistics_by_age ON statistics (at_ms);

CREATE TABLE benchmarks (
  id INTEGER PRIMARY KEY,
  started_ms INTEGER NOT NULL,
  machine TEXT NOT NULL,
  report TEXT NOT NULL
) STRICT;
`;
