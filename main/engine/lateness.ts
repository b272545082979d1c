/** A helper that holds a fragment for longer than this, beyond its own time, has been held up. */
const LATE_MS = 0.5;
/** What was longer ago than about so many requests counts no more. */
const WINDOW_REQUESTS = 64;
/** Lateness that is forgiven: the garbage collector of a helper, or of the host of the machine. */
const FORGIVEN_MS = 4;
const FORGIVEN_SHARE = 0.5;
const SHORTEST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 2_000;
const RELIEF = 0.99;

/**
 * Tells from the waits for helpers when the processors are wanted by others: medians do not show
 * that, since most split requests are quick then too, and some take as long as a time slice.
 */
export class Lateness {
  #lateMs = 0;
  #servedMs = 0;
  #busyUntilMs = 0;
  #backOffMs = SHORTEST_BACK_OFF_MS;

  /** Whether requests should not be split now. */
  isBusy(nowMs: number): boolean {
    return nowMs < this.#busyUntilMs;
  }

  /**
   * Takes in how long a split request waited for a helper that held a fragment.
   *
   * @returns Whether it is busy from now on.
   */
  note(waitMs: number, elapsedMs: number, fragments: number, nowMs: number): boolean {
    const allowedMs = LATE_MS + (2 * (elapsedMs - waitMs)) / fragments;
    const lateMs = waitMs > allowedMs ? waitMs : 0;
    const keep = 1 - 1 / WINDOW_REQUESTS;
    this.#lateMs = this.#lateMs * keep + lateMs;
    this.#servedMs = this.#servedMs * keep + elapsedMs - lateMs;
    if (lateMs === 0) this.#backOffMs = Math.max(SHORTEST_BACK_OFF_MS, this.#backOffMs * RELIEF);
    if (this.#lateMs <= FORGIVEN_MS + FORGIVEN_SHARE * this.#servedMs) return false;
    this.#lateMs = 0;
    this.#servedMs = 0;
    this.#busyUntilMs = nowMs + this.#backOffMs;
    this.#backOffMs = Math.min(LONGEST_BACK_OFF_MS, this.#backOffMs * 2);
    return true;
  }
}
