import { randomBytes } from 'node:crypto';
import { closeSync, constants, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../shared/units.ts';
import { FileDevice } from '../block/file-device.ts';
import { toDeviceError } from '../system/device-errors.ts';

/** Bytes of the file that storage and engines are measured on. */
export const BENCH_FILE_BYTES = 128 * MIB;

/** A file of random content that has no name any more: it goes with the process, however that ends. */
export type BenchFile = Disposable &
  Readonly<{
    /** Through the system's cache. */
    device: FileDevice;
    /** Past the system's cache; null where the filesystem has no such way. */
    direct: FileDevice | null;
  }>;

/** @throws DeviceError where the folder cannot be written or has no space. */
export function createBenchFile(folder: string): BenchFile {
  const path = join(folder, `.lockline-bench-${randomBytes(8).toString('hex')}`);
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    throw toDeviceError(error, 'create', 0);
  }
  try {
    fillOrClose(fd);
    const direct = openDirect(path);
    const device = FileDevice.adopt(path, fd, { isReadOnly: false, lock: 'none' });
    return {
      device,
      direct,
      [Symbol.dispose]() {
        device[Symbol.dispose]();
        direct?.[Symbol.dispose]();
      },
    };
  } catch (error) {
    throw toDeviceError(error, 'write', 0);
  } finally {
    rmSync(path, { force: true });
  }
}

/** Visits every request-sized place of the file in a fixed scattered order. */
export function scatteredOffsets(requestBytes: number): () => number {
  const places = BENCH_FILE_BYTES / requestBytes;
  const stride = Math.floor(places * 0.618) | 1; // odd: prime to a power of two
  let place = 0;
  return () => {
    place = (place + stride) % places;
    return place * requestBytes;
  };
}

/** Filled, so that it is not sparse. */
function fillOrClose(fd: number): void {
  try {
    ftruncateSync(fd, BENCH_FILE_BYTES);
    const content = randomBytes(MIB);
    for (let at = 0; at < BENCH_FILE_BYTES; at += MIB) writeSync(fd, content, 0, MIB, at);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openDirect(path: string): FileDevice | null {
  try {
    const fd = openSync(path, constants.O_RDWR | constants.O_DIRECT);
    return FileDevice.adopt(path, fd, { isReadOnly: false, lock: 'none' });
  } catch {
    return null; // a filesystem without it, such as some in memory
  }
}
