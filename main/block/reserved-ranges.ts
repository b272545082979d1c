import { KIB } from '../../shared/units.ts';
import type { BlockDevice } from './block-device.ts';

/** Space is reserved in units of this size: few calls, little more than what is written. */
const UNIT_BYTES = 64 * KIB;

/** Remembers which parts of a device have their space on the storage, and asks once for each. */
export class ReservedRanges {
  readonly #device: BlockDevice;
  /** One bit per unit. */
  readonly #bits: Uint8Array;

  constructor(device: BlockDevice) {
    this.#device = device;
    this.#bits = new Uint8Array(Math.ceil(device.sizeBytes / UNIT_BYTES / 8));
  }

  /**
   * Reserves the unit in which an offset lies.
   *
   * @throws DeviceError `no-space`; the unit is asked for again the next time.
   */
  ensure(offsetBytes: number): void {
    const unit = Math.floor(offsetBytes / UNIT_BYTES);
    const at = Math.floor(unit / 8);
    const bit = 1 << (unit % 8);
    const byte = this.#bits[at] ?? 0;
    if ((byte & bit) !== 0) return;
    const start = unit * UNIT_BYTES;
    this.#device.reserve?.(start, Math.min(UNIT_BYTES, this.#device.sizeBytes - start));
    this.#bits[at] = byte | bit;
  }

  /** Forgets units that lie wholly or partly in a discarded range: their space may be gone. */
  forget(offsetBytes: number, lengthBytes: number): void {
    const last = Math.floor((offsetBytes + lengthBytes - 1) / UNIT_BYTES);
    for (let unit = Math.floor(offsetBytes / UNIT_BYTES); unit <= last; unit += 1) {
      const at = Math.floor(unit / 8);
      this.#bits[at] = (this.#bits[at] ?? 0) & ~(1 << (unit % 8));
    }
  }
}
