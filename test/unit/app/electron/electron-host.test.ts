import { mkdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PRELOAD_FILE } from '../../../../resources/build/build-renderer.ts';
import { CHANNELS } from '../../../../shared/ipc/channels.ts';
import { createElectronDouble } from '../../../support/electron-double.ts';
import { createRawVault } from '../../../support/nbd-vault.ts';
import { createLockline, type Lockline } from '../../../support/run-lockline.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../support/temporary-folder.ts';

const electron = { current: createElectronDouble() };
let lockline: Lockline;
let vault: string;
let folder: TemporaryFolder;

beforeAll(async () => {
  lockline = createLockline();
  vault = await createRawVault(lockline);
});
afterAll(() => lockline[Symbol.asyncDispose]());
beforeEach(() => {
  folder = temporaryFolder();
  for (const name of ['data', 'run']) mkdirSync(folder.file(name), { mode: 0o700 });
  vi.stubEnv('XDG_DATA_HOME', folder.file('data'));
  vi.stubEnv('XDG_RUNTIME_DIR', folder.file('run'));
  vi.stubEnv('DBUS_SYSTEM_BUS_ADDRESS', `unix:path=${folder.file('no-bus')}`);
  electron.current = createElectronDouble();
  vi.resetModules();
  vi.doMock('electron/main', () => electron.current.main);
  vi.doMock('electron/common', () => electron.current.common);
  return () => {
    vi.unstubAllEnvs();
    folder[Symbol.dispose]();
  };
});

/** A loaded machine takes its time. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

/** Starts the host as its entry does; `whenReady` is Electron's. */
async function start(files: readonly string[] = []) {
  const { startWindow } = await import('../../../../main/app/electron/electron-main.ts');
  const started = startWindow(files);
  const beforeReady = electron.current.calls.map(([name]) => name);
  electron.current.becomeReady();
  await started;
  return { beforeReady };
}

/** Asks to quit as Electron does, until the app lets go. */
async function quit(): Promise<void> {
  const { main, argumentsOf } = electron.current;
  const event = { preventDefault: vi.fn() };
  main.app.emit('before-quit', event);
  expect(event.preventDefault).toHaveBeenCalledOnce();
  await eventually(() => argumentsOf('app.quit').length).toBe(1);
}

describe('the Electron host', () => {
  it('does what has to be done before Electron is ready, then hardens, then serves, then shows', async () => {
    const { beforeReady } = await start();
    expect(beforeReady).toEqual([
      'app.requestSingleInstanceLock',
      'app.enableSandbox',
      'protocol.registerSchemesAsPrivileged',
    ]);
    const order = [...new Set(electron.current.calls.map(([name]) => name))];
    expect(order).toEqual([
      ...beforeReady,
      '(ready)',
      'Menu.setApplicationMenu',
      'session.setPermissionRequestHandler',
      'session.setPermissionCheckHandler',
      'session.setDevicePermissionHandler',
      'webRequest.onBeforeRequest',
      'protocol.handle',
      'ipcMain.handle',
      'new BrowserWindow',
      'window.loadURL',
      'contents.setWindowOpenHandler',
      'globalShortcut.unregisterAll',
    ]);
    await quit();
  });

  it('opens one window, sandboxed, isolated and without Node, with nothing left to a default', async () => {
    await start();
    const { argumentsOf, main } = electron.current;
    expect(argumentsOf('new BrowserWindow')).toEqual([
      [
        {
          width: 1080,
          height: 740,
          minWidth: 480,
          minHeight: 520,
          show: false,
          title: 'Lockline',
          autoHideMenuBar: true,
          webPreferences: {
            preload: PRELOAD_FILE,
            contextIsolation: true,
            sandbox: true,
            nodeIntegration: false,
            nodeIntegrationInWorker: false,
            nodeIntegrationInSubFrames: false,
            webSecurity: true,
            allowRunningInsecureContent: false,
            experimentalFeatures: false,
            disableBlinkFeatures: 'Auxclick',
            webviewTag: false,
            devTools: false,
            spellcheck: false,
            safeDialogs: true,
            navigateOnDragDrop: false,
          },
        },
      ],
    ]);
    expect(argumentsOf('window.loadURL')).toEqual([['app://lockline/']]);
    expect(argumentsOf('Menu.setApplicationMenu')).toEqual([[null]]);
    expect(argumentsOf('window.show')).toEqual([]);
    main.BrowserWindow.getAllWindows()[0]?.emit('ready-to-show');
    expect(argumentsOf('window.show')).toHaveLength(1);
    await quit();
  });

  it('serves a scheme of its own with no privilege but an origin, and the channels of the contract', async () => {
    await start();
    const { argumentsOf } = electron.current;
    expect(argumentsOf('protocol.registerSchemesAsPrivileged')).toEqual([
      [[{ scheme: 'app', privileges: { standard: true, secure: true } }]],
    ]);
    expect(argumentsOf('protocol.handle').map(([scheme]) => scheme)).toEqual(['app']);
    const served = argumentsOf('ipcMain.handle').map(([channel]) => channel);
    expect(served.toSorted()).toEqual([...CHANNELS].toSorted());
    await quit();
  });

  it('hardens every session and every page that comes, the first among them', async () => {
    await start();
    const { argumentsOf, contents, session, main } = electron.current;
    for (const name of [
      'will-navigate',
      'will-redirect',
      'will-frame-navigate',
      'will-attach-webview',
    ])
      expect(contents.listenerCount(name)).toBe(1);
    expect(session.listenerCount('will-download')).toBe(1);
    main.app.emit('session-created', session);
    for (const name of [
      'setPermissionRequestHandler',
      'setPermissionCheckHandler',
      'setDevicePermissionHandler',
    ])
      expect(argumentsOf(`session.${name}`)).toHaveLength(2);
    expect(argumentsOf('webRequest.onBeforeRequest')).toHaveLength(2);
    await quit();
  });

  it('quits when all is locked and the database closed, and a second time at once', async () => {
    await start();
    await quit();
    const names = electron.current.calls.map(([name]) => name);
    expect(names.indexOf('app.quit')).toBe(names.length - 1);
    const event = { preventDefault: vi.fn() };
    electron.current.main.app.emit('before-quit', event);
    expect(event.preventDefault).not.toHaveBeenCalled();
    // SQLite takes its log away when the last connection closes.
    expect(readFileSync(folder.file('data/lockline/lockline.db')).length).toBeGreaterThan(0);
    expect(() => readFileSync(folder.file('data/lockline/lockline.db-wal'))).toThrow('ENOENT');
  });

  it('hands its files to the Lockline that runs, and ends', async () => {
    electron.current.main.app.requestSingleInstanceLock = (...args) => {
      expect(args).toEqual([{ files: [vault] }]);
      return false;
    };
    await start([pathToFileURL(vault).href]);
    expect(electron.current.calls).toEqual([['app.quit'], ['(ready)']]);
  });

  it('puts what it was opened with on the list of vaults, now and later, and says what it cannot', async () => {
    await start([pathToFileURL(vault).href, 'https://example.org/x']);
    const { main, argumentsOf } = electron.current;
    const known = () =>
      new SqliteDatabase(folder.file('data/lockline/lockline.db'), { readonly: true })
        .prepare('SELECT path FROM vaults')
        .all();
    expect(known()).toEqual([{ path: vault }]);
    expect(argumentsOf('new Notification')).toHaveLength(1); // no file of that name
    main.app.emit('second-instance', {}, [], '/', { files: ['/etc/hostname'] });
    main.app.emit('second-instance', {}, [], '/', { files: [7], more: '../x' });
    await eventually(() => argumentsOf('new Notification').at(-1)).toEqual([
      {
        title: 'Lockline',
        body: 'hostname ist kein Tresor, den Lockline öffnen kann',
        silent: true,
      },
    ]);
    expect(argumentsOf('window.show')).not.toEqual([]);
    const event = { preventDefault: vi.fn() };
    main.app.emit('open-file', event, '/etc/os-release');
    expect(event.preventDefault).toHaveBeenCalledOnce();
    await eventually(() => argumentsOf('new Notification')).toHaveLength(3);
    await quit();
  });

  it('says in words that a newer Lockline wrote the database, changes nothing and ends', async () => {
    mkdirSync(folder.file('data/lockline'));
    const path = folder.file('data/lockline/lockline.db');
    const newer = new SqliteDatabase(path);
    newer.exec('CREATE TABLE vaults_of_the_future (id TEXT)');
    newer.pragma('user_version = 1000');
    newer.close();
    const before = readFileSync(path);
    await start();
    const { argumentsOf } = electron.current;
    expect(argumentsOf('dialog.showErrorBox')).toEqual([
      ['Lockline kann nicht starten', expect.stringContaining('Ein neueres Lockline')],
    ]);
    expect(argumentsOf('app.exit')).toEqual([[1]]);
    expect(argumentsOf('new BrowserWindow')).toEqual([]);
    expect(readFileSync(path)).toEqual(before);
  });
});
