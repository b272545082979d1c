import { availableParallelism } from 'node:os';

/** Longest wait for the next request before the loop sleeps: waking costs about 60 us, this less. */
const LONGEST_SPIN_MS = 0.1;
/** A gap between two looks at the clock that means another thread had our processor. */
const PREEMPTED_MS = 1;
/** After that, how long to leave the processor to others. */
const BACK_OFF_MS = 50;
/** Below this share of waits that paid, spinning stops but for a probe now and then. */
const LOWEST_HIT_RATE = 0.1;
const PROBE_INTERVAL = 32;
/** A sleep shorter than this would have been better spent spinning: it includes being woken. */
const SHORT_SLEEP_MS = 0.25;
const LEARNING_RATE = 1 / 16;

/**
 * Decides how long the loop looks for the next request before it sleeps.
 *
 * PERF: on a quiet machine 100 us of spinning takes 4 KiB reads from 8-10 to 24-29 thousand a
 * second. It is wasted where requests come seldom, where other threads want the processor, and
 * where there is only one processor; each of these turns it off.
 */
export class SpinBudget {
  readonly #isPossible: boolean;
  #hitRate = 1;
  #skipped = 0;
  #backOffUntilMs = 0;

  constructor(processors = availableParallelism()) {
    this.#isPossible = processors > 1;
  }

  /** Milliseconds to spin now; 0 to sleep at once. */
  next(nowMs: number): number {
    if (!this.#isPossible || nowMs < this.#backOffUntilMs) return 0;
    if (this.#hitRate >= LOWEST_HIT_RATE) return LONGEST_SPIN_MS;
    this.#skipped += 1;
    if (this.#skipped < PROBE_INTERVAL) return 0;
    this.#skipped = 0;
    return LONGEST_SPIN_MS;
  }

  /** A request came while spinning. */
  hit(): void {
    this.#hitRate += (1 - this.#hitRate) * LEARNING_RATE;
  }

  /** The spin ended in vain, `elapsedMs` after it began with a budget of `budgetMs`. */
  miss(nowMs: number, elapsedMs: number, budgetMs: number): void {
    this.#hitRate -= this.#hitRate * LEARNING_RATE;
    if (elapsedMs - budgetMs > PREEMPTED_MS) this.#backOffUntilMs = nowMs + BACK_OFF_MS;
  }

  /** A request came `sleptMs` after the loop went to sleep. */
  woke(sleptMs: number): void {
    if (sleptMs < SHORT_SLEEP_MS) this.hit();
  }
}
