/** Entry of the Electron host. Everything but its windows is shared with the browser host. */
import { basename, join } from 'node:path';
import {
  app,
  type BrowserWindow,
  dialog,
  Menu,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
} from 'electron/main';
import { toWireError } from '../../../shared/errors/vault-error.ts';
import { UNLOCK_EVENT } from '../../../shared/ipc/window-api.ts';
import type { LockEvent } from '../../../shared/model/auto-lock.ts';
import { createHandlers } from '../../ipc/create-handlers.ts';
import type { Host } from '../../ipc/host.ts';
import { createPathGrants } from '../../ipc/path-grants.ts';
import { createRouter } from '../../ipc/router.ts';
import { AutoLocker } from '../../services/auto-lock/auto-locker.ts';
import { createServices } from '../../services/create-services.ts';
import { EventLog } from '../../services/event-log.ts';
import { openDatabaseOrMemory } from '../../services/known-vaults.ts';
import type { Services } from '../../services/services.ts';
import { dataFolder } from '../../store/data-folder.ts';
import { appWords } from '../app-words.ts';
import { AT_LOGIN_OPTION } from '../autostart.ts';
import { ICON_FOLDER, PRELOAD_FILE, RENDERER_FOLDER } from '../dist-folder.ts';
import { createLog } from '../log.ts';
import { connectLogind, LOGIND_EVENTS } from '../logind-events.ts';
import { mountAtStart } from '../mount-at-start.ts';
import { openFoldersAfterMount } from '../open-after-mount.ts';
import { readRendererFiles } from '../renderer-files.ts';
import { APP_SCHEME, createAppProtocol } from './app-protocol.ts';
import { DesktopShell } from './desktop-shell.ts';
import { connectElectronIpc } from './electron-ipc.ts';
import { createElectronKeychain } from './electron-keychain.ts';
import { createElectronLockEvents, electronLockEvents } from './electron-lock-events.ts';
import { createElectronWindowHost } from './electron-window-host.ts';
import { hardenContents } from './harden-contents.ts';
import { hardenSession } from './harden-session.ts';
import { openMainWindow } from './main-window.ts';
import { OpenedFiles } from './opened-files.ts';
import { guardQuit } from './quit-guard.ts';

const eventLog = new EventLog();
const log = createLog(eventLog);
const logFailure = (event: string) => (error: unknown) =>
  log(event, { code: toWireError(error).code });

/**
 * Opens the app's window, or hands over to the Lockline that runs already.
 *
 * @param files - What the command line or the desktop named: containers, for the list of vaults.
 */
export async function startWindow(files: readonly string[]): Promise<void> {
  const opened = new OpenedFiles(files, process.cwd());
  if (!app.requestSingleInstanceLock({ files: opened.paths })) {
    app.quit();
    return;
  }
  try {
    await run(opened);
  } catch (error) {
    const { code } = toWireError(error);
    log('start-failed', { code, error: error instanceof Error ? (error.stack ?? '') : 'unknown' });
    const words = appWords('auto', app.getLocale());
    const reason = code === 'database-newer' ? words.databaseNewer : code;
    dialog.showErrorBox(words.cannotStart, reason);
    app.exit(1);
  }
}

async function run(opened: OpenedFiles): Promise<void> {
  app.enableSandbox();
  opened.listen();
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true } },
  ]);
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
  app.on('session-created', hardenSession);
  await app.whenReady();
  Menu.setApplicationMenu(null);
  hardenSession(session.defaultSession);

  const keychain = createElectronKeychain(safeStorage, join(dataFolder(), 'keychain'));
  const services = await createServices(
    openDatabaseOrMemory((reason) => log('database-in-memory', { reason })),
    keychain,
  );
  const logind = process.platform === 'linux' ? await connectLogind(process.env) : undefined;
  const sources = [createElectronLockEvents(powerMonitor), ...(logind ? [logind] : [])];
  const lockEvents: readonly LockEvent[] = logind
    ? LOGIND_EVENTS
    : electronLockEvents(process.platform);
  const host = createElectronWindowHost({
    words: () => appWords(services.snapshot().settings.language, app.getLocale()),
    canStorePassphrases: keychain.isAvailable,
    lockEvents,
  });
  await serveWindow(services, host);
  guardQuit(services, logFailure('lock-failed'));
  const window = await openWindow(services);
  const shell = createShell(services, host, window);
  new AutoLocker({
    services,
    sources,
    onLock: ({ name }, reason) => {
      log('auto-lock', { reason });
      shell.notify({ title: 'Lockline', body: shell.words.lockedByRule(name) });
    },
  }).start();
  await mountAtStart(services, logFailure('mount-at-start-failed'));
  await opened.follow(async (path) => {
    try {
      await services.addVault(path);
    } catch (error) {
      logFailure('open-file-failed')(error);
      shell.notify({ title: 'Lockline', body: shell.words.cannotAdd(basename(path)) });
    }
  });
}

/** Serves the page and the contract, and opens folders after mounts. */
async function serveWindow(services: Services, host: Host): Promise<void> {
  const grants = createPathGrants();
  protocol.handle(APP_SCHEME, createAppProtocol(await readRendererFiles(RENDERER_FOLDER)));
  const handlers = createHandlers({ services, host, grants, eventLog });
  connectElectronIpc(createRouter(handlers, log), services);
  openFoldersAfterMount(services, host, logFailure('open-folder-failed'));
}

function openWindow(services: Services): Promise<BrowserWindow> {
  const { settings } = services.snapshot();
  return openMainWindow({
    preloadFile: PRELOAD_FILE,
    statePath: join(dataFolder(), 'window.json'),
    areas: screen.getAllDisplays().map(({ workArea }) => workArea),
    isHidden: settings.startMinimised || process.argv.includes(AT_LOGIN_OPTION),
    keepsInTray: () => services.snapshot().settings.keepInTray,
  });
}

function createShell(services: Services, host: Host, window: BrowserWindow): DesktopShell {
  const show = () => {
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => app.quit());
  return new DesktopShell({
    app,
    window,
    services,
    iconFolder: ICON_FOLDER,
    actions: {
      show,
      unlock: (vaultId) => {
        show();
        window.webContents.send(UNLOCK_EVENT, vaultId);
      },
      lock: (vaultId) => {
        services.lockVault(vaultId, false).catch(logFailure('lock-failed'));
      },
      openFolder: (mountPoint) => {
        host.openFolder(mountPoint).catch(logFailure('open-folder-failed'));
      },
      lockAll: () => {
        services.lockAll(false).catch(logFailure('lock-failed'));
      },
      quit: () => app.quit(),
    },
  });
}
