import { EventEmitter } from 'node:events';

/** A call that Electron was given: the object's and the method's name, then the arguments. */
export type ElectronCall = readonly [string, ...unknown[]];

type Callback = (...values: unknown[]) => unknown;

/**
 * Records what the host asks of Electron, in order, and answers as little as it needs to go on.
 * What it does not know is not there: a call that is new fails its test until it is named here.
 */
export function createElectronDouble() {
  const calls: ElectronCall[] = [];
  const record =
    (name: string, answer: Callback = () => undefined): Callback =>
    (...args) => {
      calls.push([name, ...args]);
      return answer(...args);
    };
  const recordAll = (owner: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, record(`${owner}.${name}`)]));

  const windows: WindowDouble[] = [];
  class WindowDouble extends EventEmitter {
    readonly webContents = { send: record('webContents.send') };
    static readonly getAllWindows = () => windows;
    static readonly getFocusedWindow = () => null;
    readonly isDestroyed = () => false;
    readonly isFocused = () => true;
    readonly isMinimized = () => false;
    readonly isMaximized = () => false;
    readonly getNormalBounds = () => ({ x: 10, y: 20, width: 900, height: 700 });
    readonly show = record('window.show');
    readonly hide = record('window.hide');
    readonly focus = record('window.focus');
    readonly loadURL = record('window.loadURL', async () => {
      app.emit('web-contents-created', {}, contents);
    });
    constructor(options: unknown) {
      super();
      calls.push(['new BrowserWindow', options]);
      windows.push(this);
    }
  }

  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler: record('contents.setWindowOpenHandler'),
  });
  const session = Object.assign(new EventEmitter(), {
    ...recordAll('session', [
      'setPermissionRequestHandler',
      'setPermissionCheckHandler',
      'setDevicePermissionHandler',
    ]),
    webRequest: recordAll('webRequest', ['onBeforeRequest']),
  });

  let becomeReady = () => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = () => {
      calls.push(['(ready)']);
      resolve();
    };
  });
  const app = Object.assign(new EventEmitter(), {
    isPackaged: true,
    requestSingleInstanceLock: record('app.requestSingleInstanceLock', () => true),
    whenReady: () => ready,
    getLocale: () => 'de-AT',
    ...recordAll('app', ['enableSandbox', 'quit', 'exit', 'setLoginItemSettings']),
  });
  class NotificationDouble {
    static readonly isSupported = () => true;
    readonly show = record('notification.show');
    constructor(options: unknown) {
      calls.push(['new Notification', options]);
    }
  }
  class TrayDouble extends EventEmitter {
    readonly setContextMenu = () => {};
    readonly setToolTip = () => {};
    readonly destroy = record('tray.destroy');
  }
  const main = {
    app,
    BrowserWindow: WindowDouble,
    dialog: recordAll('dialog', ['showErrorBox']),
    globalShortcut: recordAll('globalShortcut', ['register', 'unregisterAll']),
    ipcMain: recordAll('ipcMain', ['handle']),
    Menu: {
      setApplicationMenu: record('Menu.setApplicationMenu'),
      buildFromTemplate: (template: unknown) => template,
    },
    Notification: NotificationDouble,
    powerMonitor: new EventEmitter(),
    protocol: recordAll('protocol', ['registerSchemesAsPrivileged', 'handle']),
    safeStorage: { isEncryptionAvailable: () => false },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    session: { defaultSession: session },
    Tray: TrayDouble,
    utilityProcess: {},
  };
  return {
    main,
    common: { shell: recordAll('shell', ['openPath']) },
    calls: calls as readonly ElectronCall[],
    /** What was given to a call each time that it was made. */
    argumentsOf: (name: string) =>
      calls.filter(([called]) => called === name).map(([, ...args]) => args),
    becomeReady: () => becomeReady(),
    contents,
    session,
  };
}
