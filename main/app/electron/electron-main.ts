/** Entry of the Electron host. Everything but its windows is shared with the browser host. */
import { app, Menu, protocol, session } from 'electron/main';
import { toWireError } from '../../../shared/errors/vault-error.ts';
import { createHandlers } from '../../ipc/create-handlers.ts';
import { createPathGrants } from '../../ipc/path-grants.ts';
import { createRouter } from '../../ipc/router.ts';
import { createServices } from '../../services/create-services.ts';
import { openDatabaseOrMemory } from '../../services/known-vaults.ts';
import { PRELOAD_FILE, RENDERER_FOLDER } from '../dist-folder.ts';
import { logToStderr } from '../log.ts';
import { openFoldersAfterMount } from '../open-after-mount.ts';
import { readRendererFiles } from '../renderer-files.ts';
import { APP_SCHEME, createAppProtocol } from './app-protocol.ts';
import { connectElectronIpc } from './electron-ipc.ts';
import { createElectronWindowHost } from './electron-window-host.ts';
import { hardenContents } from './harden-contents.ts';
import { hardenSession } from './harden-session.ts';
import { openMainWindow } from './main-window.ts';
import { guardQuit } from './quit-guard.ts';

const logFailure = (event: string) => (error: unknown) =>
  logToStderr(event, { code: toWireError(error).code });

if (app.requestSingleInstanceLock()) {
  // Not awaited here: Electron becomes ready only after this module is done.
  run().catch((error: unknown) => {
    logToStderr('start-failed', {
      error: error instanceof Error ? (error.stack ?? '') : 'unknown',
    });
    app.exit(1);
  });
} else app.quit();

async function run(): Promise<void> {
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true } },
  ]);
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
  app.on('session-created', hardenSession);
  await app.whenReady();
  Menu.setApplicationMenu(null);
  hardenSession(session.defaultSession);

  const services = await createServices(
    openDatabaseOrMemory((reason) => logToStderr('database-in-memory', { reason })),
  );
  const host = createElectronWindowHost();
  const grants = createPathGrants();
  protocol.handle(APP_SCHEME, createAppProtocol(await readRendererFiles(RENDERER_FOLDER)));
  connectElectronIpc(
    createRouter(createHandlers({ services, host, grants }), logToStderr),
    services,
  );
  openFoldersAfterMount(services, host, logFailure('open-folder-failed'));
  guardQuit(services, logFailure('lock-failed'));
  app.on('window-all-closed', () => app.quit());

  const window = await openMainWindow(PRELOAD_FILE);
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
}
