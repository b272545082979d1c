/**
 * The seam between an engine and an implementation of AES-XTS.
 *
 * A provider makes transforms; a transform holds one key schedule for one direction and works in
 * place on whole sectors that lie in the arena (shared memory), in the calling thread.
 */

export type XtsDirection = 'encrypt' | 'decrypt';

export interface XtsTransform extends Disposable {
  /**
   * Transforms consecutive sectors in place.
   *
   * @param atBytes - Offset in the arena of the first sector's first byte; a multiple of 16.
   * @param lengthBytes - A positive multiple of `sectorBytes`.
   * @param firstIvSector - IV sector (512-byte unit) of the first sector; the next sector's is
   * larger by `sectorBytes / 512`, and tweaks are `plain64`, little-endian.
   */
  apply(atBytes: number, lengthBytes: number, firstIvSector: number): void;
}

/**
 * A transform that also moves the sectors between a file and the arena, in the same call: it reads
 * and decrypts, or encrypts and writes.
 */
export interface FusedTransform extends XtsTransform {
  /**
   * @param fd - An open file; interrupted and short transfers are taken up again.
   * @param positionBytes - Where in the file.
   * @param atBytes - As in `apply`, and so are the other two.
   * @returns Bytes moved. Fewer than `lengthBytes`: `lastErrno` tells why, and what the arena then
   * holds there is undefined.
   */
  transfer(
    fd: number,
    positionBytes: number,
    atBytes: number,
    lengthBytes: number,
    firstIvSector: number,
  ): number;

  /** errno of the last transfer that fell short; 0 where the file ended. */
  readonly lastErrno: number;
}

/** Tells whether a transform does the storage step too. */
export function isFused(transform: XtsTransform): transform is FusedTransform {
  return 'transfer' in transform;
}

export interface XtsProvider {
  /** Stable name, as people pin it: `native`, `ecb-wasm`, `noble`. */
  readonly name: string;

  /** The machine's instructions that do the work, for people, where the provider has a choice. */
  readonly implementation?: string;

  /**
   * @param key - Borrowed: data key then tweak key, 32 (AES-128-XTS) or 64 bytes (AES-256-XTS).
   * @param sectorBytes - 512, 1024, 2048 or 4096.
   * @returns A transform. Owned by the caller, who disposes it.
   */
  createTransform(direction: XtsDirection, key: Uint8Array, sectorBytes: number): XtsTransform;
}
