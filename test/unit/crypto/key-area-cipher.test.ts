import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findKeyAreaCipher } from '../../../main/crypto/key-area-cipher.ts';
import { transformKeyAreaXts } from '../../../main/crypto/key-area-xts.ts';

const SECTOR = 512;

/** Encrypts each sector with the runtime's own cipher: the independent opinion. */
function encryptSectors(
  algorithm: string,
  key: Uint8Array,
  plain: Uint8Array,
  iv: (sector: number) => Uint8Array,
): Buffer {
  const sectors: Buffer[] = [];
  for (let at = 0; at < plain.length; at += SECTOR) {
    const cipher = createCipheriv(algorithm, key, iv(at / SECTOR)).setAutoPadding(false);
    sectors.push(cipher.update(plain.subarray(at, at + SECTOR)), cipher.final());
  }
  return Buffer.concat(sectors);
}

function plain64(sector: number): Buffer {
  const iv = Buffer.alloc(16);
  iv.writeUInt32LE(sector);
  return iv;
}

function fresh(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

describe('XTS over key areas', () => {
  it.each([32, 64])('is byte-equal to OpenSSL for keys of %i bytes, both ways', (keyBytes) => {
    const key = randomBytes(keyBytes);
    const plain = randomBytes(258_048);
    const expected = encryptSectors(`aes-${keyBytes * 4}-xts`, key, plain, plain64);
    const area = fresh(plain);
    transformKeyAreaXts('encrypt', key, area);
    expect(Buffer.from(area).equals(expected)).toBe(true);
    transformKeyAreaXts('decrypt', key, area);
    expect(Buffer.from(area).equals(plain)).toBe(true);
  });
});

describe('ciphers that are only read', () => {
  const plain = randomBytes(64 * SECTOR);

  it.each([16, 24, 32])('aes-cbc-plain64 with a key of %i bytes', (keyBytes) => {
    const key = randomBytes(keyBytes);
    const area = fresh(encryptSectors(`aes-${keyBytes * 8}-cbc`, key, plain, plain64));
    findKeyAreaCipher('aes-cbc-plain64', keyBytes).decrypt(key, area);
    expect(Buffer.from(area).equals(plain)).toBe(true);
  });

  it('aes-cbc-essiv:sha256', () => {
    const key = randomBytes(32);
    const ivKey = createHash('sha256').update(key).digest();
    const essiv = (sector: number) =>
      createCipheriv('aes-256-ecb', ivKey, null).update(plain64(sector));
    const area = fresh(encryptSectors('aes-256-cbc', key, plain, essiv));
    findKeyAreaCipher('aes-cbc-essiv:sha256', 32).decrypt(key, area);
    expect(Buffer.from(area).equals(plain)).toBe(true);
  });
});

describe('the allow list', () => {
  it.each([
    ['cipher_null-ecb', 32],
    ['aes-ecb', 32],
    ['aes-xts-random', 64],
    ['aes-xts-plain64-extra', 64],
    ['serpent-xts-plain64', 64],
    ['', 32],
    ['aes-xts-plain64', 0],
    ['aes-xts-plain64', 48],
    ['aes-cbc-plain64', 64],
    ['toString', 32],
  ])('refuses %s with %i bytes', (encryption, keyBytes) => {
    const refused = expect.objectContaining({ code: 'cipher-unsupported' });
    expect(() => findKeyAreaCipher(encryption, keyBytes)).toThrow(refused);
  });
});
