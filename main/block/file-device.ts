import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { DeviceError, StateError } from '../../shared/errors/vault-error.ts';
import { blockDeviceSize } from '../system/block-device-size.ts';
import { toDeviceError } from '../system/device-errors.ts';
import { tryFlock, tryLockFile } from '../system/file-locks.ts';
import { forgetCachedRange, punchHole, reserveSpace } from '../system/file-space.ts';
import { isLoopAttached } from '../system/loop-devices.ts';
import { assertInside, type BlockDevice } from './block-device.ts';

const HEADER_LOCK_WAIT_MS = 5_000;
const HEADER_LOCK_STEP_MS = 5;

export type FileDeviceOptions = Readonly<{
  isReadOnly: boolean;
  /** `none`: for a look at the header of a container that may be open elsewhere. */
  lock?: 'none';
}>;

/**
 * A container file or block device, opened once and used through its descriptor until disposed.
 *
 * Opening takes an open-file-description lock for as long as the device lives: exclusive for
 * writing, shared for reading, so that there is one writer. The size is read once at opening.
 */
export class FileDevice implements BlockDevice {
  readonly sizeBytes: number;
  readonly isReadOnly: boolean;
  readonly granularityBytes = 1;
  readonly path: string;
  readonly fd: number;
  #isOpen = true;
  /** How an fsync failed, since when nothing is known to be stored. */
  #syncFailure: DeviceError | undefined;
  #isHeaderLocked = false;
  #canReserve = process.platform === 'linux';

  private constructor(path: string, fd: number, sizeBytes: number, isReadOnly: boolean) {
    this.path = path;
    this.fd = fd;
    this.sizeBytes = sizeBytes;
    this.isReadOnly = isReadOnly;
  }

  /**
   * Opens an ordinary file or a block device and locks it.
   *
   * A block device is opened for writing only where nobody has it mounted or mapped, and nobody can
   * mount or map it from then on; a file only where no loop device can write to it.
   *
   * @throws DeviceError `file-missing`, `permission-denied`, `not-a-file`, `read-only`, `device-busy`.
   */
  static open(path: string, options: FileDeviceOptions): FileDevice {
    const access = options.isReadOnly ? constants.O_RDONLY : constants.O_RDWR;
    let fd: number;
    try {
      const isBlockDevice = statSync(path).isBlockDevice();
      const exclusive = isBlockDevice && !options.isReadOnly ? constants.O_EXCL : 0;
      // SECURITY: O_NONBLOCK so that a FIFO in place of the container cannot hang us.
      fd = openSync(path, access | exclusive | constants.O_NONBLOCK | constants.O_NOCTTY);
    } catch (error) {
      throw toDeviceError(error, 'open', 0);
    }
    const device = FileDevice.adopt(path, fd, options);
    if (options.isReadOnly || options.lock === 'none' || !isLoopAttached(fstatSync(fd)))
      return device;
    device[Symbol.dispose]();
    throw new DeviceError('device-busy', { reason: 'attached to a loop device' });
  }

  /** Takes ownership of an open descriptor; closes it where it cannot be used. */
  static adopt(path: string, fd: number, options: FileDeviceOptions): FileDevice {
    try {
      const stat = fstatSync(fd);
      const sizeBytes = sizeOf(fd, stat);
      if (
        options.lock !== 'none' &&
        !tryLockFile(fd, options.isReadOnly ? 'shared' : 'exclusive')
      ) {
        throw new DeviceError('device-busy', {});
      }
      return new FileDevice(path, fd, sizeBytes, options.isReadOnly);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  readInto(offsetBytes: number, target: Uint8Array): void {
    assertInside(this, offsetBytes, target.length);
    let done = 0;
    while (done < target.length) {
      let count: number;
      try {
        count = readSync(this.fd, target, done, target.length - done, offsetBytes + done);
      } catch (error) {
        throw toDeviceError(error, 'read', offsetBytes + done);
      }
      if (count === 0) throw new DeviceError('short-read', { offsetBytes: offsetBytes + done });
      done += count;
    }
  }

  writeFrom(offsetBytes: number, source: Uint8Array): void {
    assertInside(this, offsetBytes, source.length);
    if (this.isReadOnly) throw new DeviceError('read-only', { offsetBytes });
    let done = 0;
    while (done < source.length) {
      try {
        done += writeSync(this.fd, source, done, source.length - done, offsetBytes + done);
      } catch (error) {
        throw toDeviceError(error, 'write', offsetBytes + done);
      }
    }
  }

  /**
   * Once it has failed it fails for good: the system tells of data that it could not write once, and
   * then takes them for written. The container has to be opened anew.
   */
  flush(): void {
    if (this.isReadOnly) return;
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    try {
      fsyncSync(this.fd);
    } catch (error) {
      this.#syncFailure = toDeviceError(error, 'fsync', 0);
      throw this.#syncFailure;
    }
  }

  /**
   * Allocates the range in the host's filesystem; one that cannot is not asked again.
   *
   * @throws DeviceError `no-space`, also where a quota is used up; `io-error`
   */
  reserve(offsetBytes: number, lengthBytes: number): void {
    assertInside(this, offsetBytes, lengthBytes);
    if (!this.#canReserve || lengthBytes === 0) return;
    const outcome = reserveSpace(this.fd, offsetBytes, lengthBytes);
    if (outcome === 'no-space' || outcome === 'failed')
      throw new DeviceError(outcome === 'failed' ? 'io-error' : outcome, {
        operation: 'reserve',
        offsetBytes,
      });
    if (outcome === 'unsupported') this.#canReserve = false;
  }

  /** Punches a hole, so that a sparse container gives the space back. A file that cannot keeps it. */
  discard(offsetBytes: number, lengthBytes: number): void {
    assertInside(this, offsetBytes, lengthBytes);
    if (this.isReadOnly || lengthBytes === 0) return;
    punchHole(this.fd, offsetBytes, lengthBytes);
  }

  /** Makes the next read of a range come from the storage, so that it proves what is there. */
  forgetCached(offsetBytes: number, lengthBytes: number): void {
    if (process.platform === 'linux') forgetCachedRange(this.fd, offsetBytes, lengthBytes);
  }

  /**
   * Runs `action` under the `flock` that cryptsetup takes while it reads or writes headers. What is
   * asked for inside of it is under the same lock: reads under either, writes under an exclusive one.
   *
   * @throws StateError `operation-in-progress` where it is still held elsewhere after 5 s.
   */
  withHeaderLock<T>(kind: 'shared' | 'exclusive', action: () => T): T {
    if (this.#isHeaderLocked) return action();
    const sleeper = new Int32Array(new SharedArrayBuffer(4));
    for (let waitedMs = 0; !tryFlock(this.fd, kind); waitedMs += HEADER_LOCK_STEP_MS) {
      if (waitedMs >= HEADER_LOCK_WAIT_MS) throw new StateError('operation-in-progress', {});
      Atomics.wait(sleeper, 0, 0, HEADER_LOCK_STEP_MS);
    }
    this.#isHeaderLocked = true;
    try {
      return action();
    } finally {
      this.#isHeaderLocked = false;
      tryFlock(this.fd, 'none');
    }
  }

  /** Returns the descriptor and lets go of it: the caller owns it and its lock from now on. */
  release(): number {
    this.#isOpen = false;
    return this.fd;
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.fd);
  }
}

/** @throws DeviceError `not-a-file` where it is neither a file nor a block device. */
function sizeOf(fd: number, stat: Stats): number {
  const sizeBytes = stat.isBlockDevice() ? blockDeviceSize(fd) : stat.size;
  if (sizeBytes === null || !(stat.isFile() || stat.isBlockDevice()))
    throw new DeviceError('not-a-file', {});
  return sizeBytes;
}
