import type { XtsDirection, XtsProvider, XtsTransform } from './xts-provider.ts';

/** IV sectors after which `plain` starts again at 0: that of 2 TiB. */
const IV_SECTOR_LIMIT = 2 ** 32;
const IV_SECTOR_BYTES = 512;

/**
 * Makes of a provider of `plain64` one of `plain`, whose tweak has 32 bits of the IV sector. The two
 * differ only beyond 2 TiB; what is smaller is served as `plain64`, with the storage step fused in.
 *
 * @see cryptsetup wiki, DMCrypt, "IV generators": plain
 */
export function createPlainXtsProvider(inner: XtsProvider): XtsProvider {
  return {
    ...inner,
    createTransform: (direction: XtsDirection, key: Uint8Array, sectorBytes: number) =>
      new PlainXtsTransform(inner.createTransform(direction, key, sectorBytes), sectorBytes),
  };
}

class PlainXtsTransform implements XtsTransform {
  readonly #inner: XtsTransform;
  readonly #sectorBytes: number;

  /** @param inner - Owned. */
  constructor(inner: XtsTransform, sectorBytes: number) {
    this.#inner = inner;
    this.#sectorBytes = sectorBytes;
  }

  apply(atBytes: number, lengthBytes: number, firstIvSector: number): void {
    const step = this.#sectorBytes / IV_SECTOR_BYTES;
    for (let done = 0; done < lengthBytes; ) {
      const ivSector = firstIvSector + done / IV_SECTOR_BYTES;
      const narrow = ((ivSector % IV_SECTOR_LIMIT) + IV_SECTOR_LIMIT) % IV_SECTOR_LIMIT;
      const untilWrapBytes = Math.ceil((IV_SECTOR_LIMIT - narrow) / step) * this.#sectorBytes;
      const length = Math.min(lengthBytes - done, untilWrapBytes);
      this.#inner.apply(atBytes + done, length, narrow);
      done += length;
    }
  }

  [Symbol.dispose](): void {
    this.#inner[Symbol.dispose]();
  }
}
