import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { UnsupportedError } from '../../../shared/errors/vault-error.ts';
import type { LockEvent } from '../../../shared/model/auto-lock.ts';
import { defaultFilesystem } from '../../../shared/model/create-options.ts';
import type { Host } from '../../ipc/host.ts';

const OPENER = 'xdg-open';

/**
 * Returns the {@link Host} of a browser window: no dialogs of the system, typed paths instead.
 *
 * @param lockEvents - What the app is told of.
 */
export function createBrowserWindowHost(
  environment: NodeJS.ProcessEnv,
  lockEvents: readonly LockEvent[] = [],
): Host {
  const canOpenFolders = hasDesktop(environment) && hasOpener(environment);
  return {
    capabilities: {
      kind: 'browser',
      hasNativeDialogs: false,
      canOpenFolders,
      canStorePassphrases: false,
      isDesktopApp: false,
      lockEvents,
      suggestedFolder: homedir(),
      suggestedFilesystem: defaultFilesystem(process.platform),
    },
    choosePath: async () => {
      throw new UnsupportedError('platform-unsupported');
    },
    openFolder: async (path) => {
      if (!canOpenFolders) throw new UnsupportedError('platform-unsupported');
      openWithDesktop(path);
    },
  };
}

/** Hands a file, folder or address to the desktop's own program for it, and does not wait. */
export function openWithDesktop(target: string): void {
  const opener = spawn(OPENER, [target], { detached: true, stdio: 'ignore' });
  // A desktop without a program for it is the desktop's affair; the address is printed as well.
  opener.once('error', () => opener.unref());
  opener.unref();
}

/** Tells whether there is a desktop to open things on. */
export function hasDesktop(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment['DISPLAY'] || environment['WAYLAND_DISPLAY']);
}

function hasOpener(environment: NodeJS.ProcessEnv): boolean {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some((folder) => existsSync(join(folder, OPENER)));
}
