import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../main/store/database.ts';
import { SettingsRepository } from '../../../main/store/settings-repository.ts';
import { VaultRepository } from '../../../main/store/vault-repository.ts';
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
