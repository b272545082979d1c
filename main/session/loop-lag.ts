/** How soon the turn after the next should come. */
const DUE_MS = 1;

/**
 * How late this process comes to its turns. Looked at only where somebody asks, so that a vault that
 * nobody watches stays idle: each look starts a timer, and the next tells how late it was.
 */
export class LoopLag {
  /** Of the look before, milliseconds; 0 before the first has ended. */
  lastMs = 0;
  #isUnderWay = false;

  look(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    const startMs = performance.now();
    setTimeout(() => {
      this.lastMs = Math.max(0, performance.now() - startMs - DUE_MS);
      this.#isUnderWay = false;
    }, DUE_MS).unref();
  }
}
