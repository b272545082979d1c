import type { JobPhase } from '../../shared/model/job.ts';

const REDRAW_MS = 100;
const BAR_WIDTH = 24;

const PHASE_WORDS: Readonly<Record<JobPhase, string>> = {
  starting: 'Starting',
  allocating: 'Reserving space',
  calibrating: 'Measuring this machine',
  deriving: 'Deriving the key',
  formatting: 'Making the filesystem',
  syncing: 'Writing to the disk',
  mounting: 'Mounting',
  unmounting: 'Unmounting',
  measuring: 'Measuring',
  checking: 'Checking the filesystem',
};

/**
 * One line on standard error that shows what a long operation does, redrawn in place. On anything
 * but a terminal it shows nothing.
 */
export class ProgressLine implements Disposable {
  readonly #isShown = process.stderr.isTTY === true;
  readonly #startedMs = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;
  #phase: JobPhase = 'starting';
  #fraction: number | null = null;

  constructor() {
    if (this.#isShown) this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
  }

  /** To be handed in as an operation's `onPhase`. */
  readonly onPhase = (phase: JobPhase, fraction: number | null): void => {
    this.#phase = phase;
    this.#fraction = fraction;
    this.#draw();
  };

  #draw(): void {
    if (!this.#isShown) return;
    const seconds = ((performance.now() - this.#startedMs) / 1000).toFixed(1);
    const bar = this.#fraction === null ? '' : ` ${drawBar(this.#fraction)}`;
    process.stderr.write(`\r\x1b[K${PHASE_WORDS[this.#phase]}${bar}  ${seconds} s`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    if (this.#isShown) process.stderr.write('\r\x1b[K');
  }
}

function drawBar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return `[${'='.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] ${Math.round(fraction * 100)} %`;
}
