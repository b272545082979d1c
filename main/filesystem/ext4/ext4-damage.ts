import { FileSystemError } from '../file-system-error.ts';

/** Returns the refusal that Linux gives for a structure that breaks the format, to be thrown. */
export function damaged(what: string): FileSystemError {
  return new FileSystemError('EUCLEAN', what);
}

/** Returns the refusal that Linux gives for a wrong checksum, to be thrown. */
export function checksumWrong(what: string): FileSystemError {
  return new FileSystemError('EBADMSG', what);
}
