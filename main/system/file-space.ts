import {
  EDQUOT,
  EFBIG,
  EINTR,
  EINVAL,
  EIO,
  ENOSPC,
  EOPNOTSUPP,
  lastErrno,
  libcFunction,
} from './libc.ts';

/**
 * Reserving and giving back space of a file, and the memory that caches it: fallocate(2) and
 * posix_fadvise(2), which Node does not offer.
 */

const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;
const POSIX_FADV_DONTNEED = 4;

type Fallocate = (fd: number, mode: number, offset: number, length: number) => number;
let fallocate: Fallocate | undefined;
type Advise = (fd: number, offset: number, length: number, advice: number) => number;
let advise: Advise | undefined;

function call(fd: number, mode: number, offsetBytes: number, lengthBytes: number): number {
  fallocate ??= libcFunction<Fallocate>(
    'int fallocate(int fd, int mode, int64_t offset, int64_t length)',
  );
  for (;;) {
    if (fallocate(fd, mode, offsetBytes, lengthBytes) === 0) return 0;
    const errno = lastErrno();
    if (errno !== EINTR) return errno;
  }
}

/** No room in the filesystem, in the user's quota, or under the limit of a file's size. */
const NO_SPACE: readonly number[] = [ENOSPC, EDQUOT, EFBIG];

/**
 * Reserves a range so that writing it cannot run out of space. `unsupported`: the filesystem cannot
 * do that, here or ever; `failed`: it can, and its storage did not.
 */
export function reserveSpace(
  fd: number,
  offsetBytes: number,
  lengthBytes: number,
): 'done' | 'no-space' | 'unsupported' | 'failed' {
  const errno = call(fd, 0, offsetBytes, lengthBytes);
  if (errno === 0) return 'done';
  if (NO_SPACE.includes(errno)) return 'no-space';
  return errno === EIO ? 'failed' : 'unsupported';
}

/** Gives a range back to the host filesystem; it reads as zeros. `false` where that cannot be done. */
export function punchHole(fd: number, offsetBytes: number, lengthBytes: number): boolean {
  const errno = call(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offsetBytes, lengthBytes);
  // A block device whose requests the range does not fit says EINVAL; one that cannot, EOPNOTSUPP.
  if (errno !== 0 && errno !== EOPNOTSUPP && errno !== EINVAL)
    throw new Error(`fallocate failed with errno ${errno}`);
  return errno === 0;
}

/** Lets the system forget what it caches of a range that is on stable storage. A hint, no promise. */
export function forgetCachedRange(fd: number, offsetBytes: number, lengthBytes: number): void {
  advise ??= libcFunction<Advise>(
    'int posix_fadvise(int fd, int64_t offset, int64_t length, int advice)',
  );
  advise(fd, offsetBytes, lengthBytes, POSIX_FADV_DONTNEED);
}
