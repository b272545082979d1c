/** Who serves a request: the calling thread alone, or it and its helpers. */
export type Arm = 'inline' | 'threaded';

export function otherArm(arm: Arm): Arm {
  return arm === 'inline' ? 'threaded' : 'inline';
}

/** What a request has cost. */
export type Served = Readonly<{
  bytes: number;
  elapsedMs: number;
  /** Whether a helper did a part of it. */
  isHelped: boolean;
}>;

/** Medians in milliseconds per byte, and what the duel has cost more than no duel would have. */
export type Verdict = Readonly<Record<Arm, number> & { excessMs: number }>;

/** A side has enough requests after so many, or after fewer that have taken long enough. */
const MOST_SAMPLES = 7;
const FEWEST_SAMPLES = 3;
const ENOUGH_MS = 1.5;
/** A helper that has not come within so many requests, or so long, will not come soon. */
const WAKING_REQUESTS = 8;
const WAKING_MS = 0.5;

type Phase = 'incumbent' | 'waking' | 'challenger';

/**
 * Compares the two arms by a few requests each, one right after the other: medians, since one
 * request in many takes many times as long for reasons of its own. Helpers have time to wake first,
 * as they would be awake if all requests were split.
 */
export class Duel {
  readonly #incumbent: Arm;
  readonly #costs: Record<Arm, number[]> = { inline: [], threaded: [] };
  #phase: Phase = 'incumbent';
  #phaseMs = 0;
  #wakingRequests = 0;
  #challengerMs = 0;
  #challengerBytes = 0;

  constructor(incumbent: Arm) {
    this.#incumbent = incumbent;
  }

  /** Which arm is to serve the next request. */
  get arm(): Arm {
    return this.#phase === 'incumbent' ? this.#incumbent : otherArm(this.#incumbent);
  }

  /** Takes the cost of a request that {@link Duel.arm} served; returns the verdict after the last. */
  record({ bytes, elapsedMs, isHelped }: Served): Verdict | undefined {
    const { arm } = this;
    this.#phaseMs += elapsedMs;
    if (this.#phase !== 'incumbent') {
      this.#challengerMs += elapsedMs;
      this.#challengerBytes += bytes;
    }
    if (this.#phase === 'waking') {
      this.#wakingRequests += 1;
      const isOver = this.#wakingRequests >= WAKING_REQUESTS || this.#phaseMs >= WAKING_MS;
      if (isHelped || isOver) this.#enter('challenger');
      return undefined;
    }
    const costs = this.#costs[arm];
    costs.push(elapsedMs / bytes);
    const isEnough = costs.length >= FEWEST_SAMPLES && this.#phaseMs >= ENOUGH_MS;
    if (costs.length < MOST_SAMPLES && !isEnough) return undefined;
    if (this.#phase === 'challenger') return this.#judge();
    this.#enter(this.#incumbent === 'inline' ? 'waking' : 'challenger');
    return undefined;
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#phaseMs = 0;
  }

  #judge(): Verdict {
    const costs = { inline: median(this.#costs.inline), threaded: median(this.#costs.threaded) };
    const usualMs = costs[this.#incumbent] * this.#challengerBytes;
    return { ...costs, excessMs: Math.max(0, this.#challengerMs - usualMs) };
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
