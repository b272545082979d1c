import { KIB } from '../../shared/units.ts';

/**
 * Which of two arms serves a request: inline, or split between the caller and its helpers.
 *
 * Below the smallest size class it is always inline, at the price of one compare. Above, each size
 * class keeps the mean cost per byte of both arms, storage included. The arm that is not in force
 * is tried in short bursts, and only as far as what it has cost more than the other stays under a
 * small share of the class's time. Where many requests have to wait for a helper that holds a
 * fragment, others want the processors: then all is inline for a while.
 */

export type Arm = 'inline' | 'threaded';

/** Classes: from 64 KiB (class 0) in powers of two up to 4 MiB and more. */
export const SMALLEST_CLASS_BYTES = 64 * KIB;
const CLASSES = 7;

/** The challenger must be this much cheaper to take over. */
const HYSTERESIS = 0.97;
/** Weight of a new sample: of the arm in force, and of the other, which is seen less often. */
const LEARNING_RATE = 1 / 16;
const PROBE_LEARNING_RATE = 1 / 2;
/** A sample counts at most so many times the mean: a slow disk says nothing about an arm. */
const OUTLIER = 8;
/** A probe is a few requests in a row, after those that only wake the helpers. */
const PROBE_REQUESTS = 4;
const WAKING_MS = 0.15;
const PROBE_INTERVAL = 256;
/** The first comes soon: a calibration knows the cipher, and not the storage. */
const FIRST_PROBE = 16;
/** Of requests that are inline anyway, one in so many is timed: on 64 KiB that is 1 us of 12. */
const SAMPLE_INTERVAL = 8;
/** Share of a class's time that probing may cost. */
const PROBE_BUDGET = 0.01;
/** Time that a class may spend on probes before it has earned any. */
const PROBE_CREDIT_MS = 2;
/** A helper that holds a fragment for longer than this, beyond its own time, has been held up. */
const LATE_MS = 0.5;
/** Share of late requests from which on the machine is busy; one in 30 is the collector's doing. */
const BUSY_SHARE = 0.2;
const LATE_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 2_000;

type SizeClass = {
  /** Milliseconds per byte, 0 where unknown. */
  inline: number;
  threaded: number;
  arm: Arm;
  /** Costs are of the cipher alone: the first real sample sets their scale. */
  isRehearsed: boolean;
  /** Requests since one was timed, and since the last probe. */
  untimed: number;
  sinceProbe: number;
  /** Requests left of the current probe. */
  probing: number;
  /** Time of it that is left until the helpers are taken to be awake. */
  wakingMs: number;
  budgetMs: number;
};

/** Cost of one length in both arms, as a calibration measured it. */
export type Calibration = Readonly<{ bytes: number; inlineMs: number; threadedMs: number }>;

/** The policy of one direction. Not thread-safe; knows neither clocks nor threads. */
export class AutoPolicy {
  readonly #classes: SizeClass[] = Array.from({ length: CLASSES }, () => ({
    inline: 0,
    threaded: 0,
    arm: 'inline',
    isRehearsed: false,
    untimed: 0,
    sinceProbe: PROBE_INTERVAL - FIRST_PROBE,
    probing: 0,
    wakingMs: 0,
    budgetMs: PROBE_CREDIT_MS,
  }));
  #busyUntilMs = 0;
  #lateShare = 0;
  #backOffMs = LATE_BACK_OFF_MS;

  /** Takes over what a calibration measured; classes above the largest are like the largest. */
  calibrate(results: readonly Calibration[]): void {
    const sorted = results.toSorted((a, b) => a.bytes - b.bytes);
    this.#classes.forEach((sizeClass, index) => {
      const bytes = SMALLEST_CLASS_BYTES * 2 ** index;
      const known = sorted.findLast((result) => result.bytes <= bytes);
      if (known === undefined) return;
      sizeClass.inline = known.inlineMs / known.bytes;
      sizeClass.threaded = known.threadedMs / known.bytes;
      sizeClass.arm = sizeClass.threaded < sizeClass.inline * HYSTERESIS ? 'threaded' : 'inline';
      sizeClass.isRehearsed = true;
      sizeClass.sinceProbe = PROBE_INTERVAL - FIRST_PROBE;
      sizeClass.probing = 0;
    });
  }

  /** Requests of this length and more are split now; `Infinity` where none is. */
  get gateBytes(): number {
    const first = this.#classes.findIndex(({ arm }) => arm === 'threaded');
    return first === -1 ? Number.POSITIVE_INFINITY : SMALLEST_CLASS_BYTES * 2 ** first;
  }

  /**
   * Tells whether the next request of this length, at least {@link SMALLEST_CLASS_BYTES}, is inline
   * and need not be timed: then nothing else is to be called for it.
   */
  isPlain(bytes: number): boolean {
    const sizeClass = this.#classOf(bytes);
    if (sizeClass.arm === 'threaded' || sizeClass.probing > 0) return false;
    sizeClass.untimed += 1;
    if (sizeClass.untimed < SAMPLE_INTERVAL) return true;
    sizeClass.untimed = 0;
    sizeClass.sinceProbe += SAMPLE_INTERVAL - 1;
    return false;
  }

  /** Tells which arm serves the next request, which is timed. */
  choose(bytes: number, nowMs: number): Arm {
    if (nowMs < this.#busyUntilMs) return 'inline';
    const sizeClass = this.#classOf(bytes);
    if (sizeClass.probing > 0) return other(sizeClass.arm);
    sizeClass.sinceProbe += 1;
    if (sizeClass.sinceProbe < PROBE_INTERVAL || !this.#canAfford(sizeClass, bytes)) {
      return sizeClass.arm;
    }
    sizeClass.sinceProbe = 0;
    sizeClass.probing = PROBE_REQUESTS;
    sizeClass.wakingMs = WAKING_MS;
    return other(sizeClass.arm);
  }

  /** Learns what a request has cost. */
  record(bytes: number, arm: Arm, elapsedMs: number): void {
    const sizeClass = this.#classOf(bytes);
    // Not each request of the other arm is a probe: on a busy machine all are inline.
    const isProbe = arm !== sizeClass.arm && sizeClass.probing > 0;
    const cost = elapsedMs / bytes;
    if (sizeClass.isRehearsed && !isProbe) this.#scale(sizeClass, cost / sizeClass[arm]);
    const mean = sizeClass[arm];
    if (isProbe) {
      sizeClass.budgetMs -= Math.max(0, elapsedMs - sizeClass[sizeClass.arm] * bytes);
      sizeClass.wakingMs -= elapsedMs;
      if (sizeClass.wakingMs > 0) return;
      sizeClass.probing -= 1;
    } else if (arm === sizeClass.arm) {
      const timeMs = arm === 'inline' ? elapsedMs * SAMPLE_INTERVAL : elapsedMs;
      sizeClass.budgetMs = Math.min(
        PROBE_CREDIT_MS * CLASSES,
        sizeClass.budgetMs + timeMs * PROBE_BUDGET,
      );
    }
    const rate = isProbe ? PROBE_LEARNING_RATE : LEARNING_RATE;
    sizeClass[arm] = mean === 0 ? cost : mean + (Math.min(cost, mean * OUTLIER) - mean) * rate;
    this.#decide(sizeClass);
  }

  /** A split request waited so long for a helper that held a fragment. */
  noteWait(waitMs: number, fragmentMs: number, nowMs: number): void {
    const isLate = waitMs > LATE_MS + 2 * fragmentMs;
    this.#lateShare += ((isLate ? 1 : 0) - this.#lateShare) * LEARNING_RATE;
    if (!isLate) this.#backOffMs = Math.max(LATE_BACK_OFF_MS, this.#backOffMs * 0.99);
    if (this.#lateShare < BUSY_SHARE) return;
    this.#lateShare = 0;
    this.#busyUntilMs = nowMs + this.#backOffMs;
    this.#backOffMs = Math.min(LONGEST_BACK_OFF_MS, this.#backOffMs * 2);
    for (const sizeClass of this.#classes) sizeClass.probing = 0;
  }

  /** The machine's load has changed: what is known of the other arm is out of date. */
  forget(): void {
    for (const sizeClass of this.#classes) {
      sizeClass.sinceProbe = PROBE_INTERVAL;
      sizeClass.budgetMs = Math.max(sizeClass.budgetMs, PROBE_CREDIT_MS);
    }
  }

  #scale(sizeClass: SizeClass, factor: number): void {
    sizeClass.isRehearsed = false;
    sizeClass.inline *= factor;
    sizeClass.threaded *= factor;
  }

  #decide(sizeClass: SizeClass): void {
    const { inline, threaded, arm } = sizeClass;
    if (inline === 0 || threaded === 0) return;
    const challenger = other(arm);
    if (sizeClass[challenger] < sizeClass[arm] * HYSTERESIS) {
      sizeClass.arm = challenger;
      sizeClass.probing = 0;
      sizeClass.sinceProbe = 0;
    }
  }

  #canAfford(sizeClass: SizeClass, bytes: number): boolean {
    const excess = sizeClass[other(sizeClass.arm)] - sizeClass[sizeClass.arm];
    return sizeClass.budgetMs >= Math.max(0, excess) * bytes * PROBE_REQUESTS;
  }

  #classOf(bytes: number): SizeClass {
    const index = Math.min(CLASSES - 1, 31 - Math.clz32(bytes / SMALLEST_CLASS_BYTES));
    // Sizes below the smallest never come here, and the rest is cut at the largest.
    return this.#classes[index] as SizeClass;
  }
}

function other(arm: Arm): Arm {
  return arm === 'inline' ? 'threaded' : 'inline';
}
