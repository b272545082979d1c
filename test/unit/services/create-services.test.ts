import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createServices } from '../../../main/services/create-services.ts';
import type { SessionDescription } from '../../../main/session/session-description.ts';
import { openDatabase } from '../../../main/store/database.ts';
import { VaultRepository } from '../../../main/store/vault-repository.ts';
import type { AppSnapshot } from '../../../shared/model/app.ts';
import { NO_ENGINE_PREFERENCE } from '../../../shared/model/engine.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

/** Longer than two looks of the monitor. */
const TWO_LOOKS_MS = 1_200;

describe('createServices()', () => {
  let folder: TemporaryFolder;
  beforeEach(() => {
    folder = temporaryFolder();
    vi.stubEnv('XDG_RUNTIME_DIR', folder.path);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    folder[Symbol.dispose]();
  });

  const start = async () => {
    const database = openDatabase(':memory:');
    const header = { uuid: 'c2f0c5a2-7c1e-4c0b-9a52-2f6f0a6e9f10', label: '' };
    const vaultId = new VaultRepository(database).remember(folder.file('Vault.luks'), header);
    return { services: await createServices(database), vaultId };
  };
  /** Publishes a session whose process has died. */
  const leaveDeadSession = (sessionId: string) => {
    const session: SessionDescription = {
      version: 1,
      sessionId,
      processId: 2 ** 30,
      processStart: '1',
      path: folder.file('Vault.luks'),
      device: '0',
      inode: '0',
      uuid: '',
      label: '',
      mountPoint: folder.file('mount'),
      ownsMountPoint: false,
      isReadOnly: false,
      backend: 'fuse',
      filesystem: 'vfat',
      engine: { read: 'auto', write: 'auto', provider: 'native', threads: 1, notes: [] },
      startedMs: 0,
    };
    const sessions = folder.file('lockline/sessions');
    mkdirSync(sessions, { recursive: true, mode: 0o700 });
    const path = join(sessions, `${sessionId}.json`);
    writeFileSync(path, JSON.stringify(session), { mode: 0o600 });
    return path;
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, TWO_LOOKS_MS));

  it('looks at mounted vaults while somebody watches, and only then', async () => {
    const { services } = await start();
    await using _services = services;
    using _changes = services.subscribe(() => {}, 'changes');
    const first = leaveDeadSession('0000000000000001');
    await pause();
    expect(existsSync(first)).toBe(true);

    const seen: AppSnapshot[] = [];
    const watching = services.subscribe((snapshot) => seen.push(snapshot));
    await expect.poll(() => existsSync(first)).toBe(false);
    await pause();
    const told = seen.length;
    await pause();
    // Nothing changes any more, so nothing is told.
    expect(seen.length).toBe(told);

    watching[Symbol.dispose]();
    const second = leaveDeadSession('0000000000000002');
    await pause();
    expect(existsSync(second)).toBe(true);
  });

  it('keeps what is wanted of a locked vault for its next unlock', async () => {
    const { services, vaultId } = await start();
    await using _services = services;
    const preference = () => services.snapshot().vaults[0]?.preference;
    expect(preference()).toEqual(NO_ENGINE_PREFERENCE);

    const told: AppSnapshot[] = [];
    using _told = services.subscribe((snapshot) => told.push(snapshot), 'changes');
    expect(await services.tuneVault(vaultId, { read: 'inline', threads: 3 })).toBe(null);
    expect(await services.tuneVault(vaultId, { provider: 'noble' })).toBe(null);
    const chosen = { read: 'inline', write: null, provider: 'noble', threads: 3 };
    expect(preference()).toEqual(chosen);
    expect(told.at(-1)?.vaults[0]?.preference).toEqual(chosen);

    await services.tuneVault(vaultId, { read: null, provider: null, threads: null });
    expect(preference()).toEqual(NO_ENGINE_PREFERENCE);
    await expect(services.tuneVault('unknown', {})).rejects.toMatchObject({
      code: 'vault-unknown',
    });
  });
});
