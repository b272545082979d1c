import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { FileDevice } from '../block/file-device.ts';
import { toDeviceError } from '../system/device-errors.ts';
import { tryLockFile } from '../system/file-locks.ts';

/** The temporary names under which containers are made, beside their target. */
const PARTIAL_NAME = /^\.lockline-[0-9a-f]{16}\.partial$/;

/** How often a partial file may be taken from under its maker before that is no accident. */
const MAXIMUM_ATTEMPTS = 10;

/**
 * Makes an empty partial file of mode 0600, locked before anybody can take it for a stale one.
 *
 * @returns Its path and an open descriptor with the lock: owned by the caller.
 * @throws DeviceError `permission-denied`, `file-missing`, `no-space`, `device-busy`
 */
export function makePartial(folder: string): Readonly<{ path: string; fd: number }> {
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt += 1) {
    const path = newPartialPath(folder);
    let fd: number;
    try {
      fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    } catch (error) {
      throw toDeviceError(error, 'create', 0);
    }
    // Between the making and the lock it looks stale: whoever removes it holds the lock meanwhile.
    try {
      if (tryLockFile(fd, 'exclusive') && fstatSync(fd).nlink > 0) return { path, fd };
    } catch (error) {
      closeSync(fd);
      rmSync(path, { force: true });
      throw toDeviceError(error, 'lock', 0);
    }
    closeSync(fd);
  }
  throw new DeviceError('device-busy', {});
}

function newPartialPath(folder: string): string {
  return join(folder, `.lockline-${randomBytes(8).toString('hex')}.partial`);
}

/**
 * Removes what a creation that was cut left in a folder. A partial file whose maker is gone holds
 * nobody's data: no process has its lock any more.
 */
export function removeStalePartials(folder: string): void {
  for (const name of readNames(folder)) {
    if (!PARTIAL_NAME.test(name)) continue;
    const stale = join(folder, name);
    try {
      using _unlocked = FileDevice.open(stale, { isReadOnly: false });
      rmSync(stale, { force: true });
    } catch (error) {
      // Somebody else's, or in the making right now: left alone.
      if (!(error instanceof DeviceError || isRefusal(error))) throw error;
    }
  }
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isRefusal(error)) return []; // a folder that may be written to but not listed
    throw toDeviceError(error, 'readdir', 0);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(EPERM|EACCES)$/.test(String(error.code));
}
