/**
 * Entry of the browser host: prints the one-time address, opens it where there is a desktop, and
 * locks all vaults before it ends.
 */
import { toWireError } from '../../shared/errors/vault-error.ts';
import { printError } from '../cli/output.ts';
import { AutoLocker } from '../services/auto-lock/auto-locker.ts';
import { createServices } from '../services/create-services.ts';
import { EventLog } from '../services/event-log.ts';
import { openDatabaseOrMemory } from '../services/known-vaults.ts';
import type { Services } from '../services/services.ts';
import { hardenProcess } from '../system/harden-process.ts';
import { writeAddressPage } from './browser/address-page.ts';
import { startBrowserHost } from './browser/browser-host.ts';
import {
  createBrowserWindowHost,
  hasDesktop,
  openWithDesktop,
} from './browser/browser-window-host.ts';
import { RENDERER_FOLDER } from './dist-folder.ts';
import { waitForEndSignal } from './end-signal.ts';
import { lockAllVaults } from './lock-all-vaults.ts';
import { createLog } from './log.ts';
import { connectLogind, LOGIND_EVENTS } from './logind-events.ts';
import { openFoldersAfterMount } from './open-after-mount.ts';

/** The browser has read the page long before. */
const ADDRESS_PAGE_LIFE_MS = 30_000;

try {
  await run();
} catch (error) {
  process.exitCode = printError(error, false);
}

async function run(): Promise<void> {
  // SECURITY: passphrases pass through on their way from the window to the vault process.
  hardenProcess();
  const eventLog = new EventLog();
  const log = createLog(eventLog);
  const logFailure = (event: string) => (error: unknown) =>
    log(event, { code: toWireError(error).code });
  await using services = await createServices(
    openDatabaseOrMemory((reason) => log('database-in-memory', { reason })),
  );
  using logind = await connectLogind(process.env);
  const host = createBrowserWindowHost(process.env, logind === undefined ? [] : LOGIND_EVENTS);
  const browser = await startBrowserHost({
    services,
    host,
    rendererFolder: RENDERER_FOLDER,
    log,
    eventLog,
  });
  using _opening = openFoldersAfterMount(services, host, logFailure('open-folder-failed'));
  using locker = new AutoLocker({
    services,
    sources: logind === undefined ? [] : [logind],
    onLock: (_vault, reason) => log('auto-lock', { reason }),
  });
  locker.start();
  process.stdout.write(`Lockline is ready at ${browser.url}\n`);
  using _page = openPage(browser.url);
  await waitForEndSignal();
  await browser.close();
  await lockBeforeEnd(services, logFailure('lock-failed'));
}

/** Opens the browser where there is a desktop. */
function openPage(url: string): Disposable {
  if (!hasDesktop(process.env)) return { [Symbol.dispose]: () => {} };
  const page = writeAddressPage(url, process.env);
  openWithDesktop(page.path);
  setTimeout(() => page[Symbol.dispose](), ADDRESS_PAGE_LIFE_MS).unref();
  return page;
}

async function lockBeforeEnd(
  services: Services,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const { mountedLeft } = await lockAllVaults(services, onFailure);
  if (mountedLeft.length === 0) return;
  process.stderr.write(`Still mounted, as files are in use: ${mountedLeft.join(', ')}\n`);
  process.exitCode = 6;
}
