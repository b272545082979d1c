import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { toDeviceError } from './device-errors.ts';

/**
 * Where things lie that live as long as a session: control sockets, session descriptions and
 * default mount points.
 *
 * `$XDG_RUNTIME_DIR/lockline`, else `/run/user/UID/lockline`, each only where it is the user's own
 * and closed to others; else `lockline-UID/lockline` in the folder for temporary files.
 */

type RuntimeFolder = 'sessions' | 'mounts';

const PRIVATE_MODE = 0o700;
const OTHERS_MASK = 0o077;

/**
 * Returns the path of a runtime folder, links resolved, making it 0700 where it is missing.
 *
 * @throws DeviceError `permission-denied` where another user could reach into it; `no-space`,
 * `read-only`, `file-missing`.
 */
export function makeRuntimeFolder(name: RuntimeFolder): string {
  const { base, isShared } = runtimeBase();
  const own = join(base, 'lockline');
  const path = join(own, name);
  for (const folder of [...(isShared ? [base] : []), own, path]) {
    makeFolder(folder);
    // SECURITY: in a shared folder anybody may have made the name before us.
    if (!isPrivate(folder)) {
      throw new DeviceError('permission-denied', { reason: 'open to other users', path: folder });
    }
  }
  return path;
}

/** Returns the path of a runtime folder, whether or not it is there; nothing is made. */
export function runtimeFolderPath(name: RuntimeFolder): string {
  return join(runtimeBase().base, 'lockline', name);
}

function runtimeBase(): Readonly<{ base: string; isShared: boolean }> {
  const candidates = [process.env['XDG_RUNTIME_DIR'] ?? '', `/run/user/${userId()}`];
  const runtime = candidates.find((path) => isAbsolute(path) && isPrivate(path));
  const base = runtime ?? join(tmpdir(), `lockline-${userId()}`);
  return { base: join(realParent(base), basename(base)), isShared: runtime === undefined };
}

function realParent(path: string): string {
  try {
    return realpathSync(dirname(path));
  } catch (error) {
    throw toDeviceError(error, 'realpath', 0);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: PRIVATE_MODE });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw toDeviceError(error, 'mkdir', 0);
  }
}

function isPrivate(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isDirectory()) return false;
  if (process.platform === 'win32') return true;
  return stats.uid === userId() && (stats.mode & OTHERS_MASK) === 0;
}

function userId(): number {
  return process.getuid?.() ?? 0;
}
