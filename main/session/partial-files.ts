import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { FileDevice } from '../block/file-device.ts';

/** The temporary names under which containers are made, beside their target. */
const PARTIAL_NAME = /^\.lockline-[0-9a-f]{16}\.partial$/;

/** Returns a fresh temporary path in a folder. */
export function newPartialPath(folder: string): string {
  return join(folder, `.lockline-${randomBytes(8).toString('hex')}.partial`);
}

/**
 * Removes what a creation that was cut left in a folder. A partial file whose maker is gone holds
 * nobody's data: no process has its lock any more.
 */
export function removeStalePartials(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!PARTIAL_NAME.test(name)) continue;
    const stale = join(folder, name);
    try {
      using _unlocked = FileDevice.open(stale, { isReadOnly: false });
      rmSync(stale, { force: true });
    } catch (error) {
      // Somebody else's, or in the making right now: left alone.
      if (!(error instanceof DeviceError)) throw error;
    }
  }
}
