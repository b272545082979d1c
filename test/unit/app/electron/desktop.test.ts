import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { PowerMonitor } from 'electron/main';
import { describe, expect, it, vi } from 'vitest';
import { appWords } from '../../../../main/app/app-words.ts';
import { setAutostart } from '../../../../main/app/autostart.ts';
import {
  createElectronKeychain,
  type Safe,
} from '../../../../main/app/electron/electron-keychain.ts';
import { createElectronLockEvents } from '../../../../main/app/electron/electron-lock-events.ts';
import { trayMenu, trayToolTip } from '../../../../main/app/electron/tray-menu.ts';
import { readWindowState, writeWindowState } from '../../../../main/app/electron/window-state.ts';
import { JobNotices } from '../../../../main/app/notifier.ts';
import { SecretBytes } from '../../../../main/bytes/secret-bytes.ts';
import { toWireError, VaultError } from '../../../../shared/errors/vault-error.ts';
import { DEFAULT_VAULT_OPTIONS } from '../../../../shared/model/vault-options.ts';
import { createFakeServices, fakeJob, fakeVault } from '../../../support/fake-services.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const EN = appWords('en', '');

/** Encrypts as little as a double may, so that a test can see what went through it. */
function fakeSafe(backend: string, isEncryptionAvailable = true): Safe {
  return {
    isEncryptionAvailable: () => isEncryptionAvailable,
    encryptString: (text) => Buffer.from(`sealed:${[...text].reverse().join('')}`),
    decryptString: (bytes) => [...bytes.toString().slice('sealed:'.length)].reverse().join(''),
    // The names are Electron's.
    getSelectedStorageBackend: () => backend as 'gnome_libsecret',
  };
}
const bytesOf = (text: string) => SecretBytes.copyOf(new TextEncoder().encode(text));

describe('the keychain', () => {
  it('keeps a passphrase sealed, gives it back, and forgets it', () => {
    using folder = temporaryFolder();
    const keychain = createElectronKeychain(fakeSafe('gnome_libsecret'), folder.path, 'linux');
    using passphrase = bytesOf('größer \0 than life');
    keychain.store('v1', passphrase);
    keychain.store('v2', passphrase);
    expect(statSync(folder.file('v1')).mode & 0o777).toBe(0o600);
    expect(readFileSync(folder.file('v1'), 'utf8')).toMatch(/^sealed:/);
    const later = createElectronKeychain(fakeSafe('gnome_libsecret'), folder.path, 'linux');
    using read = later.read('v1');
    expect(read.bytes).toEqual(passphrase.bytes);
    later.forget('v1');
    expect(later.has('v1')).toBe(false);
    expect(() => later.read('v1')).toThrow(
      expect.objectContaining({ code: 'passphrase-not-stored' }),
    );
    later.forgetAll();
    expect(existsSync(folder.file('v2'))).toBe(false);
  });

  it.each([
    ['basic_text', true],
    ['unknown', true],
    ['gnome_libsecret', false],
  ])('stores nothing with the backend %s (available: %s)', (backend, isThere) => {
    using folder = temporaryFolder();
    const keychain = createElectronKeychain(fakeSafe(backend, isThere), folder.path, 'linux');
    expect(keychain.isAvailable).toBe(false);
    using passphrase = bytesOf('secret');
    expect(() => keychain.store('v1', passphrase)).toThrow(
      expect.objectContaining({ code: 'keychain-unavailable' }),
    );
    expect(existsSync(folder.file('v1'))).toBe(false);
  });

  it.each(['../v1', 'a/b', '', '.'])('takes no id that is a path: %j', (id) => {
    using folder = temporaryFolder();
    const keychain = createElectronKeychain(fakeSafe('kwallet6'), folder.path, 'linux');
    using passphrase = bytesOf('secret');
    expect(() => keychain.store(id, passphrase)).toThrow(
      expect.objectContaining({ code: 'passphrase-not-stored' }),
    );
  });
});

describe('events of the system', () => {
  it('are passed on by their meaning until disposed', () => {
    const on = vi.fn();
    const removeListener = vi.fn();
    const told: string[] = [];
    // Only what the glue touches.
    const monitor = { on, removeListener } as unknown as PowerMonitor;
    const subscription = createElectronLockEvents(monitor).subscribe((event) => told.push(event));
    for (const [, listener] of on.mock.calls) listener();
    expect(on.mock.calls.map(([name]) => name)).toEqual([
      'suspend',
      'lock-screen',
      'user-did-resign-active',
    ]);
    expect(told).toEqual(['suspend', 'screen-lock', 'user-switch']);
    subscription[Symbol.dispose]();
    expect(removeListener.mock.calls.map(([, listener]) => listener)).toEqual(
      on.mock.calls.map(([, listener]) => listener),
    );
  });
});

describe('the tray', () => {
  const actions = {
    show: vi.fn(),
    unlock: vi.fn(),
    lock: vi.fn(),
    openFolder: vi.fn(),
    lockAll: vi.fn(),
    quit: vi.fn(),
  };
  const { services, arrange } = createFakeServices();
  arrange({
    vaults: [
      fakeVault({ id: 'm', name: 'Work', state: 'mounted', mountPoint: '/run/Work' }),
      fakeVault({ id: 'n', name: 'Raw', state: 'mounted', mountPoint: '/s', backend: 'nbd' }),
      fakeVault({
        id: 'f',
        name: 'Diary',
        options: { ...DEFAULT_VAULT_OPTIONS, isFavourite: true },
      }),
      fakeVault({ id: 'o', name: 'Other' }),
    ],
  });

  it('offers what can be done, and nothing that cannot', () => {
    const menu = trayMenu(services.snapshot(), EN, actions);
    expect(menu.map(({ label, type }) => label ?? type)).toEqual([
      'Show Lockline',
      'separator',
      'Open Work',
      'Lock Work',
      'Lock Raw',
      'Unlock Diary…',
      'separator',
      'Lock all',
      'Quit',
    ]);
    // The entries need nothing of what Electron hands to a click.
    for (const { click } of menu) (click as (() => void) | undefined)?.();
    expect(actions.openFolder).toHaveBeenCalledWith('/run/Work');
    expect(actions.lock.mock.calls).toEqual([['m'], ['n']]);
    expect(actions.unlock).toHaveBeenCalledWith('f');
    expect(trayToolTip(services.snapshot(), EN)).toBe('Lockline: 2 mounted');
  });

  it('speaks the language of the settings, else the one of the system, else English', () => {
    expect(appWords('auto', 'de-AT').lockAll).toBe('Alle sperren');
    expect(appWords('ja', 'de-AT').quit).toBe('終了');
    expect(appWords('auto', 'pt-BR').quit).toBe('Quit');
  });
});

describe('notifications', () => {
  it('tell once of what failed while nobody looked', () => {
    const { services, arrange } = createFakeServices();
    const notices = new JobNotices();
    const busy = toWireError(new VaultError('unmount-busy'));
    arrange({ jobs: [fakeJob({ id: 'a', kind: 'lock', state: 'failed', error: busy })] });
    const first = notices.take(services.snapshot(), EN, false);
    expect(first.map(({ body }) => body)).toEqual(['Photos.luks is in use and stays mounted']);
    expect(notices.take(services.snapshot(), EN, false)).toEqual([]);
    arrange({ jobs: [fakeJob({ id: 'b', state: 'failed', error: busy })] });
    expect(notices.take(services.snapshot(), EN, true)).toEqual([]);
    expect(notices.take(services.snapshot(), EN, false)).toEqual([]);
  });
});

describe('the place of the window', () => {
  const area = { x: 0, y: 0, width: 1920, height: 1080 };
  const state = { x: 100, y: 80, width: 1000, height: 700, isMaximised: true };

  it('is remembered, unless it is out of reach now', () => {
    using folder = temporaryFolder();
    const path = folder.file('window.json');
    expect(readWindowState(path, [area])).toBeUndefined();
    writeWindowState(path, state);
    expect(readWindowState(path, [area])).toEqual(state);
    expect(readWindowState(path, [{ ...area, x: 5000 }])).toBeUndefined();
    writeFileSync(path, '{"x":1e99}');
    expect(readWindowState(path, [area])).toBeUndefined();
    writeWindowState(folder.file('no/such/folder'), state);
  });
});

describe('the start at login', () => {
  it('is an entry of the desktop on Linux, quoted, and goes away again', () => {
    using folder = temporaryFolder();
    const app = { setLoginItemSettings: vi.fn() };
    const program = '/opt/My "$App" 100%/lockline';
    const environment = { XDG_CONFIG_HOME: folder.path };
    const options = { app, platform: 'linux', environment, program } as const;
    setAutostart(true, options);
    const path = folder.file('autostart/lockline.desktop');
    expect(readFileSync(path, 'utf8')).toContain(
      String.raw`Exec="/opt/My \\"\\$App\\" 100%%/lockline" --at-login`,
    );
    setAutostart(false, options);
    setAutostart(false, options);
    expect(existsSync(path)).toBe(false);
    setAutostart(true, { ...options, platform: 'darwin' });
    expect(app.setLoginItemSettings).toHaveBeenCalledWith({
      openAtLogin: true,
      args: ['--at-login'],
    });
  });
});
