import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { CredentialError } from '../../shared/errors/vault-error.ts';
import { MIB } from '../../shared/units.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';

/** cryptsetup's own limit on keyfiles. */
export const MAXIMUM_KEYFILE_BYTES = 8 * MIB;

/**
 * Reads a whole keyfile into secret memory.
 *
 * @returns The bytes. Owned by the caller, who must dispose them.
 * @throws {@link CredentialError} `keyfile-unreadable` for a missing, empty or special file;
 * `keyfile-too-large`.
 */
export async function readKeyfile(path: string): Promise<SecretBytes> {
  await using file = await openKeyfile(path);
  const stats = await file.stat();
  if (!stats.isFile() || stats.size === 0) throw new CredentialError('keyfile-unreadable');
  if (stats.size > MAXIMUM_KEYFILE_BYTES) throw new CredentialError('keyfile-too-large');
  using secret = SecretBytes.allocate(stats.size);
  await readExactly(file, secret.bytes);
  return secret.move();
}

async function openKeyfile(path: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK the opening of a FIFO would wait for a writer for ever.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new CredentialError('keyfile-unreadable', {}, error);
  }
}

async function readExactly(file: FileHandle, into: Uint8Array): Promise<void> {
  let at = 0;
  while (at < into.length) {
    const { bytesRead } = await file.read(into, at, into.length - at, at);
    if (bytesRead === 0) throw new CredentialError('keyfile-unreadable', { reason: 'shrank' });
    at += bytesRead;
  }
}
