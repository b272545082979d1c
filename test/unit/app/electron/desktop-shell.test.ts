import { beforeEach, describe, expect, it, vi } from 'vitest';
import { toWireError, VaultError } from '../../../../shared/errors/vault-error.ts';
import { DEFAULT_SETTINGS } from '../../../../shared/model/settings.ts';
import { createFakeServices, fakeJob, fakeVault } from '../../../support/fake-services.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Electron's objects as far as the glue touches them; what they are told is kept. */
const electron = vi.hoisted(() => {
  type Listener = (event: { preventDefault(): void }) => void;
  const told: string[] = [];
  const shortcuts = new Map<string, () => void>();
  const appListeners = new Map<string, () => void>();
  class Tray {
    constructor(icon: string) {
      told.push(`tray ${icon.split('/').at(-1)}`);
    }
    on() {}
    destroy() {
      told.push('tray gone');
    }
    setToolTip(text: string) {
      told.push(`tip ${text}`);
    }
    setContextMenu(menu: { items: number }) {
      told.push(`menu of ${menu.items}`);
    }
  }
  class Notification {
    static isSupported = () => true;
    readonly #body: string;
    constructor({ body }: { body: string }) {
      this.#body = body;
    }
    show() {
      told.push(`notice ${this.#body}`);
    }
  }
  class BrowserWindow {
    static getFocusedWindow = () => null;
    readonly listeners = new Map<string, Listener>();
    readonly options: Readonly<Record<string, unknown>>;
    isFocused = () => false;
    isDestroyed = () => false;
    isMaximized = () => true;
    getNormalBounds = () => ({ x: 40, y: 30, width: 900, height: 700 });
    constructor(options: Readonly<Record<string, unknown>> = {}) {
      this.options = options;
    }
    on(name: string, listener: Listener) {
      this.listeners.set(name, listener);
    }
    once(name: string, listener: Listener) {
      this.listeners.set(name, listener);
    }
    maximize = () => told.push('maximize');
    hide = () => told.push('hide');
    show = () => told.push('show');
    loadURL = async (url: string) => told.push(`load ${url}`);
    /** Closes as Electron does: asks first, and says whether that was held back. */
    close() {
      let isHeld = false;
      this.listeners.get('close')?.({
        preventDefault: () => {
          isHeld = true;
        },
      });
      return isHeld;
    }
  }
  const dialogs: unknown[] = [];
  const answer = { canceled: false, filePath: '/home/ada/New.luks', filePaths: ['/home/ada/a'] };
  const ask = async (...values: unknown[]) => {
    dialogs.push(values.at(-1));
    return answer;
  };
  return {
    told,
    shortcuts,
    dialogs,
    answer,
    appListeners,
    main: {
      app: { on: (name: string, listener: () => void) => appListeners.set(name, listener) },
      BrowserWindow,
      Tray,
      Notification,
      Menu: { buildFromTemplate: (template: unknown[]) => ({ items: template.length }) },
      dialog: { showSaveDialog: ask, showOpenDialog: ask },
      globalShortcut: {
        register: (keys: string, run: () => void) => shortcuts.set(keys, run),
        unregisterAll: () => shortcuts.clear(),
      },
    },
    common: { shell: { openPath: async (path: string) => (path === '/gone' ? 'no' : '') } },
  };
});
vi.mock('electron/main', () => electron.main);
vi.mock('electron/common', () => electron.common);

const { DesktopShell, LOCK_ALL_ACCELERATOR } = await import(
  '../../../../main/app/electron/desktop-shell.ts'
);
const { openMainWindow } = await import('../../../../main/app/electron/main-window.ts');
const { createElectronWindowHost } = await import(
  '../../../../main/app/electron/electron-window-host.ts'
);
const { appWords } = await import('../../../../main/app/app-words.ts');

const actions = {
  show: vi.fn(),
  unlock: vi.fn(),
  lock: vi.fn(),
  openFolder: vi.fn(),
  lockAll: vi.fn(),
  quit: vi.fn(),
};

beforeEach(() => {
  electron.told.length = 0;
  electron.dialogs.length = 0;
  electron.answer.canceled = false;
});

function openShell() {
  const fake = createFakeServices();
  fake.arrange({ settings: { ...DEFAULT_SETTINGS, language: 'en' } });
  const shell = new DesktopShell({
    app: { getLocale: () => 'en', setLoginItemSettings: () => {} },
    window: new electron.main.BrowserWindow(),
    services: fake.services,
    iconFolder: '/icons',
    actions,
    // Only what the glue touches, as the types of Electron's whole objects are out of reach here.
  } as unknown as ConstructorParameters<typeof DesktopShell>[0]);
  return { fake, shell };
}

describe('beside the window', () => {
  it('there is one tray that follows what is mounted, and is told nothing twice', () => {
    const { fake, shell } = openShell();
    expect(electron.told).toEqual([
      'tray 32x32.png',
      'menu of 4',
      'tip Lockline: everything is locked',
    ]);
    electron.told.length = 0;
    fake.arrange({ vaults: [fakeVault({ state: 'mounted', mountPoint: '/run/x' })] });
    fake.arrange({});
    expect(electron.told).toEqual(['menu of 7', 'tip Lockline: 1 mounted']);
    shell[Symbol.dispose]();
    expect(electron.told.at(-1)).toBe('tray gone');
  });

  it('a shortcut locks all while the settings want it', () => {
    const { fake, shell } = openShell();
    const { settings } = fake.services.snapshot();
    expect([...electron.shortcuts.keys()]).toEqual([]);
    fake.arrange({ settings: { ...settings, hasLockAllShortcut: true } });
    electron.shortcuts.get(LOCK_ALL_ACCELERATOR)?.();
    expect(actions.lockAll).toHaveBeenCalledOnce();
    fake.arrange({ settings });
    expect([...electron.shortcuts.keys()]).toEqual([]);
    shell[Symbol.dispose]();
  });

  it('notifications tell of failures out of sight, unless the settings say no', () => {
    const { fake, shell } = openShell();
    const failed = (id: string) =>
      fakeJob({ id, state: 'failed', error: toWireError(new VaultError('no-space')) });
    electron.told.length = 0;
    fake.arrange({ jobs: [failed('a')] });
    expect(electron.told).toEqual(['notice Something went wrong with Photos.luks']);
    const { settings } = fake.services.snapshot();
    fake.arrange({ settings: { ...settings, notifications: false }, jobs: [failed('b')] });
    expect(electron.told).toHaveLength(1);
    shell[Symbol.dispose]();
  });
});

describe('the main window', () => {
  const open = async (statePath: string, changes: object = {}) =>
    (await openMainWindow({
      preloadFile: '/preload.cjs',
      statePath,
      areas: [{ x: 0, y: 0, width: 1920, height: 1080 }],
      isHidden: false,
      keepsInTray: () => true,
      ...changes,
      // What the double is.
    })) as unknown as InstanceType<typeof electron.main.BrowserWindow>;

  it('comes back where it was closed, and stays in the tray until Lockline quits', async () => {
    using folder = temporaryFolder();
    const window = await open(folder.file('window.json'));
    expect(electron.told).toEqual(['load app://lockline/']);
    window.listeners.get('ready-to-show')?.({ preventDefault: () => {} });
    expect(window.close()).toBe(true);
    expect(electron.told.slice(1)).toEqual(['show', 'hide']);
    electron.appListeners.get('before-quit')?.();
    expect(window.close()).toBe(false);
    electron.told.length = 0;
    const next = await open(folder.file('window.json'));
    expect(next.options).toMatchObject({ x: 40, y: 30, width: 900, height: 700 });
    expect(electron.told[0]).toBe('maximize');
  });

  it('closes for good where it is not to stay, and starts out of sight where wanted', async () => {
    using folder = temporaryFolder();
    const path = folder.file('window.json');
    const window = await open(path, { isHidden: true, keepsInTray: () => false });
    expect(electron.told).toContain('hide');
    expect(window.close()).toBe(false);
  });
});

describe('dialogs of the system', () => {
  const host = createElectronWindowHost({
    words: () => appWords('de', ''),
    canStorePassphrases: true,
    lockEvents: ['suspend'],
  });

  it('have titles in the language of the settings, and end in a path or in none', async () => {
    expect(await host.choosePath('create', 'New.luks')).toBe('/home/ada/New.luks');
    expect(await host.choosePath('keyfile', '')).toBe('/home/ada/a');
    expect(electron.dialogs).toMatchObject([
      { title: 'Neuer Tresor', properties: ['createDirectory', 'showHiddenFiles'] },
      { title: 'Schlüsseldatei', properties: ['openFile', 'showHiddenFiles'] },
    ]);
    electron.answer.canceled = true;
    expect(await host.choosePath('create', '')).toBeNull();
    expect(await host.choosePath('add', '')).toBeNull();
  });

  it('are followed by the file manager, whose refusal has a code', async () => {
    await host.openFolder('/run/x');
    await expect(host.openFolder('/gone')).rejects.toMatchObject({ code: 'platform-unsupported' });
    expect(host.capabilities).toMatchObject({ kind: 'electron', canStorePassphrases: true });
  });
});
