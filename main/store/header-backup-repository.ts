import type { Database } from './database.ts';

/** The last header backup of a vault that Lockline made. */
export type HeaderBackup = Readonly<{ seqid: number; madeMs: number }>;

/** Which known vaults have a header backup, and of which state. */
export class HeaderBackupRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param seqid - Of the header that was backed up: a header with a higher one has changed since. */
  note(vaultId: string, seqid: number, madeMs: number): void {
    this.#database
      .prepare(
        `INSERT INTO header_backups (vault_id, seqid, made_ms) VALUES (?, ?, ?)
         ON CONFLICT (vault_id) DO UPDATE SET seqid = excluded.seqid, made_ms = excluded.made_ms`,
      )
      .run(vaultId, seqid, madeMs);
  }

  find(vaultId: string): HeaderBackup | undefined {
    return this.#database
      .prepare<[string], HeaderBackup>(
        'SELECT seqid, made_ms AS madeMs FROM header_backups WHERE vault_id = ?',
      )
      .get(vaultId);
  }
}
