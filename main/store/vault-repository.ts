import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Database } from './database.ts';

/** A known vault as it is stored. */
export type VaultRecord = Readonly<{
  id: string;
  path: string;
  name: string;
  uuid: string | null;
  label: string | null;
  addedMs: number;
  lastUsedMs: number | null;
}>;

const COLUMNS = `id, path, name, uuid, label, added_ms AS addedMs, last_used_ms AS lastUsedMs`;

/** The list of known vaults. Paths are absolute and unique. */
export class VaultRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns all vaults, the last used first. */
  list(): readonly VaultRecord[] {
    return this.#database
      .prepare<[], VaultRecord>(
        `SELECT ${COLUMNS} FROM vaults ORDER BY coalesce(last_used_ms, added_ms) DESC, name`,
      )
      .all();
  }

  find(id: string): VaultRecord | undefined {
    return this.#database
      .prepare<[string], VaultRecord>(`SELECT ${COLUMNS} FROM vaults WHERE id = ?`)
      .get(id);
  }

  findByPath(path: string): VaultRecord | undefined {
    return this.#database
      .prepare<[string], VaultRecord>(`SELECT ${COLUMNS} FROM vaults WHERE path = ?`)
      .get(path);
  }

  /** Adds a vault, or brings a known one's UUID and label up to date; returns its id. */
  remember(path: string, header: Readonly<{ uuid: string; label: string }>): string {
    this.#database
      .prepare(
        `INSERT INTO vaults (id, path, name, uuid, label, added_ms) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (path) DO UPDATE SET uuid = excluded.uuid, label = excluded.label`,
      )
      .run(randomUUID(), path, basename(path), header.uuid, header.label, Date.now());
    return this.#database
      .prepare<[string], string>('SELECT id FROM vaults WHERE path = ?')
      .pluck()
      .get(path) as string; // inserted or updated just now
  }

  markUsed(id: string): void {
    this.#database.prepare('UPDATE vaults SET last_used_ms = ? WHERE id = ?').run(Date.now(), id);
  }

  /** Forgets a vault; its file is not touched. */
  remove(id: string): void {
    this.#database.prepare('DELETE FROM vaults WHERE id = ?').run(id);
  }
}
