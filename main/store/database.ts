import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { StateError } from '../../shared/errors/vault-error.ts';
import { dataFolder } from './data-folder.ts';
import { VAULTS_AND_SETTINGS } from './migrations/0001-vaults-and-settings.ts';
import { ENGINE_PREFERENCE } from './migrations/0002-engine-preference.ts';
import { STATISTICS_AND_BENCHMARKS } from './migrations/0003-statistics-and-benchmarks.ts';
import { STATISTICS_BY_INTERVAL } from './migrations/0004-statistics-by-interval.ts';
import { BACKEND_PREFERENCE } from './migrations/0005-backend-preference.ts';
import { VAULT_OPTIONS } from './migrations/0006-vault-options.ts';
import { HEADER_BACKUPS } from './migrations/0007-header-backups.ts';
import { HEADER_PIN } from './migrations/0008-header-pin.ts';

/** Each takes the schema from the version that is its index to the next. Append only. */
export const MIGRATIONS: readonly string[] = [
  VAULTS_AND_SETTINGS,
  ENGINE_PREFERENCE,
  STATISTICS_AND_BENCHMARKS,
  STATISTICS_BY_INTERVAL,
  BACKEND_PREFERENCE,
  VAULT_OPTIONS,
  HEADER_BACKUPS,
  HEADER_PIN,
];

const BUSY_TIMEOUT_MS = 5_000;

export type Database = SqliteDatabase.Database;

/** Returns where the database lies. */
export function databasePath(): string {
  return join(dataFolder(), 'lockline.db');
}

/**
 * Opens the database and brings its schema up to date, all in one transaction. It holds known
 * vaults and settings, and never a secret.
 *
 * @throws StateError `database-newer` where a later Lockline wrote it; nothing is changed then.
 */
export function openDatabase(path = databasePath()): Database {
  const database = new SqliteDatabase(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    assertNotNewer(database); // before anything is written, the way it is kept included
    if (path !== ':memory:') chmodSync(path, 0o600);
    database.pragma('journal_mode = WAL');
    database.pragma('foreign_keys = ON');
    database.transaction(() => migrate(database)).immediate();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @returns The version of the schema. */
function assertNotNewer(database: Database): number {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) {
    throw new StateError('database-newer', { version, supported: MIGRATIONS.length });
  }
  return version;
}

function migrate(database: Database): void {
  const version = assertNotNewer(database); // another process may have been quicker
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
  database.pragma(`user_version = ${MIGRATIONS.length}`);
}
