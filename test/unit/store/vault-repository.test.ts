import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../main/store/database.ts';
import { SettingsRepository } from '../../../main/store/settings-repository.ts';
import { VaultRepository } from '../../../main/store/vault-repository.ts';
import { DEFAULT_AUTO_LOCK } from '../../../shared/model/auto-lock.ts';
import { DEFAULT_VAULT_OPTIONS } from '../../../shared/model/vault-options.ts';

const PATH = '/vaults/one';

function openRepositories() {
  const database = openDatabase(':memory:');
  const vaults = new VaultRepository(database);
  vaults.remember(PATH, { uuid: 'u', label: 'l' });
  return { database, vaults, settings: new SettingsRepository(database) };
}

describe('VaultRepository', () => {
  it('enginePreference() is the app-wide one until the vault has its own', () => {
    const { database, vaults, settings } = openRepositories();
    expect(vaults.enginePreference(PATH)).toEqual({
      read: 'auto',
      write: 'auto',
      provider: null,
      threads: null,
    });
    settings.update({ readEngine: 'inline' });
    vaults.preferEngine(PATH, { write: 'threaded', threads: 3 });
    vaults.preferEngine(PATH, { provider: 'noble' });
    expect(vaults.enginePreference(PATH)).toEqual({
      read: 'inline',
      write: 'threaded',
      provider: 'noble',
      threads: 3,
    });
    vaults.preferEngine(PATH, { write: null, threads: null });
    expect(vaults.enginePreference(PATH)).toMatchObject({ write: 'auto', threads: null });
    expect(vaults.enginePreference('/vaults/unknown')).toMatchObject({ read: 'inline' });
    database.close();
  });

  it('enginePreference() passes over what another Lockline stored and this one does not know', () => {
    const { database, vaults } = openRepositories();
    database.prepare("UPDATE vaults SET read_engine = 'quantum'").run();
    expect(vaults.enginePreference(PATH)).toMatchObject({ read: 'auto', provider: null });
    database.close();
  });

  it('change() stores name and options, and leaves what is not named', () => {
    const { database, vaults } = openRepositories();
    const id = vaults.findByPath(PATH)?.id ?? '';
    vaults.change(id, { name: 'Diary', isFavourite: true });
    vaults.change(id, { mountAtStart: true });
    expect(vaults.find(id)).toMatchObject({
      name: 'Diary',
      options: { ...DEFAULT_VAULT_OPTIONS, isFavourite: true, mountAtStart: true },
    });
    vaults.remember(PATH, { uuid: 'u', label: 'l' });
    expect(vaults.find(id)?.name).toBe('Diary');
    database.close();
  });

  it('change() keeps two choices of a policy, each made before the other was seen', () => {
    const { database, vaults, settings } = openRepositories();
    const id = vaults.findByPath(PATH)?.id ?? '';
    settings.update({ autoLock: { idleMinutes: 10, events: { suspend: false } } });
    settings.update({ autoLock: { events: { 'lid-close': true } } });
    vaults.change(id, { autoLock: {} });
    vaults.change(id, { autoLock: { events: { 'screen-lock': true } } });
    vaults.change(id, { autoLock: { events: { 'user-switch': false }, onExit: false } });
    const general = { ...DEFAULT_AUTO_LOCK, idleMinutes: 10, events: ['user-switch', 'lid-close'] };
    expect(settings.read().autoLock).toEqual(general);
    expect(vaults.find(id)?.options.autoLock).toEqual({
      ...general,
      events: ['screen-lock', 'lid-close'],
      onExit: false,
    });
    vaults.change(id, { autoLock: null, isFavourite: true });
    expect(vaults.find(id)?.options).toEqual({ ...DEFAULT_VAULT_OPTIONS, isFavourite: true });
    database.close();
  });

  it('preferBackend() keeps two flags, each set before the other was seen', () => {
    const { database, vaults } = openRepositories();
    vaults.preferBackend(PATH, { flagChanges: { high_priority: true } });
    vaults.preferBackend(PATH, { flagChanges: { no_read_workqueue: true } });
    vaults.preferBackend(PATH, { flagChanges: { high_priority: false }, backend: 'dmcrypt' });
    expect(vaults.ownBackend(PATH)).toEqual({
      backend: 'dmcrypt',
      flags: ['no_read_workqueue'],
      driver: null,
    });
    database.close();
  });

  it.each(['{', '[]', '{"autoLock":{"idleMinutes":0}}', '{"later":1}'])(
    'passes over options that it cannot read: %s',
    (text) => {
      const { database, vaults } = openRepositories();
      database.prepare('UPDATE vaults SET options = ?').run(text);
      expect(vaults.findByPath(PATH)?.options).toEqual(DEFAULT_VAULT_OPTIONS);
      database.close();
    },
  );
});
