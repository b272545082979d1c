import { createRequire } from 'node:module';
import type { Arena } from '../bytes/arena.ts';
import type { XtsDirection, XtsProvider, XtsTransform } from './xts-provider.ts';
import { TWEAK_BATCH_SECTORS, TWEAK_BYTES, writePlain64Tweaks } from './xts-tweaks.ts';

const TWEAK_WORDS = TWEAK_BYTES / 4;
/** What the doubling of the highest bit becomes. */
const POLYNOMIAL = 0x87;
/** Sectors per call of the cipher; small, as the whole is slow anyway. */
const BATCH_SECTORS = TWEAK_BATCH_SECTORS / 128;

/**
 * AES-XTS on @noble/ciphers, in plain JavaScript: the reference, and the last resort where nothing
 * else passes its self-test. About 30 MiB/s; its tables leak timing to a local observer.
 */
export function createNobleProvider(arena: Arena): XtsProvider {
  const { ecb } = loadCipher();
  return {
    name: 'noble',
    createTransform: (direction, key, sectorBytes) =>
      new NobleTransform(arena, ecb, direction, key, sectorBytes),
  };
}

/** PERF: its tables take 1.3 MiB and some milliseconds in each thread; few ever need them. */
function loadCipher(): typeof import('@noble/ciphers/aes.js') {
  return createRequire(import.meta.url)('@noble/ciphers/aes.js');
}

type Ecb = ReturnType<typeof loadCipher>['ecb'];

class NobleTransform implements XtsTransform {
  readonly #arena: Arena;
  readonly #ecb: Ecb;
  readonly #direction: XtsDirection;
  readonly #dataKey: Uint8Array;
  readonly #tweakKey: Uint8Array;
  readonly #sectorBytes: number;

  constructor(
    arena: Arena,
    ecb: Ecb,
    direction: XtsDirection,
    key: Uint8Array,
    sectorBytes: number,
  ) {
    this.#arena = arena;
    this.#ecb = ecb;
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
    const encryptedTweaks = this.#ecb(this.#tweakKey, { disablePadding: true }).encrypt(tweaks);
    const masks = expandMasks(encryptedTweaks, this.#sectorBytes);
    mix(sectors, masks);
    const cipher = this.#ecb(this.#dataKey, { disablePadding: true });
    const masked = Uint8Array.from(sectors);
    sectors.set(this.#direction === 'encrypt' ? cipher.encrypt(masked) : cipher.decrypt(masked));
    mix(sectors, masks);
  }

  [Symbol.dispose](): void {
    this.#dataKey.fill(0);
    this.#tweakKey.fill(0);
  }
}

/**
 * Returns the mask of every 16-byte block, as words of a little-endian machine: each the previous
 * one times alpha. IEEE 1619-2007, 5.2.
 */
function expandMasks(encryptedTweaks: Uint8Array, sectorBytes: number): Uint32Array {
  const tweaks = wordsOf(encryptedTweaks);
  const sectorWords = sectorBytes / 4;
  const masks = new Uint32Array((tweaks.length / TWEAK_WORDS) * sectorWords);
  for (let start = 0, from = 0; start < masks.length; start += sectorWords, from += TWEAK_WORDS) {
    masks.set(tweaks.subarray(from, from + TWEAK_WORDS), start);
    for (let at = start + TWEAK_WORDS; at < start + sectorWords; at += TWEAK_WORDS) {
      let carry = ((masks[at - 1] ?? 0) >>> 31) * POLYNOMIAL;
      for (let word = at; word < at + TWEAK_WORDS; word += 1) {
        const before = masks[word - TWEAK_WORDS] ?? 0;
        masks[word] = (before << 1) ^ carry;
        carry = before >>> 31;
      }
    }
  }
  return masks;
}

/** XORs masks into sectors, in place. */
function mix(sectors: Uint8Array, masks: Uint32Array): void {
  const words = wordsOf(sectors);
  for (let at = 0; at < words.length; at += 1) words[at] = (words[at] ?? 0) ^ (masks[at] ?? 0);
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
