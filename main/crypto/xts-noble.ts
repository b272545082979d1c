import { ecb } from '@noble/ciphers/aes.js';
import type { Arena } from '../bytes/arena.ts';
import type { XtsDirection, XtsProvider, XtsTransform } from './xts-provider.ts';
import { TWEAK_BATCH_SECTORS, TWEAK_BYTES, writePlain64Tweaks } from './xts-tweaks.ts';

/** Sectors per call of the cipher; small, as the whole is slow anyway. */
const BATCH_SECTORS = TWEAK_BATCH_SECTORS / 128;

/**
 * AES-XTS on @noble/ciphers, in plain JavaScript: the reference, and the last resort where nothing
 * else passes its self-test. About 30 MiB/s; its tables leak timing to a local observer.
 */
export function createNobleProvider(arena: Arena): XtsProvider {
  return {
    name: 'noble',
    createTransform: (direction, key, sectorBytes) =>
      new NobleTransform(arena, direction, key, sectorBytes),
  };
}

class NobleTransform implements XtsTransform {
  readonly #arena: Arena;
  readonly #direction: XtsDirection;
  readonly #dataKey: Uint8Array;
  readonly #tweakKey: Uint8Array;
  readonly #sectorBytes: number;

  constructor(arena: Arena, direction: XtsDirection, key: Uint8Array, sectorBytes: number) {
    this.#arena = arena;
    this.#direction = direction;
    this.#dataKey = key.slice(0, key.length / 2);
    this.#tweakKey = key.slice(key.length / 2);
    this.#sectorBytes = sectorBytes;
  }

  apply(atBytes: number, lengthBytes: number, firstIvSector: number): void {
    const batchBytes = BATCH_SECTORS * this.#sectorBytes;
    for (let done = 0; done < lengthBytes; done += batchBytes) {
      const length = Math.min(batchBytes, lengthBytes - done);
      this.#applyBatch(
        this.#arena.bytes.subarray(atBytes + done, atBytes + done + length),
        firstIvSector + done / 512,
      );
    }
  }

  #applyBatch(sectors: Uint8Array, firstIvSector: number): void {
    const count = sectors.length / this.#sectorBytes;
    const tweaks = new Uint8Array(count * TWEAK_BYTES);
    writePlain64Tweaks(new Uint32Array(tweaks.buffer), firstIvSector, count, this.#sectorBytes);
    const masks = expandMasks(
      ecb(this.#tweakKey, { disablePadding: true }).encrypt(tweaks),
      this.#sectorBytes,
    );
    const masked = xored(sectors, masks);
    const cipher = ecb(this.#dataKey, { disablePadding: true });
    const transformed =
      this.#direction === 'encrypt' ? cipher.encrypt(masked) : cipher.decrypt(masked);
    sectors.set(xored(transformed, masks));
  }

  [Symbol.dispose](): void {
    this.#dataKey.fill(0);
    this.#tweakKey.fill(0);
  }
}

/** Returns the mask of every 16-byte block: each the previous one times alpha. IEEE 1619-2007, 5.2. */
function expandMasks(encryptedTweaks: Uint8Array, sectorBytes: number): Uint8Array {
  const sectors = encryptedTweaks.length / TWEAK_BYTES;
  const masks = new Uint8Array(sectors * sectorBytes);
  for (let sector = 0; sector < sectors; sector += 1) {
    const start = sector * sectorBytes;
    masks.set(encryptedTweaks.subarray(sector * TWEAK_BYTES, (sector + 1) * TWEAK_BYTES), start);
    for (let at = start + 16; at < start + sectorBytes; at += 16) {
      let carry = 0;
      for (let i = 0; i < 16; i += 1) {
        const byte = masks[at - 16 + i] ?? 0;
        masks[at + i] = ((byte << 1) | carry) & 0xff;
        carry = byte >> 7;
      }
      if (carry === 1) masks[at] = (masks[at] ?? 0) ^ 0x87;
    }
  }
  return masks;
}

function xored(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length);
  for (let i = 0; i < a.length; i += 1) result[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  return result;
}
