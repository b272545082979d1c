/**
 * A flat run of bytes, read and written synchronously.
 *
 * Every layer of the block stack is one of these: a container file, memory, a decrypting device, a
 * cache, a fault injector. Offsets and lengths are bytes; unless a device says otherwise any
 * alignment is allowed, and reading or writing past `sizeBytes` is a `RangeError` (a bug of the
 * caller). Failures of storage are {@link DeviceError}s.
 */
export interface BlockDevice extends Disposable {
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  /** Smallest offset and length multiple that is served without read-modify-write, in bytes. */
  readonly granularityBytes: number;

  /** Fills the whole of `target` from `offsetBytes`. `target` is borrowed. */
  readInto(offsetBytes: number, target: Uint8Array): void;

  /**
   * Writes the whole of `source` at `offsetBytes`. `source` is borrowed, and is **unspecified
   * afterwards** where the device says so (a crypt device may encrypt it in place).
   */
  writeFrom(offsetBytes: number, source: Uint8Array): void;

  /** Returns when all that was written before is on stable storage. */
  flush(): void;

  /**
   * Makes sure that writing the range later cannot fail for want of space, where the storage can
   * promise that. A write-back cache asks for it before it acknowledges.
   *
   * @throws DeviceError `no-space`
   */
  reserve?(offsetBytes: number, lengthBytes: number): void;

  /** Tells that a range's content is no longer needed; reading it then gives anything. */
  discard(offsetBytes: number, lengthBytes: number): void;
}

/** @throws RangeError where the range does not lie inside the device. */
export function assertInside(device: BlockDevice, offsetBytes: number, lengthBytes: number): void {
  if (!(offsetBytes >= 0 && lengthBytes >= 0 && offsetBytes + lengthBytes <= device.sizeBytes)) {
    throw new RangeError(`range ${offsetBytes}+${lengthBytes} outside 0..${device.sizeBytes}`);
  }
}
