import { pbkdf2Sync } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findHash, HASH_BYTES, hashOnce, isHashKnown } from '../../../main/crypto/hashes.ts';

const TEXT = new TextEncoder().encode('abc');
const LACKED = [
  'ripemd160',
  'sha3-224',
  'sha3-256',
  'sha3-512',
  'blake2b-512',
  'blake2s-256',
] as const;

afterEach(() => {
  vi.doUnmock('node:crypto');
  vi.resetModules();
});

describe('hashes', () => {
  it('have the length that headers rely on', () => {
    for (const [name, bytes] of Object.entries(HASH_BYTES)) {
      const hash = findHash(name);
      expect(hash, name).toBeDefined();
      if (hash !== undefined) expect(hashOnce(hash, TEXT), name).toHaveLength(bytes);
    }
  });

  it('RIPEMD-160 of "abc" is that of its authors', () => {
    const digest = Buffer.from(hashOnce('ripemd160', TEXT)).toString('hex');
    expect(digest).toBe('8eb208f7e05d987a9b044a8e98c6b087f15a0bfc');
  });

  it('that a runtime lacks come from a library, with the same bytes', async () => {
    const expected = LACKED.map((name) => hashOnce(name, TEXT));
    const derived = pbkdf2Sync('abc', 'salt', 100, 32, 'ripemd160');
    vi.resetModules();
    vi.doMock('node:crypto', async (original) => ({
      ...(await original<typeof import('node:crypto')>()),
      getHashes: () => ['sha1', 'sha256'],
    }));
    const without = await import('../../../main/crypto/hashes.ts');
    LACKED.forEach((name, index) => {
      expect(typeof without.findImplementation(name), name).toBe('function');
      expect(Buffer.from(without.hashOnce(name, TEXT)), name).toEqual(
        Buffer.from(expected[index] ?? []),
      );
    });
    const { deriveKey } = await import('../../../main/crypto/kdf.ts');
    const { SecretBytes } = await import('../../../main/bytes/secret-bytes.ts');
    using secret = SecretBytes.copyOf(TEXT);
    const salt = new TextEncoder().encode('salt');
    const kdf = { type: 'pbkdf2', hash: 'ripemd160', iterations: 100, salt } as const;
    using key = await deriveKey(secret, kdf, 32);
    expect(Buffer.from(key.bytes)).toEqual(derived);
  });

  it('know names that they do not have, and no others', () => {
    expect(findHash('whirlpool')).toBeUndefined();
    expect(isHashKnown('whirlpool')).toBe(true);
    for (const name of ['md5', '', 'constructor', 'sha256 ', 'SHA256'])
      expect(isHashKnown(name), name).toBe(false);
  });
});
