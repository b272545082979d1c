/** Known vaults, and settings as JSON by key. */
export const VAULTS_AND_SETTINGS = `
CREATE TABLE vaults (
  id TEXT PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  uuid TEXT,
  label TEXT,
  read_engine TEXT,
  write_engine TEXT,
  added_ms INTEGER NOT NULL,
  last_used_ms INTEGER
) STRICT;

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
`;
