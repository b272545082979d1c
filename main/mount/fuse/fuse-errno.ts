import { VaultError } from '../../../shared/errors/vault-error.ts';
import { FileSystemError } from '../../filesystem/file-system-error.ts';

/** errno numbers of Linux that the protocol layer itself answers with. */
export const ERRNO = {
  EIO: 5,
  EINVAL: 22,
  ENOTTY: 25,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  ENOSYS: 38,
  EPROTO: 71,
} as const;

/** Tells whether an error is a fault of ours or of the storage, not an ordinary refusal. */
export function isFault(error: unknown): boolean {
  return !(error instanceof FileSystemError) || error.errno === 'EIO';
}

/** Returns the positive errno that a program sees for any thrown value. */
export function errnoOf(error: unknown): number {
  if (error instanceof FileSystemError) return error.errnoNumber;
  if (error instanceof VaultError) {
    if (error.code === 'no-space') return ERRNO.ENOSPC;
    if (error.code === 'read-only') return ERRNO.EROFS;
  }
  return ERRNO.EIO;
}
