import { BrowserWindow, type BrowserWindowConstructorOptions } from 'electron/main';
import { APP_PAGE } from './app-protocol.ts';

/** Options of the one window: its page is a view, sandboxed and without Node. */
export function mainWindowOptions(preloadFile: string): BrowserWindowConstructorOptions {
  return {
    width: 1080,
    height: 740,
    minWidth: 480,
    minHeight: 520,
    show: false,
    title: 'Lockline',
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      spellcheck: false,
      safeDialogs: true,
      navigateOnDragDrop: false,
    },
  };
}

/** Opens the window; it shows itself when its page is painted. */
export async function openMainWindow(preloadFile: string): Promise<BrowserWindow> {
  const window = new BrowserWindow(mainWindowOptions(preloadFile));
  window.once('ready-to-show', () => window.show());
  await window.loadURL(APP_PAGE);
  return window;
}
