/** The last header backup of each known vault, by the sequence number that it holds. */
export const HEADER_BACKUPS = `
CREATE TABLE header_backups (
  vault_id TEXT PRIMARY KEY REFERENCES vaults (id) ON DELETE CASCADE,
  seqid INTEGER NOT NULL,
  made_ms INTEGER NOT NULL
) STRICT;
`;
