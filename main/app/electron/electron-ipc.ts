import { BrowserWindow, type IpcMainInvokeEvent, ipcMain } from 'electron/main';
import { CHANNELS } from '../../../shared/ipc/channels.ts';
import { SNAPSHOT_EVENT } from '../../../shared/ipc/window-api.ts';
import type { Router } from '../../ipc/router.ts';
import type { Services } from '../../services/services.ts';
import { APP_ORIGIN } from './app-protocol.ts';

/** Connects the contract's channels, and only them, to the router; snapshots go to every window. */
export function connectElectronIpc(router: Router, services: Services): Disposable {
  for (const channel of CHANNELS) {
    ipcMain.handle(channel, (event, input: unknown) =>
      router.dispatch({ channel, input, isSenderTrusted: isOwnMainFrame(event) }),
    );
  }
  return services.subscribe((snapshot) => {
    for (const window of BrowserWindow.getAllWindows()) {
      window.webContents.send(SNAPSHOT_EVENT, snapshot);
    }
  });
}

/** Tells whether a message comes from the top frame of our own page. */
function isOwnMainFrame({ senderFrame, sender }: IpcMainInvokeEvent): boolean {
  if (senderFrame === null || senderFrame !== sender.mainFrame) return false;
  return senderFrame.origin === APP_ORIGIN;
}
