import { randomBytes, randomFillSync } from 'node:crypto';
import {
  closeSync,
  constants,
  ftruncateSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { STORAGE_FILE_BYTES, type StorageChoices } from '../../shared/model/benchmark.ts';
import { MIB } from '../../shared/units.ts';
import { FileDevice } from '../block/file-device.ts';
import { toDeviceError } from '../system/device-errors.ts';

/** Bytes of the file that engines are measured on. */
export const BENCH_FILE_BYTES = STORAGE_FILE_BYTES.usual;

const NAME = /^\.lockline-bench-[0-9a-f]{16}$/;
/** A name that is older than this was left behind: it is needed for an instant only. */
const LEFT_AFTER_MS = 60_000;
/** Space that is left to others. */
const SPARE_BYTES = 16 * MIB;

/** A file that has no name any more: it goes with the process, however that ends. */
export type BenchFile = Disposable &
  Readonly<{
    /** Through the system's cache. */
    device: FileDevice;
    /** Past the system's cache; null where the filesystem has no such way. */
    direct: FileDevice | null;
  }>;

export type BenchFileOptions = Readonly<{
  sizeBytes: number;
  content: StorageChoices['content'];
  /** Told which share of the file is written, 0 to 1. */
  onProgress?: (fraction: number) => void;
}>;

/** What engines are measured on. */
export const ENGINE_FILE: BenchFileOptions = { sizeBytes: BENCH_FILE_BYTES, content: 'random' };

/** @throws DeviceError `no-space`, before anything is written; others where the folder cannot be written. */
export function createBenchFile(folder: string, options: BenchFileOptions): BenchFile {
  removeLeftFiles(folder);
  assertSpace(folder, options.sizeBytes);
  const path = join(folder, `.lockline-bench-${randomBytes(8).toString('hex')}`);
  const [fd, directFd] = openUnnamed(path);
  try {
    fill(fd, options);
    const adopt = (of: number) => FileDevice.adopt(path, of, { isReadOnly: false, lock: 'none' });
    const device = adopt(fd);
    const direct = directFd === null ? null : adopt(directFd);
    return {
      device,
      direct,
      [Symbol.dispose]() {
        device[Symbol.dispose]();
        direct?.[Symbol.dispose]();
      },
    };
  } catch (error) {
    closeSync(fd);
    if (directFd !== null) closeSync(directFd);
    throw toDeviceError(error, 'write', 0);
  }
}

/**
 * Makes sure that a file of this size can be made in a folder, as far as that can be known.
 *
 * @throws DeviceError as {@link createBenchFile} does.
 */
export function assertPlace(folder: string, sizeBytes: number): void {
  assertSpace(folder, sizeBytes);
  using _ = createBenchFile(folder, { sizeBytes: 0, content: 'zero' });
}

/** Visits every request-sized place of a file, in a fixed scattered order or one after another. */
export function placesOf(fileBytes: number, requestBytes: number, isSequential: boolean) {
  const places = Math.floor(fileBytes / requestBytes);
  const stride = isSequential ? 1 : scatteredStride(places);
  let place = 0;
  return (): number => {
    place = (place + stride) % places;
    return place * requestBytes;
  };
}

/** About the golden ratio, and prime to the number of places, so that each is met. */
function scatteredStride(places: number): number {
  let stride = Math.max(1, Math.floor(places * 0.618));
  while (divisor(stride, places) !== 1) stride += 1;
  return stride;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** Opens a new file twice, past the cache too where that can be, and takes its name away. */
function openUnnamed(path: string): readonly [fd: number, directFd: number | null] {
  try {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    const directFd = openDirect(path);
    return [fd, directFd];
  } catch (error) {
    throw toDeviceError(error, 'create', 0);
  } finally {
    rmSync(path, { force: true });
  }
}

function openDirect(path: string): number | null {
  try {
    return openSync(path, constants.O_RDWR | constants.O_DIRECT);
  } catch {
    return null; // a filesystem without it, such as some in memory
  }
}

/** Written from end to end, so that it is not sparse; no two parts are alike where it is random. */
function fill(fd: number, { sizeBytes, content, onProgress }: BenchFileOptions): void {
  ftruncateSync(fd, sizeBytes);
  const part = Buffer.alloc(MIB);
  for (let at = 0; at < sizeBytes; ) {
    if (content === 'random') randomFillSync(part);
    at += writeSync(fd, part, 0, Math.min(MIB, sizeBytes - at), at);
    onProgress?.(at / sizeBytes);
  }
}

function assertSpace(folder: string, sizeBytes: number): void {
  const freeBytes = freeBytesOf(folder);
  if (freeBytes !== null && freeBytes < sizeBytes + SPARE_BYTES) {
    throw new DeviceError('no-space', { neededBytes: sizeBytes + SPARE_BYTES, freeBytes });
  }
}

/** Returns how much may still be written in a folder; null where the system does not tell. */
export function freeBytesOf(folder: string): number | null {
  try {
    const { blocks, bavail, bsize } = statfsSync(folder);
    return blocks === 0 ? null : bavail * bsize; // such as /proc, which holds nothing
  } catch {
    return null;
  }
}

/** Removes what a run that was killed between two system calls has left here. */
function removeLeftFiles(folder: string): void {
  for (const name of listOrNone(folder).filter((each) => NAME.test(each))) {
    const path = join(folder, name);
    try {
      if (Date.now() - statSync(path).mtimeMs > LEFT_AFTER_MS) rmSync(path, { force: true });
    } catch {
      // gone meanwhile, or of another user: not ours to remove
    }
  }
}

function listOrNone(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // creating a file there tells why
  }
}
