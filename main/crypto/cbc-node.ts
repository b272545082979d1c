import {
  type Cipheriv,
  createCipheriv,
  createDecipheriv,
  type Decipheriv,
  hash,
} from 'node:crypto';
import { KIB } from '../../shared/units.ts';
import type { Arena } from '../bytes/arena.ts';
import type { VolumeCipher } from './volume-cipher.ts';
import type { XtsProvider, XtsTransform } from './xts-provider.ts';
import { TWEAK_BYTES, writePlain64Tweaks } from './xts-tweaks.ts';

/** Bytes per call of the cipher when decrypting; one call returns a fresh buffer of that size. */
const CHUNK_BYTES = 128 * KIB;
const BLOCK_WORDS = TWEAK_BYTES / 4;
const NO_VECTOR = new Uint8Array(TWEAK_BYTES);

/**
 * AES-CBC with an initial vector for each sector, as old containers have it.
 *
 * Decryption is one ECB call for a whole chunk, then XOR with the ciphertext one block before.
 * Encryption is a chain within each sector, so there is one call a sector, of one long-lived CBC
 * object: what it carries over from the sector before is taken out of the next first block.
 *
 * @see cryptsetup wiki, DMCrypt, "IV generators": plain, plain64, essiv
 */
export function createCbcProvider(arena: Arena, cipher: VolumeCipher): XtsProvider {
  return {
    name: 'node-cbc',
    createTransform: (direction, key, sectorBytes) =>
      direction === 'decrypt'
        ? new CbcDecryption(arena, cipher, key, sectorBytes)
        : new CbcEncryption(arena, cipher, key, sectorBytes),
  };
}

/** Makes the initial vectors of consecutive sectors. */
class InitialVectors implements Disposable {
  readonly #isNarrow: boolean;
  readonly #sectorBytes: number;
  #essiv: Cipheriv | undefined;

  constructor(cipher: VolumeCipher, key: Uint8Array, sectorBytes: number) {
    this.#isNarrow = cipher === 'aes-cbc-plain';
    this.#sectorBytes = sectorBytes;
    if (cipher !== 'aes-cbc-essiv:sha256') return;
    const vectorKey = hash('sha256', key, 'buffer');
    this.#essiv = createCipheriv('aes-256-ecb', vectorKey, null).setAutoPadding(false);
    vectorKey.fill(0);
  }

  /** Returns the vectors as 32-bit words, four a sector. */
  make(firstIvSector: number, sectors: number): Uint32Array {
    const words = new Uint32Array(sectors * BLOCK_WORDS);
    writePlain64Tweaks(words, firstIvSector, sectors, this.#sectorBytes);
    if (this.#isNarrow) {
      for (let at = 1; at < words.length; at += BLOCK_WORDS) words[at] = 0;
    }
    if (this.#essiv === undefined) return words;
    return wordsOf(this.#essiv.update(new Uint8Array(words.buffer)));
  }

  [Symbol.dispose](): void {
    this.#essiv = undefined;
  }
}

class CbcDecryption implements XtsTransform {
  readonly #arena: Arena;
  readonly #vectors: InitialVectors;
  readonly #sectorBytes: number;
  #cipher: Decipheriv | undefined;

  constructor(arena: Arena, cipher: VolumeCipher, key: Uint8Array, sectorBytes: number) {
    this.#arena = arena;
    this.#vectors = new InitialVectors(cipher, key, sectorBytes);
    this.#sectorBytes = sectorBytes;
    this.#cipher = createDecipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  }

  apply(atBytes: number, lengthBytes: number, firstIvSector: number): void {
    for (let done = 0; done < lengthBytes; done += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, lengthBytes - done);
      this.#applyChunk(atBytes + done, length, firstIvSector + done / 512);
    }
  }

  #applyChunk(atBytes: number, lengthBytes: number, firstIvSector: number): void {
    if (this.#cipher === undefined) throw new RangeError('transform is disposed');
    const sectors = this.#arena.bytes.subarray(atBytes, atBytes + lengthBytes);
    const words = wordsOf(this.#cipher.update(sectors));
    const before = new Uint32Array(sectors.buffer, sectors.byteOffset, lengthBytes / 4);
    const vectors = this.#vectors.make(firstIvSector, lengthBytes / this.#sectorBytes);
    const sectorWords = this.#sectorBytes / 4;
    for (let start = 0; start < words.length; start += sectorWords) {
      const vectorAt = (start / sectorWords) * BLOCK_WORDS;
      for (let i = 0; i < BLOCK_WORDS; i += 1)
        words[start + i] = (words[start + i] ?? 0) ^ (vectors[vectorAt + i] ?? 0);
      for (let i = start + BLOCK_WORDS; i < start + sectorWords; i += 1)
        words[i] = (words[i] ?? 0) ^ (before[i - BLOCK_WORDS] ?? 0);
    }
    sectors.set(new Uint8Array(words.buffer, words.byteOffset, lengthBytes));
  }

  /** Drops the key schedules; OpenSSL clears them when the objects are collected. */
  [Symbol.dispose](): void {
    this.#cipher = undefined;
    this.#vectors[Symbol.dispose]();
  }
}

class CbcEncryption implements XtsTransform {
  readonly #arena: Arena;
  readonly #vectors: InitialVectors;
  readonly #sectorBytes: number;
  /** Last block of the ciphertext before, which the CBC object will mix into the next block. */
  readonly #carried = new Uint8Array(TWEAK_BYTES);
  #cipher: Cipheriv | undefined;

  constructor(arena: Arena, cipher: VolumeCipher, key: Uint8Array, sectorBytes: number) {
    this.#arena = arena;
    this.#vectors = new InitialVectors(cipher, key, sectorBytes);
    this.#sectorBytes = sectorBytes;
    const algorithm = `aes-${key.length * 8}-cbc`;
    this.#cipher = createCipheriv(algorithm, key, NO_VECTOR).setAutoPadding(false);
  }

  apply(atBytes: number, lengthBytes: number, firstIvSector: number): void {
    if (this.#cipher === undefined) throw new RangeError('transform is disposed');
    const vectors = new Uint8Array(
      this.#vectors.make(firstIvSector, lengthBytes / this.#sectorBytes).buffer,
    );
    for (let done = 0; done < lengthBytes; done += this.#sectorBytes) {
      const at = atBytes + done;
      const sector = this.#arena.bytes.subarray(at, at + this.#sectorBytes);
      const vectorAt = (done / this.#sectorBytes) * TWEAK_BYTES;
      for (let i = 0; i < TWEAK_BYTES; i += 1) {
        const mixed = (this.#carried[i] ?? 0) ^ (vectors[vectorAt + i] ?? 0);
        sector[i] = (sector[i] ?? 0) ^ mixed;
      }
      const encrypted = this.#cipher.update(sector);
      sector.set(encrypted);
      this.#carried.set(encrypted.subarray(-TWEAK_BYTES));
    }
  }

  [Symbol.dispose](): void {
    this.#cipher = undefined;
    this.#vectors[Symbol.dispose]();
  }
}

/** Returns bytes as 32-bit words, of a copy where they are not aligned. */
function wordsOf(bytes: Buffer): Uint32Array {
  const isAligned = bytes.byteOffset % 4 === 0;
  const aligned = isAligned ? bytes : new Uint8Array(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}
