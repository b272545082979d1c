import { randomFillSync, randomInt } from 'node:crypto';
import {
  closeSync,
  constants,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { Arena } from '../bytes/arena.ts';
import { toDeviceError } from '../system/device-errors.ts';
import type { Round } from './compare-arms.ts';

const FILE_BYTES = 32 * MIB;
const FILL_STEP_BYTES = MIB;
const REQUEST_BYTES = 4 * KIB;
const PAGE_BYTES = 4096;
/** What must stay free beside the file. */
const SPARE_BYTES = 16 * MIB;

/**
 * A load on a mounted filesystem that its page cache does not hide: random reads and writes of 4 KiB,
 * in turn, straight to the device, on a file of its own that is removed when disposed.
 */
export class DirectLoad implements Disposable {
  readonly #folder: string;
  readonly #fd: number;
  readonly #buffer: Buffer;

  /** @throws DeviceError `no-space`, `read-only`, or what else keeps the file from being made. */
  constructor(mountPoint: string) {
    const { bavail, bsize } = statfsSync(mountPoint);
    if (bavail * bsize < FILE_BYTES + SPARE_BYTES) {
      throw new DeviceError('no-space', { operation: 'measure' });
    }
    // Direct transfers need memory that begins at a page.
    this.#buffer = new Arena(FILL_STEP_BYTES + PAGE_BYTES).allocate(FILL_STEP_BYTES, PAGE_BYTES);
    try {
      this.#folder = mkdtempSync(join(mountPoint, '.lockline-measure-'));
    } catch (error) {
      throw toDeviceError(error, 'measure', 0);
    }
    try {
      this.#fd = this.#makeFile();
    } catch (error) {
      rmSync(this.#folder, { recursive: true, force: true });
      throw toDeviceError(error, 'measure', 0);
    }
  }

  #makeFile(): number {
    const { O_RDWR, O_CREAT, O_EXCL, O_DIRECT } = constants;
    const fd = openSync(join(this.#folder, 'load'), O_RDWR | O_CREAT | O_EXCL | O_DIRECT, 0o600);
    try {
      ftruncateSync(fd, FILE_BYTES);
      randomFillSync(this.#buffer);
      for (let at = 0; at < FILE_BYTES; at += FILL_STEP_BYTES) {
        writeSync(fd, this.#buffer, 0, FILL_STEP_BYTES, at);
      }
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Runs for so long and tells how it went. Blocks the thread. */
  run(durationMs: number): Round {
    const timesUs: number[] = [];
    const startMs = performance.now();
    let nowMs = startMs;
    for (let count = 0; nowMs - startMs < durationMs; count += 1) {
      const at = randomInt(FILE_BYTES / REQUEST_BYTES) * REQUEST_BYTES;
      if (count % 2 === 0) readSync(this.#fd, this.#buffer, 0, REQUEST_BYTES, at);
      else writeSync(this.#fd, this.#buffer, 0, REQUEST_BYTES, at);
      const endMs = performance.now();
      timesUs.push((endMs - nowMs) * 1000);
      nowMs = endMs;
    }
    timesUs.sort((a, b) => a - b);
    return {
      bytesPerSecond: (timesUs.length * REQUEST_BYTES * 1000) / (nowMs - startMs),
      p99Us: timesUs[Math.floor(timesUs.length * 0.99)] ?? 0,
    };
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
