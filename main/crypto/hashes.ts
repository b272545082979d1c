import { getHashes, hash } from 'node:crypto';

/** Digest lengths in bytes of the hashes that headers may name. */
export const HASH_BYTES = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  ripemd160: 20,
} as const;

export type HashName = keyof typeof HASH_BYTES;

/** Returns the hash of this name, or `undefined` where it is unknown or this runtime lacks it. */
export function findHash(name: string): HashName | undefined {
  if (!Object.hasOwn(HASH_BYTES, name)) return undefined;
  // Electron's BoringSSL lacks this one; the SHA family is everywhere.
  if (name === 'ripemd160' && !getHashes().includes(name)) return undefined;
  return name as HashName; // checked by hasOwn
}

/** Returns the digest of the bytes. Returned: a fresh buffer that the caller wipes where it must. */
export function hashOnce(name: HashName, bytes: Uint8Array): Buffer {
  return hash(name, bytes, 'buffer');
}
