import { FormatError } from '../../../shared/errors/vault-error.ts';
import { FileSystemError } from '../file-system-error.ts';

/** Returns the refusal that Linux gives for a structure that breaks the format, to be thrown. */
export function damaged(what: string): FileSystemError {
  return new FileSystemError('EUCLEAN', what);
}

/**
 * Runs a step that opens or changes a whole volume: what is refused there is the volume's damage, not
 * the answer to a program.
 *
 * @throws FormatError `filesystem-damaged`, and what `step` throws that is no `FileSystemError`.
 */
export function tellingDamage<T>(type: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    const what = typeof error.cause === 'string' ? error.cause : error.errno;
    throw new FormatError('filesystem-damaged', { type, what }, error);
  }
}

/** Returns the refusal that Linux gives for a wrong checksum, to be thrown. */
export function checksumWrong(what: string): FileSystemError {
  return new FileSystemError('EBADMSG', what);
}
