import { KIB } from '../../shared/units.ts';

const PAGE_BYTES = 64 * KIB;
/** Kernels are compiled for shared memory of at most this size; see `build-kernel.ts`. */
export const ARENA_MAXIMUM_PAGES = 16_384;

/**
 * One shared WebAssembly memory per vault process, in which every buffer of the block stack lies:
 * workers and the mask kernel transform in place there and nothing is copied between threads.
 *
 * Space is handed out once, at start, and never given back: the hot path allocates nothing.
 */
export class Arena {
  readonly memory: WebAssembly.Memory;
  /** The whole memory. Fixed size, so views on it stay valid. */
  readonly bytes: Buffer;
  #usedBytes = 0;

  constructor(sizeBytes: number) {
    const pages = Math.ceil(sizeBytes / PAGE_BYTES);
    this.memory = new WebAssembly.Memory({
      initial: pages,
      maximum: ARENA_MAXIMUM_PAGES,
      shared: true,
    });
    this.bytes = Buffer.from(this.memory.buffer);
  }

  /** Returns a view on `lengthBytes` of fresh zero bytes, aligned to `alignBytes` (a power of two). */
  allocate(lengthBytes: number, alignBytes = 64): Buffer {
    const at = Math.ceil(this.#usedBytes / alignBytes) * alignBytes;
    if (at + lengthBytes > this.bytes.length) {
      throw new RangeError(`arena of ${this.bytes.length} bytes cannot hold ${lengthBytes} more`);
    }
    this.#usedBytes = at + lengthBytes;
    return this.bytes.subarray(at, at + lengthBytes);
  }

  /** Tells whether a view lies in this arena, so that it can be transformed in place. */
  holds(view: Uint8Array): boolean {
    return view.buffer === this.bytes.buffer;
  }
}
