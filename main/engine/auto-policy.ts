import { KIB } from '../../shared/units.ts';
import { type Arm, Duel, type Served, type Verdict } from './duel.ts';

/**
 * Which of two arms serves a request: inline, or split between the caller and its helpers.
 *
 * Below the smallest size class it is always inline, at the price of one compare. Above, each size
 * class has an arm in force, and now and then a duel of the two: soon after the start and after a
 * change, then less and less often, and never before the time that duels have cost is a small share
 * of the time served.
 */

/** Classes: from 64 KiB (class 0) in powers of two up to 4 MiB and more. */
export const SMALLEST_CLASS_BYTES = 64 * KIB;
const CLASSES = 7;

/**
 * Gain, as logarithm of inline's cost by threaded's, from which on requests are split, and below
 * which they are not any more: where both are alike, inline leaves a processor to others.
 */
const SPLIT_GAIN = 0.04;
const KEEP_GAIN = 0.01;
/** One duel says so much at most: the next may say otherwise. */
const MOST_GAIN = 0.7;
/** Weight of the last duel against those before. */
const LEARNING_RATE = 1 / 2;
/** Requests of a class between two duels: doubled by each duel that changes nothing. */
const FIRST_INTERVAL = 8;
const LONGEST_INTERVAL = 2048;
/** Where so many looks on end find a request so many times as dear as looks do, a duel is due. */
const STRIKES = 3;
const DEAR = 1.5;
/** A look moves what looks usually find by this factor towards what it has found. */
const USUAL_STEP = 1.05;
/** Share of the time served that duels may cost. More shows in the slowest hundredth of requests. */
const DUEL_BUDGET = 0.001;
/**
 * A duel costs what it took longer, and once the class has settled this share of its challenger's time
 * as well: where both arms are as quick, the slowest of their requests may still differ.
 */
const CHALLENGER_SHARE = 0.1;
const SETTLED_INTERVAL = 64;
/** What they may cost before that is earned: at first, when little is known, and later. */
const FIRST_CREDIT_MS = 5;
const DUEL_CREDIT_MS = 1;
/**
 * Requests are looked at about so often. PERF: a look takes some microseconds, its code being seldom
 * run: small requests show it in their slowest hundredth where one in a hundred pays for it.
 */
const LOOK_MS = 20;
/** One request in so many is looked at, at first and at last. */
const FIRST_LOOK_INTERVAL = 8;
const LONGEST_LOOK_INTERVAL = 8192;

type SizeClass = {
  arm: Arm;
  /** `undefined` before the first duel. */
  gain: number | undefined;
  /** Standard error of the gain. */
  doubt: number;
  duel: Duel | undefined;
  /** Requests that were not looked at, and requests since the last duel. */
  unseen: number;
  sinceDuel: number;
  lookInterval: number;
  lookedMs: number;
  strikes: number;
  /** Milliseconds per byte that looks find: about their median. 0 where none was. */
  usual: number;
  interval: number;
  /** Milliseconds per byte of the arm in force, as the last duel found it. */
  cost: number;
  /** Time that duels may cost; below 0, what they have cost too much. */
  budgetMs: number;
};

/** Cost of one length in both arms, as a calibration measured it. */
export type Calibration = Readonly<{ bytes: number; inlineMs: number; threadedMs: number }>;

/** The policy of one direction. Not thread-safe; knows neither clocks nor threads. */
export class AutoPolicy {
  readonly #classes: SizeClass[] = Array.from({ length: CLASSES }, () => ({
    arm: 'inline',
    gain: undefined,
    doubt: 0,
    duel: undefined,
    unseen: 0,
    sinceDuel: 0,
    lookInterval: FIRST_LOOK_INTERVAL,
    lookedMs: 0,
    strikes: 0,
    usual: 0,
    interval: FIRST_INTERVAL,
    cost: 0,
    budgetMs: FIRST_CREDIT_MS,
  }));

  /** Takes over what a calibration measured; classes above the largest are like the largest. */
  calibrate(results: readonly Calibration[]): void {
    const sorted = results.toSorted((a, b) => a.bytes - b.bytes);
    this.#classes.forEach((sizeClass, index) => {
      const bytes = SMALLEST_CLASS_BYTES * 2 ** index;
      const known = sorted.findLast((result) => result.bytes <= bytes);
      if (known === undefined) return;
      const isSplit = gainOf(known.inlineMs, known.threadedMs) > SPLIT_GAIN;
      sizeClass.arm = isSplit ? 'threaded' : 'inline';
    });
  }

  /** Requests of this length and more are split now; `Infinity` where none is. */
  get gateBytes(): number {
    const first = this.#classes.findIndex(({ arm }) => arm === 'threaded');
    return first === -1 ? Number.POSITIVE_INFINITY : SMALLEST_CLASS_BYTES * 2 ** first;
  }

  /**
   * Tells which arm serves the next request of this length, at least {@link SMALLEST_CLASS_BYTES},
   * where its cost need not be known: then nothing else is to be called for it.
   */
  plainArm(bytes: number): Arm | undefined {
    const sizeClass = this.#classOf(bytes);
    sizeClass.unseen += 1;
    const isPlain = sizeClass.unseen < sizeClass.lookInterval && sizeClass.duel === undefined;
    return isPlain ? sizeClass.arm : undefined;
  }

  /**
   * Tells which arm serves the next request, whose cost is recorded.
   *
   * @param nowMs - By any clock that only goes forward.
   */
  choose(bytes: number, nowMs: number): Arm {
    const sizeClass = this.#classOf(bytes);
    if (sizeClass.duel === undefined) {
      sizeClass.sinceDuel += sizeClass.unseen;
      const earnedMs = DUEL_BUDGET * sizeClass.cost * bytes * sizeClass.unseen;
      const { budgetMs } = sizeClass;
      sizeClass.budgetMs = Math.max(budgetMs, Math.min(DUEL_CREDIT_MS, budgetMs + earnedMs));
      sizeClass.unseen = 0;
      setPace(sizeClass, nowMs);
      if (sizeClass.sinceDuel >= sizeClass.interval && sizeClass.budgetMs >= 0)
        sizeClass.duel = new Duel(sizeClass.arm);
    }
    return sizeClass.duel?.arm ?? sizeClass.arm;
  }

  /** Learns what a request has cost that went as {@link AutoPolicy.choose} said. */
  record(served: Served): void {
    const sizeClass = this.#classOf(served.bytes);
    const verdict = sizeClass.duel?.record(served);
    if (verdict !== undefined) this.#judge(sizeClass, verdict);
    else if (sizeClass.duel === undefined) noteCost(sizeClass, served);
  }

  /** Requests are served another way for a while: duels begin anew. */
  interrupt(): void {
    for (const sizeClass of this.#classes) sizeClass.duel = undefined;
  }

  /** The machine's load has changed: what is known of the other arm is out of date. */
  forget(): void {
    for (const sizeClass of this.#classes) hasten(sizeClass);
  }

  #judge(sizeClass: SizeClass, verdict: Verdict): void {
    const gain = gainOf(verdict.inline, verdict.threaded);
    learn(sizeClass, gain, verdict.uncertainty);
    // A gain that may as well be chance splits nothing: that would cost others a processor.
    const splitGain = Math.max(SPLIT_GAIN, sizeClass.doubt);
    const threshold = sizeClass.arm === 'inline' ? splitGain : KEEP_GAIN;
    const best: Arm = (sizeClass.gain ?? gain) > threshold ? 'threaded' : 'inline';
    const share = sizeClass.interval >= SETTLED_INTERVAL ? CHALLENGER_SHARE : 0;
    const isChange = best !== sizeClass.arm;
    sizeClass.interval = isChange
      ? FIRST_INTERVAL
      : Math.min(LONGEST_INTERVAL, sizeClass.interval * 2);
    // A change is no cost: what the challenger saves from now on pays for the duel.
    if (!isChange) sizeClass.budgetMs -= verdict.excessMs + share * verdict.challengerMs;
    if (isChange) sizeClass.usual = 0;
    sizeClass.arm = best;
    sizeClass.cost = verdict[best];
    sizeClass.sinceDuel = 0;
    sizeClass.duel = undefined;
  }

  #classOf(bytes: number): SizeClass {
    const index = Math.min(CLASSES - 1, 31 - Math.clz32(bytes / SMALLEST_CLASS_BYTES));
    // Sizes below the smallest never come here, and the rest is cut at the largest.
    return this.#classes[index] as SizeClass;
  }
}

/** Weighs a duel's gain against those before. */
function learn(sizeClass: SizeClass, gain: number, uncertainty: number): void {
  const known = sizeClass.gain;
  const weight = known === undefined ? 1 : LEARNING_RATE;
  sizeClass.gain = (known ?? 0) * (1 - weight) + gain * weight;
  sizeClass.doubt = Math.hypot(sizeClass.doubt * (1 - weight), uncertainty * weight);
}

/** What is known of the other arm is out of date. */
function hasten(sizeClass: SizeClass): void {
  sizeClass.interval = FIRST_INTERVAL;
  sizeClass.budgetMs = Math.max(DUEL_CREDIT_MS, sizeClass.budgetMs);
}

/**
 * Compares a request of the arm in force with those that were looked at before: a single one costs
 * more than the same among a duel's, and the more so the shorter it is.
 */
function noteCost(sizeClass: SizeClass, { elapsedMs, bytes }: Served): void {
  const cost = elapsedMs / bytes;
  const usual = sizeClass.usual === 0 ? cost : sizeClass.usual;
  sizeClass.usual = cost > usual ? usual * USUAL_STEP : usual / USUAL_STEP;
  sizeClass.strikes = cost > DEAR * usual ? sizeClass.strikes + 1 : 0;
  if (sizeClass.strikes < STRIKES) return;
  sizeClass.strikes = 0;
  hasten(sizeClass);
}

/** Makes looks come as often as they should. */
function setPace(sizeClass: SizeClass, nowMs: number): void {
  const { lookInterval } = sizeClass;
  const elapsedMs = nowMs - sizeClass.lookedMs;
  sizeClass.lookedMs = nowMs;
  if (elapsedMs < LOOK_MS / 2)
    sizeClass.lookInterval = Math.min(LONGEST_LOOK_INTERVAL, lookInterval * 2);
  if (elapsedMs > LOOK_MS * 2) sizeClass.lookInterval = Math.max(1, lookInterval / 2);
}

function gainOf(inline: number, threaded: number): number {
  if (!(inline > 0 && threaded > 0)) return 0;
  return Math.max(-MOST_GAIN, Math.min(MOST_GAIN, Math.log(inline / threaded)));
}
