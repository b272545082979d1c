import { constants } from 'node:os';

const EXTRA_ERRNO = {
  ENOTSUP: 95,
  EILSEQ: 84,
  ENODATA: 61,
  EUCLEAN: 117,
  EBADMSG: 74,
  ENOKEY: 126,
  ENOSYS: 38,
} as const;

/** Hoisted: a lookup that finds nothing is an everyday answer and should cost little. */
const ERRNO_NUMBERS: Readonly<Record<string, number>> = { ...constants.errno, ...EXTRA_ERRNO };

export type Errno =
  | 'EPERM'
  | 'ENOENT'
  | 'EIO'
  | 'EACCES'
  | 'EBUSY'
  | 'EEXIST'
  | 'EXDEV'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'EINVAL'
  | 'EFBIG'
  | 'ENOSPC'
  | 'EROFS'
  | 'EMLINK'
  | 'ERANGE'
  | 'ENAMETOOLONG'
  | 'ENOTEMPTY'
  | 'EBADF'
  | 'ESTALE'
  | 'ENOMEM'
  | 'ENXIO'
  | 'E2BIG'
  | keyof typeof EXTRA_ERRNO;

/** A refusal of a filesystem operation, as the errno that a POSIX program sees. */
export class FileSystemError extends Error {
  readonly errno: Errno;

  constructor(errno: Errno, cause?: unknown) {
    super(errno, cause === undefined ? undefined : { cause });
    this.name = 'FileSystemError';
    this.errno = errno;
  }

  /** The positive number of this errno on Linux, whatever the system we run on. */
  get errnoNumber(): number {
    return ERRNO_NUMBERS[this.errno] ?? constants.errno.EIO;
  }
}
