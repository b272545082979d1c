import { closeSync, openSync, readSync } from 'node:fs';
import { CredentialError } from '../../shared/errors/vault-error.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';

/** cryptsetup's own limits. */
const MAXIMUM_KEYFILE_BYTES = 8 * MIB;
const MAXIMUM_PASSPHRASE_BYTES = 512;
const NEWLINE = 0x0a;
const STANDARD_INPUT = 0;
const EMPTY_PIPE_WAIT_MS = 5;

/**
 * Reads a keyfile: its whole content, newlines included.
 *
 * @returns Owned by the caller.
 * @throws CredentialError `keyfile-unreadable`, `keyfile-too-large`, `passphrase-empty`
 */
export function readKeyfile(path: string): SecretBytes {
  return readSecret(path, MAXIMUM_KEYFILE_BYTES, 'keyfile-too-large');
}

/**
 * Reads a passphrase from a file, or from standard input for `-`: as typed, so one newline at the
 * end does not count.
 *
 * @returns Owned by the caller.
 * @throws CredentialError `keyfile-unreadable`, `passphrase-too-long`, `passphrase-empty`
 */
export function readPassphraseFile(path: string): SecretBytes {
  using content = readSecret(path, MAXIMUM_PASSPHRASE_BYTES + 1, 'passphrase-too-long');
  const { bytes } = content;
  const length = bytes.at(-1) === NEWLINE ? bytes.length - 1 : bytes.length;
  if (length === 0) throw new CredentialError('passphrase-empty');
  if (length > MAXIMUM_PASSPHRASE_BYTES) throw new CredentialError('passphrase-too-long');
  return SecretBytes.copyOf(bytes.subarray(0, length));
}

function readSecret(
  path: string,
  maximumBytes: number,
  tooLong: 'keyfile-too-large' | 'passphrase-too-long',
): SecretBytes {
  const inherited = inheritedDescriptor(path);
  let fd = inherited;
  try {
    fd ??= openSync(path, 'r');
    return readAll(fd, maximumBytes, tooLong);
  } catch (error) {
    if (error instanceof CredentialError) throw error;
    const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw new CredentialError('keyfile-unreadable', { path, errno }, error);
  } finally {
    if (inherited === undefined && fd !== undefined) closeSync(fd);
  }
}

/** Returns the descriptor that `-` or `/dev/fd/N` names: it may be a socket, which has no path. */
function inheritedDescriptor(path: string): number | undefined {
  if (path === '-') return STANDARD_INPUT;
  const number = /^\/dev\/fd\/(\d{1,4})$/.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Reads to the end without buffers that would keep a copy: a longer one takes over and the old is wiped. */
function readAll(
  fd: number,
  maximumBytes: number,
  tooLong: 'keyfile-too-large' | 'passphrase-too-long',
): SecretBytes {
  let secret = SecretBytes.allocate(4 * KIB);
  let length = 0;
  try {
    for (;;) {
      if (length === secret.lengthBytes) {
        const larger = SecretBytes.allocate(2 * length);
        larger.bytes.set(secret.bytes);
        secret[Symbol.dispose]();
        secret = larger;
      }
      const count = readWaiting(fd, secret.bytes.subarray(length));
      if (count === 0) break;
      length += count;
      if (length > maximumBytes) throw new CredentialError(tooLong);
    }
    if (length === 0) throw new CredentialError('passphrase-empty');
    return SecretBytes.copyOf(secret.bytes.subarray(0, length));
  } finally {
    secret[Symbol.dispose]();
  }
}

/** Standard input may not block, and be a pipe into which nothing was written yet. */
function readWaiting(fd: number, target: Uint8Array): number {
  for (;;) {
    try {
      return readSync(fd, target, 0, target.length, null);
    } catch (error) {
      const isEmpty = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
      if (!isEmpty) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EMPTY_PIPE_WAIT_MS);
    }
  }
}
