import { koffiBuffer } from './koffi-buffer.ts';
import { EACCES, EAGAIN, lastErrno, libcFunction } from './libc.ts';

/**
 * The two kinds of advisory locks that a container needs, neither of which Node offers.
 *
 * The open-file-description lock says "one writer" for as long as a vault is open. `flock` is what
 * cryptsetup takes on the file while it reads or writes a header; it is held just as briefly here,
 * because cryptsetup waits for it.
 * @see fcntl(2), "Open file description locks"; flock(2)
 */

const F_OFD_SETLK = 37;
const F_RDLCK = 0;
const F_WRLCK = 1;
const F_UNLCK = 2;
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

const fcntl = () =>
  libcFunction<(fd: number, command: number, type: 'void *', lock: unknown) => number>(
    'int fcntl(int fd, int command, ...)',
  );
const flock = () =>
  libcFunction<(fd: number, operation: number) => number>('int flock(int fd, int operation)');

let cached: { fcntl: ReturnType<typeof fcntl>; flock: ReturnType<typeof flock> } | undefined;

function calls() {
  cached ??= { fcntl: fcntl(), flock: flock() };
  return cached;
}

/**
 * Takes a lock on the whole file that lasts until the descriptor's last copy is closed.
 *
 * @returns `false` where another open file description holds a lock that conflicts.
 */
export function tryLockFile(fd: number, kind: 'shared' | 'exclusive' | 'none'): boolean {
  // struct flock: l_type i16 at 0, l_whence i16 at 2, l_start i64 at 8, l_len i64 at 16, l_pid i32 at 24
  const lock = koffiBuffer(32);
  lock.view.setInt16(
    0,
    kind === 'shared' ? F_RDLCK : kind === 'exclusive' ? F_WRLCK : F_UNLCK,
    true,
  );
  if (calls().fcntl(fd, F_OFD_SETLK, 'void *', lock.pointer) === 0) return true;
  const errno = lastErrno();
  if (errno === EAGAIN || errno === EACCES) return false;
  throw new Error(`fcntl(F_OFD_SETLK) failed with errno ${errno}`);
}

/** Takes or drops the `flock` of a descriptor without waiting; `false` where it is held elsewhere. */
export function tryFlock(fd: number, kind: 'shared' | 'exclusive' | 'none'): boolean {
  const operation = kind === 'none' ? LOCK_UN : (kind === 'shared' ? LOCK_SH : LOCK_EX) | LOCK_NB;
  return calls().flock(fd, operation) === 0;
}
