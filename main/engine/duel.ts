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

/**
 * Medians in milliseconds per byte, the standard error of the logarithm of their ratio, how long the
 * challenger served, and what that has cost more than no duel would have.
 */
export type Verdict = Readonly<
  Record<Arm, number> & { uncertainty: number; challengerMs: number; excessMs: number }
>;

/** A side is judged by so many blocks of requests, each of at least this time. */
const BLOCKS = 5;
const BLOCK_MS = 1;
/** A challenger is given up after fewer where each took so many times as long. */
const FEWEST_BLOCKS = 2;
const HOPELESS = 1.5;
/** Standard error of a median of n values that are spread normally, by median deviation / sqrt(n). */
const ERROR_BY_DEVIATION = 1.4826 * 1.2533;
/** A helper that has not come within so many requests, or so long, will not come soon. */
const WAKING_REQUESTS = 8;
const WAKING_MS = 0.5;

type Phase = 'incumbent' | 'waking' | 'challenger';

/**
 * Compares the two arms by some milliseconds of requests each, one right after the other. Blocks of
 * requests, since they come in batches; and the median of the blocks, since now and then one takes
 * many times as long for reasons of its own. Helpers have time to wake first, as they would be awake
 * if all requests were split.
 */
export class Duel {
  readonly #incumbent: Arm;
  readonly #costs: Record<Arm, number[]> = { inline: [], threaded: [] };
  #phase: Phase = 'incumbent';
  #wakingRequests = 0;
  #wakingMs = 0;
  #blockMs = 0;
  #blockBytes = 0;
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
  record(served: Served): Verdict | undefined {
    const { arm } = this;
    if (this.#phase !== 'incumbent') {
      this.#challengerMs += served.elapsedMs;
      this.#challengerBytes += served.bytes;
    }
    if (this.#phase === 'waking') {
      this.#wake(served);
      return undefined;
    }
    this.#blockMs += served.elapsedMs;
    this.#blockBytes += served.bytes;
    if (this.#blockMs < BLOCK_MS) return undefined;
    this.#costs[arm].push(this.#blockMs / this.#blockBytes);
    this.#blockMs = 0;
    this.#blockBytes = 0;
    if (this.#costs[arm].length < BLOCKS && !this.#isHopeless()) return undefined;
    if (this.#phase === 'challenger') return this.#judge();
    this.#phase = this.#incumbent === 'inline' ? 'waking' : 'challenger';
    return undefined;
  }

  #wake({ elapsedMs, isHelped }: Served): void {
    this.#wakingRequests += 1;
    this.#wakingMs += elapsedMs;
    const isOver = this.#wakingRequests >= WAKING_REQUESTS || this.#wakingMs >= WAKING_MS;
    if (isHelped || isOver) this.#phase = 'challenger';
  }

  #isHopeless(): boolean {
    if (this.#phase !== 'challenger') return false;
    const limit = HOPELESS * median(this.#costs[this.#incumbent]);
    const costs = this.#costs[otherArm(this.#incumbent)];
    return costs.length >= FEWEST_BLOCKS && costs.every((cost) => cost > limit);
  }

  #judge(): Verdict {
    const costs = { inline: median(this.#costs.inline), threaded: median(this.#costs.threaded) };
    const usualMs = costs[this.#incumbent] * this.#challengerBytes;
    const uncertainty = Math.hypot(
      relativeError(this.#costs.inline, costs.inline),
      relativeError(this.#costs.threaded, costs.threaded),
    );
    const challengerMs = this.#challengerMs;
    return { ...costs, uncertainty, challengerMs, excessMs: Math.max(0, challengerMs - usualMs) };
  }
}

function relativeError(values: readonly number[], middle: number): number {
  const deviation = median(values.map((value) => Math.abs(value - middle)));
  return (ERROR_BY_DEVIATION * deviation) / (middle * Math.sqrt(values.length));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
