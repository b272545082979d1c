import { closeSync, constants, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { toDeviceError } from '../system/device-errors.ts';
import { renameNoReplace } from '../system/rename-no-replace.ts';
import { makePartial, removeStalePartials } from './partial-files.ts';

/**
 * Writes a new file of mode 0600 that is complete and on stable storage, or not there at all.
 *
 * @param bytes - Borrowed.
 * @throws DeviceError `file-exists`; `no-space`; `permission-denied`; `file-missing`
 */
export function writeNewFile(path: string, bytes: Uint8Array): void {
  const folder = dirname(path);
  removeStalePartials(folder);
  const { path: partial, fd } = makePartial(folder);
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
    if (!renameNoReplace(partial, path)) throw new DeviceError('file-exists', { path });
    syncFolder(folder);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error instanceof DeviceError ? error : toDeviceError(error, 'write', 0);
  } finally {
    closeSync(fd);
  }
}

/** Returns a name for a header that is kept beside its container before it is written over. */
export function keptHeaderPath(container: string, now: Date): string {
  const stamp = now
    .toISOString()
    .replaceAll(':', '')
    .replace(/\.\d+Z$/, 'Z');
  return join(dirname(container), `${basename(container)}.header-${stamp}.bak`);
}

/** Returns when the names in a folder are on stable storage. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
