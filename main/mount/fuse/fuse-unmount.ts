import { writeFile } from 'node:fs/promises';
import { MountError } from '../../../shared/errors/vault-error.ts';
import {
  EACCES,
  EBUSY,
  EINVAL,
  ENOENT,
  EPERM,
  lastErrno,
  libcFunction,
} from '../../system/libc.ts';
import { findFusermount } from './find-fusermount.ts';
import { findFuseMount } from './fuse-health.ts';
import { isOurs, type MountEntry } from './fuse-mounts.ts';
import { MNT_DETACH, UMOUNT_NOFOLLOW } from './fuse-syscalls.ts';
import { runProgram } from './run-program.ts';

const UNMOUNT_TIMEOUT_MS = 30_000;
const SYNC_TIMEOUT_MS = 2_000;

/**
 * Unmounts a FUSE mount of Lockline; resolves when the mount point is an ordinary folder again, also
 * where it was before.
 *
 * Forced, it succeeds with files open: dirty pages are written for up to 2 seconds, the mount is
 * detached, and its connection aborted where the system permits, so that programs get errors at
 * once. Where it does not permit, the connection ends with the process that serves it.
 *
 * Must not be called in the thread that serves the mount.
 *
 * @throws {@link MountError} `unmount-busy` where files are open; `backend-missing` (fusermount3);
 * `backend-denied` where it is another user's mount or the system refuses.
 */
export async function unmountFuse(
  mountPoint: string,
  options: Readonly<{ isForced: boolean }>,
): Promise<void> {
  const entry = await findFuseMount(mountPoint);
  if (entry === undefined) return;
  if (options.isForced) {
    await runProgram('sync', ['-f', '--', entry.mountPoint], SYNC_TIMEOUT_MS);
  }
  await detach(entry.mountPoint, options);
  if (options.isForced) await abortConnection(entry);
}

/** Takes a mount out of the tree: by the system call where the process may, else by fusermount3. */
async function detach(mountPoint: string, options: Readonly<{ isForced: boolean }>): Promise<void> {
  const flags = UMOUNT_NOFOLLOW | (options.isForced ? MNT_DETACH : 0);
  const errno = await umount(mountPoint, flags);
  if (errno === 0 || errno === EINVAL || errno === ENOENT) return;
  if (errno === EBUSY) throw new MountError('unmount-busy');
  if (errno !== EPERM && errno !== EACCES) {
    throw new MountError('backend-denied', { operation: 'umount', errno });
  }
  const program = findFusermount();
  if (program === undefined) throw new MountError('backend-missing', { reason: 'no fusermount3' });
  const lazily = options.isForced ? ['-z'] : [];
  const result = await runProgram(program, ['-u', ...lazily, '--', mountPoint], UNMOUNT_TIMEOUT_MS);
  if (result.exitCode === 0) return;
  if ((await findFuseMount(mountPoint)) === undefined) return;
  if (/busy/i.test(result.stderr)) throw new MountError('unmount-busy');
  throw new MountError('backend-denied', { reason: result.stderr.trim().slice(0, 300) });
}

/** Calls umount2(2) outside the thread: it may write dirty pages first. Resolves to an errno or 0. */
function umount(mountPoint: string, flags: number): Promise<number> {
  const umount2 = libcFunction<(path: string, flags: number) => number>(
    'int umount2(const char *path, int flags)',
  );
  return new Promise((resolve, reject) => {
    umount2.async(mountPoint, flags, (error: unknown, result: number) => {
      // koffi restores the call's own errno for its callback.
      if (error) reject(error);
      else resolve(result === 0 ? 0 : lastErrno());
    });
  });
}

async function abortConnection(entry: MountEntry): Promise<void> {
  if (!isOurs(entry) || !Number.isInteger(entry.connection)) return;
  try {
    await writeFile(`/sys/fs/fuse/connections/${entry.connection}/abort`, '1');
  } catch {
    // Not mounted, not permitted or gone already: the serving process's end does the same.
  }
}
