import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../../main/store/database.ts';
import { SettingsRepository } from '../../../main/store/settings-repository.ts';
import { VaultRepository } from '../../../main/store/vault-repository.ts';

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
});
