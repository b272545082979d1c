import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { BenchmarkRepository } from '../../../main/store/benchmark-repository.ts';
import { type Database, MIGRATIONS, openDatabase } from '../../../main/store/database.ts';
import { HeaderBackupRepository } from '../../../main/store/header-backup-repository.ts';
import { SettingsRepository } from '../../../main/store/settings-repository.ts';
import { StatisticsRepository } from '../../../main/store/statistics-repository.ts';
import { VaultRepository } from '../../../main/store/vault-repository.ts';
import { DEFAULT_SETTINGS } from '../../../shared/model/settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Databases as the Lockline of each schema wrote them, with something in every table and setting. */
const FOLDER = fileURLToPath(new URL('./schemas/', import.meta.url));
const VERSIONS = MIGRATIONS.map((_migration, index) => index + 1);

/** Returns a database of an earlier schema, brought up to date. */
function openFrom(version: number, path: string): Database {
  const old = new SqliteDatabase(path);
  old.exec(readFileSync(`${FOLDER}schema-${version}.sql`, 'utf8'));
  old.close();
  return openDatabase(path);
}

/** Tables and columns with their types, as SQLite sees them; not the text that made them. */
function describeSchema(database: Database): unknown {
  const names = database
    .prepare<[], string>(
      "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all();
  return names.map((name) => [
    name,
    database.pragma(`table_xinfo(${name})`),
    database.pragma(`foreign_key_list(${name})`),
    database.pragma(`index_list(${name})`),
  ]);
}

const CHANGED_SINCE_1 = { colorScheme: 'dark', kdfTimeMs: 3000, openFolderAfterMount: false };
const CHANGED_SINCE_5 = { backend: 'auto' };
const CHANGED_SINCE_6 = {
  language: 'ja',
  notifications: false,
  startAtLogin: true,
  startMinimised: true,
  keepInTray: false,
  hasLockAllShortcut: true,
  mountReadOnly: true,
  autoLock: { ...DEFAULT_SETTINGS.autoLock, onExit: !DEFAULT_SETTINGS.autoLock.onExit },
};

describe('a database of an earlier Lockline', () => {
  it('is stored here for every schema that there was', () => {
    // A new migration: write the database of the schema before it with that schema's own program.
    expect(readdirSync(FOLDER).toSorted()).toEqual(
      VERSIONS.map((version) => `schema-${version}.sql`),
    );
  });

  it.each(VERSIONS)('of schema %i becomes what a new one is', (version) => {
    using folder = temporaryFolder();
    const database = openFrom(version, folder.file('lockline.db'));
    const fresh = openDatabase(':memory:');
    expect(describeSchema(database)).toEqual(describeSchema(fresh));
    expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(database.pragma('foreign_key_check')).toEqual([]);
    fresh.close();
    database.close();
  });

  it.each(VERSIONS)('of schema %i keeps its vaults and what is wanted of them', (version) => {
    using folder = temporaryFolder();
    const database = openFrom(version, folder.file('lockline.db'));
    const vaults = new VaultRepository(database);
    const [used, diary, ...others] = vaults.list();
    expect(others).toEqual([]);
    expect(used).toMatchObject({ id: 'zoe', path: '/media/ada/it\'s a "disk"/Zoë.luks' });
    expect(used).toMatchObject({ name: 'Zoë.luks', label: '', lastUsedMs: 1_700_000_001_000 });
    expect(diary).toMatchObject({
      id: 'diary',
      path: '/home/ada/Diary.luks',
      name: version < 6 ? 'Diary.luks' : 'My diary',
      uuid: 'a4c0ffee-0000-4000-8000-000000000001',
      label: 'Diary',
      addedMs: 1_700_000_000_000,
      lastUsedMs: null,
      headerPath: version < 8 ? null : '/home/ada/Diary.header',
      preference:
        version < 2
          ? { read: 'inline', write: 'inline', provider: null, threads: null }
          : { read: 'threaded', write: 'inline', provider: 'noble', threads: 3 },
      options: { isFavourite: version >= 6, mountReadOnly: version < 6 ? null : true },
    });
    expect(diary?.backendPreference).toMatchObject(
      version < 5
        ? { backend: null, driver: null }
        : { backend: 'dmcrypt', flags: ['no_read_workqueue'], driver: 'xts-aes-aesni' },
    );
    database.close();
  });

  it.each(VERSIONS)(
    'of schema %i keeps every setting, and what is new has its default',
    (version) => {
      using folder = temporaryFolder();
      const database = openFrom(version, folder.file('lockline.db'));
      expect(new SettingsRepository(database).read()).toEqual({
        ...DEFAULT_SETTINGS,
        ...CHANGED_SINCE_1,
        readEngine: 'inline',
        writeEngine: version < 2 ? 'inline' : 'threaded',
        ...(version < 5 ? {} : CHANGED_SINCE_5),
        ...(version < 6 ? {} : CHANGED_SINCE_6),
      });
      database.close();
    },
  );

  it.each(VERSIONS)('of schema %i keeps measurements and backups where it had any', (version) => {
    using folder = temporaryFolder();
    const database = openFrom(version, folder.file('lockline.db'));
    const machine = {
      processor: 'A processor',
      cores: 2,
      memoryBytes: 8_589_934_592,
      system: 'Linux 6.1',
      runtime: 'Node 24',
    };
    const reports = new BenchmarkRepository(database).list(machine);
    expect(reports.map(({ report }) => report.rows[0]?.median)).toEqual(version < 3 ? [] : [1200]);
    // The series of schema 3 counted otherwise, and went.
    const points = new StatisticsRepository(database).list('zoe', 0);
    expect(points.map(({ read }) => read)).toEqual(
      version < 4 ? [] : [{ p50: 10, p95: 20, p99: 30 }],
    );
    const backup = new HeaderBackupRepository(database).find('diary');
    expect(backup).toEqual(version < 7 ? undefined : { seqid: 7, madeMs: 1_700_000_004_000 });
    database.close();
  });
});
