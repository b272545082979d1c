import { type Cipheriv, createCipheriv, createDecipheriv, type Decipheriv } from 'node:crypto';
import { KIB } from '../../shared/units.ts';
import type { Arena } from '../bytes/arena.ts';
import { type ApplyMasks, loadMaskKernel } from './mask-kernel/mask-kernel.ts';
import type { XtsDirection, XtsProvider, XtsTransform } from './xts-provider.ts';
import { TWEAK_BATCH_SECTORS, TWEAK_BYTES, writePlain64Tweaks } from './xts-tweaks.ts';

/**
 * PERF: 64 KiB at a time takes 11.7 us; 128 KiB take 30, since the C library then maps fresh memory
 * for each result.
 */
const CHUNK_BYTES = 64 * KIB;

/** Bytes of arena that the provider takes. */
export const ECB_WASM_ARENA_BYTES = TWEAK_BATCH_SECTORS * TWEAK_BYTES + 64;

type EcbCipher = Cipheriv | Decipheriv;

/**
 * AES-XTS from two long-lived ECB objects of OpenSSL (or BoringSSL, which has no XTS cipher) and a
 * SIMD kernel that applies the masks: `C = E(P ^ T) ^ T`, IEEE Std 1619-2007, 5.3.1.
 */
export function createEcbWasmProvider(arena: Arena): XtsProvider {
  const applyMasks = loadMaskKernel(arena);
  const tweaks = arena.allocate(TWEAK_BATCH_SECTORS * TWEAK_BYTES);
  return {
    name: 'ecb-wasm',
    createTransform: (direction, key, sectorBytes) =>
      new EcbWasmTransform(arena, applyMasks, tweaks, direction, key, sectorBytes),
  };
}

class EcbWasmTransform implements XtsTransform {
  readonly #memory: Buffer;
  readonly #applyMasks: ApplyMasks;
  readonly #tweaks: Buffer;
  readonly #tweakWords: Uint32Array;
  readonly #sectorBytes: number;
  readonly #batchBytes: number;
  #data: EcbCipher | undefined;
  #tweak: EcbCipher | undefined;

  constructor(
    arena: Arena,
    applyMasks: ApplyMasks,
    tweaks: Buffer,
    direction: XtsDirection,
    key: Uint8Array,
    sectorBytes: number,
  ) {
    const half = key.length / 2;
    const algorithm = `aes-${half * 8}-ecb`;
    const create = direction === 'encrypt' ? createCipheriv : createDecipheriv;
    this.#data = create(algorithm, key.subarray(0, half), null).setAutoPadding(false);
    this.#tweak = createCipheriv(algorithm, key.subarray(half), null).setAutoPadding(false);
    this.#memory = arena.bytes;
    this.#applyMasks = applyMasks;
    this.#tweaks = tweaks;
    this.#tweakWords = new Uint32Array(tweaks.buffer, tweaks.byteOffset, tweaks.length / 4);
    this.#sectorBytes = sectorBytes;
    this.#batchBytes = TWEAK_BATCH_SECTORS * sectorBytes;
  }

  apply(atBytes: number, lengthBytes: number, firstIvSector: number): void {
    for (let done = 0; done < lengthBytes; done += this.#batchBytes) {
      const length = Math.min(this.#batchBytes, lengthBytes - done);
      this.#applyBatch(atBytes + done, length, firstIvSector + done / 512);
    }
  }

  #applyBatch(atBytes: number, lengthBytes: number, firstIvSector: number): void {
    if (this.#data === undefined || this.#tweak === undefined)
      throw new RangeError('transform is disposed');
    const sectorBytes = this.#sectorBytes;
    const sectors = lengthBytes / sectorBytes;
    const blocks = sectorBytes / 16;
    const tweaksAt = this.#tweaks.byteOffset;
    writePlain64Tweaks(this.#tweakWords, firstIvSector, sectors, sectorBytes);
    this.#move(this.#tweak.update(this.#tweaks.subarray(0, sectors * TWEAK_BYTES)), tweaksAt);
    for (let done = 0; done < lengthBytes; done += CHUNK_BYTES) {
      const length = Math.min(CHUNK_BYTES, lengthBytes - done);
      const at = atBytes + done;
      const chunkTweaksAt = tweaksAt + (done / sectorBytes) * TWEAK_BYTES;
      this.#applyMasks(at, chunkTweaksAt, length / sectorBytes, blocks);
      this.#move(this.#data.update(this.#memory.subarray(at, at + length)), at);
      this.#applyMasks(at, chunkTweaksAt, length / sectorBytes, blocks);
    }
  }

  /**
   * Copies what a cipher returned into the arena and frees it at once. PERF: left to the collector
   * it would be fresh memory each time, half as fast, and pauses of milliseconds.
   */
  #move(result: Buffer<ArrayBuffer>, at: number): void {
    this.#memory.set(result, at);
    // An answer of its own length has its buffer for itself.
    if (result.buffer.byteLength === result.length) result.buffer.transfer(0);
  }

  /** Drops the key schedules; OpenSSL clears them when the objects are collected. */
  [Symbol.dispose](): void {
    this.#data = undefined;
    this.#tweak = undefined;
  }
}
