import { statSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../main/store/database.ts';
import { VAULTS_AND_SETTINGS } from '../../../main/store/migrations/0001-vaults-and-settings.ts';
import { SettingsRepository } from '../../../main/store/settings-repository.ts';
import {
  STATISTICS_RETENTION_MS,
  StatisticsRepository,
} from '../../../main/store/statistics-repository.ts';
import { VaultRepository } from '../../../main/store/vault-repository.ts';
import { DEFAULT_SETTINGS } from '../../../shared/model/settings.ts';
import type { HistoryPoint } from '../../../shared/model/statistics.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const header = { uuid: 'a4c0ffee-0000-4000-8000-000000000000', label: 'Label' };

describe('openDatabase()', () => {
  it('brings a database of the first version up to date and keeps what is in it', () => {
    using folder = temporaryFolder();
    const path = folder.file('lockline.db');
    const old = new SqliteDatabase(path);
    old.exec(VAULTS_AND_SETTINGS);
    old.pragma('user_version = 1');
    old
      .prepare('INSERT INTO vaults (id, path, name, added_ms) VALUES (?, ?, ?, ?)')
      .run('one', '/vaults/one', 'one', 1);
    old.prepare('INSERT INTO settings VALUES (?, ?)').run('kdfTimeMs', '3000');
    old.close();
    const database = openDatabase(path);
    expect(new VaultRepository(database).list().map(({ path: p }) => p)).toEqual(['/vaults/one']);
    expect(new SettingsRepository(database).read().kdfTimeMs).toBe(3000);
    database.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('refuses a database of a later Lockline and leaves it alone', () => {
    using folder = temporaryFolder();
    const path = folder.file('lockline.db');
    const newer = new SqliteDatabase(path);
    newer.pragma('user_version = 1000');
    newer.close();
    expect(() => openDatabase(path)).toThrow(expect.objectContaining({ code: 'database-newer' }));
    const after = new SqliteDatabase(path);
    expect(after.pragma('user_version', { simple: true })).toBe(1000);
    after.close();
  });
});

describe('VaultRepository', () => {
  it('knows a path once, keeps its id, and orders by last use', () => {
    const database = openDatabase(':memory:');
    const vaults = new VaultRepository(database);
    const first = vaults.remember('/a', header);
    const second = vaults.remember('/b', header);
    expect(vaults.remember('/a', { ...header, label: 'New' })).toBe(first);
    vaults.markUsed(second);
    expect(vaults.list().map(({ id }) => id)).toEqual([second, first]);
    expect(vaults.find(first)).toMatchObject({ path: '/a', label: 'New', name: 'a' });
    expect(vaults.findByPath('/b')?.id).toBe(second);
    vaults.remove(first);
    expect(vaults.find(first)).toBeUndefined();
    database.close();
  });
});

describe('SettingsRepository', () => {
  it('has defaults, keeps changes, and passes over what it cannot read', () => {
    const database = openDatabase(':memory:');
    const settings = new SettingsRepository(database);
    expect(settings.read()).toEqual(DEFAULT_SETTINGS);
    settings.update({ colorScheme: 'dark' });
    expect(settings.read()).toEqual({ ...DEFAULT_SETTINGS, colorScheme: 'dark' });
    for (const [key, value] of [
      ['kdfTimeMs', '"soon"'],
      ['colorScheme', '{'],
      ['unknown', '1'],
    ]) {
      database.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)').run(key, value);
    }
    expect(settings.read()).toEqual(DEFAULT_SETTINGS);
    expect(() => settings.update({ kdfTimeMs: 1 })).toThrow();
    database.close();
  });
});

describe('StatisticsRepository', () => {
  it('keeps a series per vault, drops what is too old, and forgets a vault with it', () => {
    const database = openDatabase(':memory:');
    const vaults = new VaultRepository(database);
    const series = new StatisticsRepository(database);
    const id = vaults.remember('/a', header);
    const point: HistoryPoint = {
      atMs: 0,
      spanMs: 10_000,
      readBytes: 4096,
      writtenBytes: 0,
      readRequests: 1,
      writeRequests: 0,
      read: { p50: 10, p95: 20, p99: 30 },
      write: null,
      ioBusy: 0.25,
      workersBusy: 0,
      cpu: 0.5,
      waiting: 2,
    };
    for (const atMs of [1000, 2000, 3000]) series.add(id, { ...point, atMs });
    expect(series.list(id, 3000)).toEqual([{ ...point, atMs: 3000 }]);
    expect(series.list(id, 2000).map(({ atMs }) => atMs)).toEqual([2000, 3000]);
    series.prune(STATISTICS_RETENTION_MS + 2500);
    expect(series.list(id, 0).map(({ atMs }) => atMs)).toEqual([3000]);
    vaults.remove(id);
    expect(series.list(id, 0)).toEqual([]);
    database.close();
  });
});
