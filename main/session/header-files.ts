import { closeSync, constants, existsSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
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

/** Headers of one container that can be kept within one second. */
const KEPT_A_SECOND = 100;

/**
 * Keeps a header beside its container before it is written over, under a name with the time in it.
 *
 * @param bytes - Borrowed.
 * @returns The path.
 * @throws As {@link writeNewFile}.
 */
export function keepHeaderFile(container: string, bytes: Uint8Array): string {
  const stamp = new Date()
    .toISOString()
    .replaceAll(':', '')
    .replace(/\.\d+Z$/, 'Z');
  const path = join(dirname(container), `${basename(container)}.header-${stamp}`);
  for (let number = 1; ; number += 1) {
    const kept = number === 1 ? `${path}.bak` : `${path}-${number}.bak`;
    if (existsSync(kept) && number < KEPT_A_SECOND) continue;
    writeNewFile(kept, bytes);
    return kept;
  }
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
