import type { OrderedDevice, WriteRank } from '../../block/ordered-device.ts';

/**
 * Passes everything on and remembers whether a write or a flush has ever failed: then an operation
 * may have ended half-way, and the volume must not be marked clean, so that the next mount heals it.
 */
export class WatchedDevice implements OrderedDevice {
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  readonly granularityBytes: number;
  readonly #device: OrderedDevice;
  #hasFailed = false;

  constructor(device: OrderedDevice) {
    this.#device = device;
    this.sizeBytes = device.sizeBytes;
    this.isReadOnly = device.isReadOnly;
    this.granularityBytes = device.granularityBytes;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  get dirtyBytes(): number {
    return this.#device.dirtyBytes;
  }

  readInto(offsetBytes: number, target: Uint8Array): void {
    try {
      this.#device.readInto(offsetBytes, target);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  writeFrom(offsetBytes: number, source: Uint8Array): void {
    try {
      this.#device.writeFrom(offsetBytes, source);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  writeOrdered(offsetBytes: number, source: Uint8Array, rank: WriteRank): void {
    try {
      this.#device.writeOrdered(offsetBytes, source, rank);
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  flush(): void {
    try {
      this.#device.flush();
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  discard(offsetBytes: number, lengthBytes: number): void {
    this.#device.discard(offsetBytes, lengthBytes);
  }

  /** The device below is borrowed and stays open. */
  [Symbol.dispose](): void {}
}
