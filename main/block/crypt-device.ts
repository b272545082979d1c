import { DeviceError } from '../../shared/errors/vault-error.ts';
import { MIB } from '../../shared/units.ts';
import type { Arena } from '../bytes/arena.ts';
import type { Engine } from '../engine/engine.ts';
import { assertInside, type BlockDevice } from './block-device.ts';
import { type CryptGeometry, ivSectorAt } from './crypt-geometry.ts';

const BOUNCE_BYTES = MIB;

/** The part of the container below that a crypt device uses besides its engine. */
type Container = Readonly<{
  isReadOnly: boolean;
  flush(): void;
  reserve?(offsetBytes: number, lengthBytes: number): void;
  discard(offsetBytes: number, lengthBytes: number): void;
}>;

/**
 * The plaintext of a volume.
 *
 * Whole sectors in the arena are transformed where they lie and moved once; a write leaves
 * ciphertext in the caller's buffer. Everything else goes through a bounce buffer, with
 * read-modify-write of partial sectors.
 */
export class CryptDevice implements BlockDevice {
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  readonly granularityBytes: number;
  readonly #container: Container;
  readonly #geometry: CryptGeometry;
  readonly #arena: Arena;
  readonly #bounce: Buffer;
  #engine: Engine;

  constructor(container: Container, engine: Engine, geometry: CryptGeometry, arena: Arena) {
    this.#container = container;
    this.#engine = engine;
    this.#geometry = geometry;
    this.#arena = arena;
    this.#bounce = arena.allocate(BOUNCE_BYTES, geometry.sectorBytes);
    this.sizeBytes = geometry.lengthBytes;
    this.isReadOnly = container.isReadOnly;
    this.granularityBytes = geometry.sectorBytes;
  }

  /** Bytes of arena that a crypt device takes. */
  static readonly arenaBytes = BOUNCE_BYTES + 4096;

  readInto(offsetBytes: number, target: Uint8Array): void {
    assertInside(this, offsetBytes, target.length);
    if (this.#isDirect(offsetBytes, target)) {
      this.#readSectors(offsetBytes, target);
      return;
    }
    const { sectorBytes } = this.#geometry;
    let done = 0;
    while (done < target.length) {
      const at = offsetBytes + done;
      const start = at - (at % sectorBytes);
      const end = Math.ceil((offsetBytes + target.length) / sectorBytes) * sectorBytes;
      const sectors = this.#bounce.subarray(0, Math.min(BOUNCE_BYTES, end - start));
      this.#readSectors(start, sectors);
      const length = Math.min(sectors.length - (at - start), target.length - done);
      sectors.copy(target, done, at - start, at - start + length);
      done += length;
    }
  }

  writeFrom(offsetBytes: number, source: Uint8Array): void {
    assertInside(this, offsetBytes, source.length);
    if (this.isReadOnly) throw new DeviceError('read-only', { offsetBytes });
    if (this.#isDirect(offsetBytes, source)) {
      this.#writeSectors(offsetBytes, source);
      return;
    }
    const { sectorBytes } = this.#geometry;
    let done = 0;
    while (done < source.length) {
      const at = offsetBytes + done;
      const start = at - (at % sectorBytes);
      const end = Math.ceil((offsetBytes + source.length) / sectorBytes) * sectorBytes;
      const sectors = this.#bounce.subarray(0, Math.min(BOUNCE_BYTES, end - start));
      const length = Math.min(sectors.length - (at - start), source.length - done);
      if (at !== start) this.#readSectors(start, sectors.subarray(0, sectorBytes));
      const isTailPartial = at - start + length !== sectors.length;
      if (isTailPartial && (at === start || sectors.length > sectorBytes)) {
        this.#readSectors(start + sectors.length - sectorBytes, sectors.subarray(-sectorBytes));
      }
      sectors.set(source.subarray(done, done + length), at - start);
      this.#writeSectors(start, sectors);
      done += length;
    }
  }

  flush(): void {
    this.#container.flush();
  }

  reserve(offsetBytes: number, lengthBytes: number): void {
    assertInside(this, offsetBytes, lengthBytes);
    this.#container.reserve?.(this.#geometry.offsetBytes + offsetBytes, lengthBytes);
  }

  /** Passes whole sectors to the container; what they then read as is undefined. */
  discard(offsetBytes: number, lengthBytes: number): void {
    assertInside(this, offsetBytes, lengthBytes);
    const { sectorBytes, offsetBytes: base } = this.#geometry;
    const start = Math.ceil(offsetBytes / sectorBytes) * sectorBytes;
    const end = Math.floor((offsetBytes + lengthBytes) / sectorBytes) * sectorBytes;
    if (end > start) this.#container.discard(base + start, end - start);
  }

  /** Wipes the bounce buffer and disposes the engine. The container stays open. */
  [Symbol.dispose](): void {
    this.#bounce.fill(0);
    this.#engine[Symbol.dispose]();
  }

  #isDirect(offsetBytes: number, view: Uint8Array): boolean {
    const { sectorBytes } = this.#geometry;
    return (
      offsetBytes % sectorBytes === 0 &&
      view.length % sectorBytes === 0 &&
      view.byteOffset % 16 === 0 &&
      this.#arena.holds(view)
    );
  }

  #readSectors(offsetBytes: number, target: Uint8Array): void {
    this.#engine.read(
      this.#geometry.offsetBytes + offsetBytes,
      target,
      ivSectorAt(this.#geometry, offsetBytes),
    );
  }

  #writeSectors(offsetBytes: number, source: Uint8Array): void {
    this.#engine.write(
      this.#geometry.offsetBytes + offsetBytes,
      source,
      ivSectorAt(this.#geometry, offsetBytes),
    );
  }
}
