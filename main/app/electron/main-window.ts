import { app, BrowserWindow, type Rectangle } from 'electron/main';
import { APP_PAGE } from './app-protocol.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

export type OpenWindowOptions = Readonly<{
  preloadFile: string;
  /** File that remembers where the window was. */
  statePath: string;
  /** Work areas of the screens. */
  areas: readonly Rectangle[];
  /** Opens without being shown. */
  isHidden: boolean;
  /** Asked when the window is closed: it is then hidden instead. */
  keepsInTray: () => boolean;
}>;

/** Opens the window where it was last; it shows itself when its page is painted. */
export async function openMainWindow(options: OpenWindowOptions): Promise<BrowserWindow> {
  const state = readWindowState(options.statePath, options.areas);
  const { isMaximised = false, ...bounds } = state ?? {};
  // SECURITY: the page is a view, sandboxed and without Node. Spelled out here, where programs that
  // look for such options find them.
  const window = new BrowserWindow({
    width: 1080,
    height: 740,
    ...bounds,
    minWidth: 480,
    minHeight: 520,
    show: false,
    title: 'Lockline',
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preloadFile,
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
      devTools: !app.isPackaged,
      spellcheck: false,
      safeDialogs: true,
      navigateOnDragDrop: false,
    },
  });
  if (isMaximised) window.maximize();
  if (options.isHidden) window.hide();
  else window.once('ready-to-show', () => window.show());
  rememberState(window, options);
  await window.loadURL(APP_PAGE);
  return window;
}

function rememberState(window: BrowserWindow, { statePath, keepsInTray }: OpenWindowOptions): void {
  let isQuitting = false;
  app.on('before-quit', () => {
    isQuitting = true;
  });
  window.on('close', (event) => {
    const bounds = window.getNormalBounds();
    writeWindowState(statePath, { ...bounds, isMaximised: window.isMaximized() });
    if (isQuitting || !keepsInTray()) return;
    event.preventDefault();
    window.hide();
  });
}
