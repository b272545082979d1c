import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { DeviceError } from '../../shared/errors/vault-error.ts';

/**
 * Returns Lockline's folder for things that live as long as a session: control sockets, session
 * descriptions and default mount points. Made 0700 where it is missing.
 *
 * `$XDG_RUNTIME_DIR/lockline`, else `/run/user/UID/lockline`, else `lockline-UID` in the folder
 * for temporary files.
 *
 * @throws DeviceError `permission-denied` where the folder belongs to another user, is open to
 * others or is a symbolic link (somebody may have put it there first).
 */
export function runtimeFolder(): string {
  const uid = process.getuid?.() ?? 0;
  for (const parent of [process.env['XDG_RUNTIME_DIR'], `/run/user/${uid}`]) {
    if (parent !== undefined && parent.startsWith('/') && isOwnFolder(parent, uid)) {
      return makePrivateFolder(join(parent, 'lockline'), uid);
    }
  }
  return makePrivateFolder(join(tmpdir(), `lockline-${process.getuid?.() ?? userInfo().username}`), uid);
}

/** Makes a folder of mode 0700 below the runtime folder and returns its path. */
export function runtimeSubfolder(name: 'sessions' | 'mounts'): string {
  return makePrivateFolder(join(runtimeFolder(), name), process.getuid?.() ?? 0);
}

function isOwnFolder(path: string, uid: number): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === uid;
}

function makePrivateFolder(path: string, uid: number): string {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const stat = lstatSync(path);
  const isOurs = process.platform === 'win32' || (stat.uid === uid && (stat.mode & 0o077) === 0);
  if (!stat.isDirectory() || !isOurs) {
    throw new DeviceError('permission-denied', { reason: 'runtime-folder', path });
  }
  return path;
}
