import { DeviceError } from '../../shared/errors/vault-error.ts';
import { assertInside, type BlockDevice } from './block-device.ts';

/** A block device in plain memory: for tests and for building images. */
export class MemoryDevice implements BlockDevice {
  readonly bytes: Uint8Array;
  readonly isReadOnly: boolean;
  readonly granularityBytes = 1;

  constructor(bytes: Uint8Array, isReadOnly = false) {
    this.bytes = bytes;
    this.isReadOnly = isReadOnly;
  }

  get sizeBytes(): number {
    return this.bytes.length;
  }

  readInto(offsetBytes: number, target: Uint8Array): void {
    assertInside(this, offsetBytes, target.length);
    target.set(this.bytes.subarray(offsetBytes, offsetBytes + target.length));
  }

  writeFrom(offsetBytes: number, source: Uint8Array): void {
    assertInside(this, offsetBytes, source.length);
    if (this.isReadOnly) throw new DeviceError('read-only', { offsetBytes });
    this.bytes.set(source, offsetBytes);
  }

  flush(): void {}

  discard(offsetBytes: number, lengthBytes: number): void {
    assertInside(this, offsetBytes, lengthBytes);
    this.bytes.fill(0, offsetBytes, offsetBytes + lengthBytes);
  }

  [Symbol.dispose](): void {}
}
