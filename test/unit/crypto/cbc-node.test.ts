import { createCipheriv, hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena } from '../../../main/bytes/arena.ts';
import { chooseProvider } from '../../../main/crypto/providers.ts';
import { VOLUME_CIPHERS, type VolumeCipher } from '../../../main/crypto/volume-cipher.ts';
import { MIB } from '../../../shared/units.ts';
import { seededRandom } from '../../support/seeded-random.ts';

const CBC_CIPHERS = VOLUME_CIPHERS.filter((cipher) => cipher.startsWith('aes-cbc'));

/** One sector by OpenSSL, its vector made here. */
function encryptSector(
  cipher: VolumeCipher,
  key: Uint8Array,
  ivSector: number,
  sector: Uint8Array,
): Buffer {
  const number = BigInt(ivSector) & (cipher === 'aes-cbc-plain' ? 0xffffffffn : 2n ** 64n - 1n);
  const plain = Buffer.alloc(16);
  plain.writeBigUInt64LE(number);
  const essiv = createCipheriv('aes-256-ecb', hash('sha256', key, 'buffer'), null);
  const vector = cipher === 'aes-cbc-essiv:sha256' ? essiv.update(plain) : plain;
  return createCipheriv(`aes-${key.length * 8}-cbc`, key, vector).update(sector);
}

describe.each(CBC_CIPHERS)('%s', (cipher) => {
  it('is what OpenSSL computes, sector by sector, both ways, in requests of any length', () => {
    const arena = new Arena(2 * MIB);
    const { provider } = chooseProvider(arena, { cipher });
    const memory = arena.allocate(MIB, 4096);
    const property = fc.property(
      fc.constantFrom(16, 24, 32),
      fc.constantFrom(512, 1024, 4096),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom(0, 7, 2 ** 32 - 16, 2 ** 40),
      fc.integer(),
      (keyBytes, sectorBytes, wanted, firstIvSector, seed) => {
        const sectors = Math.min(wanted, MIB / sectorBytes);
        const random = seededRandom(seed);
        const key = random.bytes(keyBytes);
        const plain = random.bytes(sectors * sectorBytes);
        const expected = Array.from({ length: sectors }, (_, index) => {
          const sector = plain.subarray(index * sectorBytes, (index + 1) * sectorBytes);
          return encryptSector(cipher, key, firstIvSector + (index * sectorBytes) / 512, sector);
        });
        using encrypt = provider.createTransform('encrypt', key, sectorBytes);
        using decrypt = provider.createTransform('decrypt', key, sectorBytes);
        const view = memory.subarray(0, plain.length);
        // Twice: nothing of the request before may be left in the second.
        for (let round = 0; round < 2; round += 1) {
          view.set(plain);
          encrypt.apply(view.byteOffset, view.length, firstIvSector);
          expect(view.equals(Buffer.concat(expected))).toBe(true);
        }
        decrypt.apply(view.byteOffset, view.length, firstIvSector);
        expect(view.equals(plain)).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 25, seed: 6 });
  });
});

describe('aes-xts-plain', () => {
  it('starts its tweaks again at 0 after 2^32 IV sectors, and is plain64 before', () => {
    const arena = new Arena(2 * MIB);
    const { provider: plain64 } = chooseProvider(arena);
    const { provider: plain } = chooseProvider(arena, { cipher: 'aes-xts-plain' });
    const key = seededRandom(1).bytes(64);
    const text = seededRandom(2).bytes(4096);
    const memory = arena.allocate(4096);
    const run = (provider: typeof plain, lengthBytes: number, fromBytes: number, iv: number) => {
      using encrypt = provider.createTransform('encrypt', key, 512);
      memory.set(text);
      encrypt.apply(memory.byteOffset + fromBytes, lengthBytes, iv);
      return Buffer.from(memory.subarray(fromBytes, fromBytes + lengthBytes));
    };
    expect(run(plain, 4096, 0, 5).equals(run(plain64, 4096, 0, 5))).toBe(true);
    const crossing = run(plain, 4096, 0, 2 ** 32 - 3);
    const before = run(plain64, 3 * 512, 0, 2 ** 32 - 3);
    const after = run(plain64, 5 * 512, 3 * 512, 0);
    expect(crossing.equals(Buffer.concat([before, after]))).toBe(true);
    expect(run(plain, 4096, 0, 3 * 2 ** 32 + 9).equals(run(plain64, 4096, 0, 9))).toBe(true);
  });
});

describe('chooseProvider()', () => {
  it('tells why a pinned provider does not serve AES-CBC', () => {
    const { provider, refused } = chooseProvider(new Arena(MIB), {
      cipher: 'aes-cbc-essiv:sha256',
      pinned: 'native',
    });
    expect(provider.name).toBe('node-cbc');
    expect(refused).toEqual([{ name: 'native', reason: 'it has no AES-CBC' }]);
  });
});
