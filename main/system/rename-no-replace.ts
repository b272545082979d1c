import { linkSync, unlinkSync } from 'node:fs';
import { EEXIST, EINVAL, ENOSYS, lastErrno, libcFunction } from './libc.ts';

const AT_FDCWD = -100;
const RENAME_NOREPLACE = 1;

type Renameat2 = (
  oldFolder: number,
  oldPath: string,
  newFolder: number,
  newPath: string,
  flags: number,
) => number;

/**
 * Renames a file so that an existing target is never replaced, not even in a race.
 *
 * @returns `false` where the target exists.
 * @see renameat2(2) RENAME_NOREPLACE; filesystems without it get link(2) and unlink(2)
 */
export function renameNoReplace(from: string, to: string): boolean {
  if (process.platform === 'linux') {
    const renameat2 = libcFunction<Renameat2>(
      'int renameat2(int olddir, const char *oldpath, int newdir, const char *newpath, unsigned int flags)',
    );
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) === 0) return true;
    const errno = lastErrno();
    if (errno === EEXIST) return false;
    if (errno !== EINVAL && errno !== ENOSYS)
      throw new Error(`renameat2 failed with errno ${errno}`);
  }
  try {
    linkSync(from, to);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  unlinkSync(from);
  return true;
}
