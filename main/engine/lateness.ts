/** Share of the time that may be lost by waiting for helpers that were held up. */
const FORGIVEN_SHARE = 0.2;
/**
 * So much is forgiven, and one wait, however long, counts as no more: now and then a collector, the
 * kernel or the host of the machine takes a processor away for a while.
 */
const FORGIVEN_MS = 6;
const SHORTEST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 2_000;
/** After so long without lateness the next back-off is a short one again. */
const RELIEF_MS = 10_000;

/**
 * Tells from the waits for helpers that came late when the processors are wanted by others: medians
 * do not show that, since most split requests are quick then too, and some take a time slice.
 */
export class Lateness {
  #lateMs = 0;
  #notedMs = 0;
  #busyUntilMs = 0;
  #backOffMs = SHORTEST_BACK_OFF_MS;
  /** Whether it was busy when that was last looked at: requests should not be split. */
  isBusy = false;

  /** Looks whether it is still busy. */
  look(nowMs: number): boolean {
    this.isBusy = nowMs < this.#busyUntilMs;
    return this.isBusy;
  }

  /**
   * A request was late: so long was waited for helpers.
   *
   * @returns Whether it is busy from now on.
   */
  note(lateMs: number, nowMs: number): boolean {
    const sinceMs = nowMs - this.#notedMs;
    if (sinceMs > RELIEF_MS) this.#backOffMs = SHORTEST_BACK_OFF_MS;
    this.#notedMs = nowMs;
    this.#lateMs =
      Math.max(0, this.#lateMs - FORGIVEN_SHARE * sinceMs) + Math.min(lateMs, FORGIVEN_MS);
    if (this.#lateMs <= FORGIVEN_MS) return false;
    this.#lateMs = 0;
    this.#busyUntilMs = nowMs + this.#backOffMs;
    this.#backOffMs = Math.min(LONGEST_BACK_OFF_MS, this.#backOffMs * 2);
    this.isBusy = true;
    return true;
  }
}
