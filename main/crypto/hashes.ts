import { getHashes, hash } from 'node:crypto';
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha3_224, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js';

/** Digest lengths in bytes of the hashes that headers may name. */
export const HASH_BYTES = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  ripemd160: 20,
  'sha3-224': 28,
  'sha3-256': 32,
  'sha3-384': 48,
  'sha3-512': 64,
  'blake2b-512': 64,
  'blake2s-256': 32,
} as const;

export type HashName = keyof typeof HASH_BYTES;

/** Names that cryptsetup writes and that no runtime of ours has: listed, and refused at the unlock. */
const FOREIGN_HASHES: readonly string[] = ['whirlpool', 'sm3', 'stribog256', 'stribog512'];

/** OpenSSL's names, where they differ from those in headers. */
const OPENSSL_NAMES: Partial<Record<HashName, string>> = {
  'blake2b-512': 'blake2b512',
  'blake2s-256': 'blake2s256',
};

/** In plain JavaScript, for runtimes that lack them: Electron's BoringSSL has the SHA family alone. */
const PLAIN_HASHES = {
  ripemd160,
  'sha3-224': sha3_224,
  'sha3-256': sha3_256,
  'sha3-384': sha3_384,
  'sha3-512': sha3_512,
  'blake2b-512': blake2b,
  'blake2s-256': blake2s,
} as const;
type PlainHash = (typeof PLAIN_HASHES)[keyof typeof PLAIN_HASHES];

let runtimeHashes: ReadonlySet<string> | undefined;

/** Returns the hash of this name, or `undefined` where there is none. */
export function findHash(name: string): HashName | undefined {
  return Object.hasOwn(HASH_BYTES, name) ? (name as HashName) : undefined; // checked by hasOwn
}

/** Tells whether a name stands for some hash, be it one that we do not have. */
export function isHashKnown(name: string): boolean {
  return findHash(name) !== undefined || FOREIGN_HASHES.includes(name);
}

/** How a hash is computed in this runtime: by OpenSSL under a name, or by a function. */
export function findImplementation(name: HashName): string | PlainHash {
  const opensslName = OPENSSL_NAMES[name] ?? name;
  if (!Object.hasOwn(PLAIN_HASHES, name)) return opensslName;
  runtimeHashes ??= new Set(getHashes());
  if (runtimeHashes.has(opensslName)) return opensslName;
  return PLAIN_HASHES[name as keyof typeof PLAIN_HASHES]; // checked by hasOwn
}

/** Returns the digest of the bytes. Returned: a fresh buffer that the caller wipes where it must. */
export function hashOnce(name: HashName, bytes: Uint8Array): Uint8Array {
  const implementation = findImplementation(name);
  return typeof implementation === 'string'
    ? hash(implementation, bytes, 'buffer')
    : implementation(bytes);
}
