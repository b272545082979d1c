import { randomBytes } from 'node:crypto';
import { constants, ftruncateSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../../shared/units.ts';
import { FileDevice } from '../../block/file-device.ts';
import { toDeviceError } from '../../system/device-errors.ts';

/** Bytes of the file that storage and engines are measured on. */
export const BENCH_FILE_BYTES = 128 * MIB;

/** A file of random name, filled so that it is not sparse, and removed when disposed. */
export type BenchFile = Disposable & Readonly<{ device: FileDevice }>;

/** @throws DeviceError where the folder cannot be written or has no space. */
export function createBenchFile(folder: string): BenchFile {
  const path = join(folder, `.lockline-bench-${randomBytes(8).toString('hex')}`);
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    throw toDeviceError(error, 'create', 0);
  }
  const remove = () => rmSync(path, { force: true });
  try {
    ftruncateSync(fd, BENCH_FILE_BYTES);
    const device = FileDevice.adopt(path, fd, { isReadOnly: false });
    const content = randomBytes(MIB);
    for (let at = 0; at < BENCH_FILE_BYTES; at += MIB) device.writeFrom(at, content);
    return {
      device,
      [Symbol.dispose]() {
        device[Symbol.dispose]();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
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
