import { closeSync, openSync, readSync } from 'node:fs';

/** How the kernel tells the time, microseconds, in which some thread waited for a processor. */
const PRESSURE_FILE = '/proc/pressure/cpu';
const LOOK_MS = 250;
/** A change of the share by more than this is another load. */
const CHANGE = 0.25;
/** Changes come no faster: each has its price, and a load that comes and goes is one load. */
const LEAST_BETWEEN_MS = 2_000;
const LINE_BYTES = 128;

/**
 * Notices that the load of the machine has changed, from the kernel's pressure stall information;
 * blind where the system has none.
 */
export class LoadSensor implements Disposable {
  readonly #fd: number | undefined;
  readonly #line = Buffer.alloc(LINE_BYTES);
  #lookedMs = 0;
  #totalUs = 0;
  /** Share of the time at the last change, and when that was. */
  #share = 0;
  #changedMs = 0;

  constructor(file = PRESSURE_FILE) {
    try {
      this.#fd = openSync(file, 'r');
    } catch {
      this.#fd = undefined; // another system, or an older kernel
    }
  }

  /** Tells whether the load differs from the last time that this was true. Looks at times only. */
  hasChanged(nowMs: number): boolean {
    const elapsedMs = nowMs - this.#lookedMs;
    if (this.#fd === undefined || elapsedMs < LOOK_MS) return false;
    const totalUs = this.#readTotal(this.#fd);
    const share = (totalUs - this.#totalUs) / 1000 / elapsedMs;
    const isFirst = this.#lookedMs === 0;
    this.#lookedMs = nowMs;
    this.#totalUs = totalUs;
    if (isFirst) this.#changedMs = nowMs - LEAST_BETWEEN_MS;
    if (isFirst || Math.abs(share - this.#share) < CHANGE) return false;
    if (nowMs - this.#changedMs < LEAST_BETWEEN_MS) return false;
    this.#changedMs = nowMs;
    this.#share = share;
    return true;
  }

  #readTotal(fd: number): number {
    try {
      const length = readSync(fd, this.#line, 0, LINE_BYTES, 0);
      return Number(/total=(\d+)/.exec(this.#line.toString('latin1', 0, length))?.[1] ?? 0);
    } catch {
      return 0; // switched off since it was opened
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}
