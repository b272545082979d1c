import { KIB } from '../../shared/units.ts';

const PAGE_BYTES = 64 * KIB;
/** What a memory may grow to, though none does: as much address space is set aside. */
const ARENA_MAXIMUM_PAGES = 16_384;
/** Kernels are compiled for shared memory of at most this size; see `build-kernel.ts`. */
export const KERNEL_MAXIMUM_PAGES = 20_480;

/** A part of an arena as plain data: what crosses from one thread to another. */
export type ArenaPart = Readonly<{
  memory: WebAssembly.Memory;
  fromBytes: number;
  lengthBytes: number;
}>;

/** Room that {@link Arena.split} may lose to alignment. */
export const ARENA_SPLIT_SLACK_BYTES = PAGE_BYTES;

function createMemory(sizeBytes: number): WebAssembly.Memory {
  const pages = Math.ceil(sizeBytes / PAGE_BYTES);
  return new WebAssembly.Memory({
    initial: pages,
    maximum: pages > ARENA_MAXIMUM_PAGES ? KERNEL_MAXIMUM_PAGES : ARENA_MAXIMUM_PAGES,
    shared: true,
  });
}

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
  #endBytes: number;

  /** @param source - Size of a fresh memory, or a part of one that another thread made. */
  constructor(source: number | ArenaPart) {
    this.memory = typeof source === 'number' ? createMemory(source) : source.memory;
    this.bytes = Buffer.from(this.memory.buffer);
    this.#endBytes = this.bytes.length;
    if (typeof source === 'number') return;
    this.#usedBytes = source.fromBytes;
    this.#endBytes = source.fromBytes + source.lengthBytes;
  }

  /** Takes a part out of this arena, for a thread that hands it out by itself. */
  split(lengthBytes: number): ArenaPart {
    const { byteOffset } = this.allocate(lengthBytes, PAGE_BYTES);
    return { memory: this.memory, fromBytes: byteOffset, lengthBytes };
  }

  /** Returns a view on `lengthBytes` of fresh zero bytes, aligned to `alignBytes` (a power of two). */
  allocate(lengthBytes: number, alignBytes = 64): Buffer {
    const at = Math.ceil(this.#usedBytes / alignBytes) * alignBytes;
    if (at + lengthBytes > this.#endBytes) {
      throw new RangeError(
        `arena that ends at ${this.#endBytes} bytes cannot hold ${lengthBytes} more`,
      );
    }
    this.#usedBytes = at + lengthBytes;
    return this.bytes.subarray(at, at + lengthBytes);
  }

  /** Tells whether a view lies in this arena, so that it can be transformed in place. */
  holds(view: Uint8Array): boolean {
    return view.buffer === this.bytes.buffer;
  }
}
