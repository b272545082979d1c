/**
 * Something to measure: `run` does its work once, or `rate` does it over and over for a time and
 * tells how often a second.
 */
export type Subject =
  | Readonly<{ run: () => void }>
  | Readonly<{ rate: (durationMs: number) => number }>;

export type Rounds = Readonly<{
  count: number;
  roundMs: number;
  /** Rest before each round. */
  restMs?: number;
  /** Time for more rounds of what is not reliable, of what all rounds take; none by default. */
  moreShare?: number;
  /** Told after each subject of each round which share of the work is done, 0 to 1. */
  onProgress?: (fraction: number) => void;
}>;

/** Runs per second over the rounds: median, spread, and whether the median can be relied on. */
export type Rates = Readonly<{
  median: number;
  p5: number;
  p95: number;
  deviation: number;
  isReliable: boolean;
}>;

/** A spread of more than this around the median makes a figure unreliable. */
const RELIABLE_SPREAD = 0.3;

/** Rounds of what takes long: whose single run takes more than four rounds' time. */
const LONG_ROUNDS = 3;
const LONG_FACTOR = 4;
/** More rounds for what is not reliable after the usual ones. */
const MORE_ROUNDS_FACTOR = 3;

/**
 * Measures subjects in turn, round by round after a warm-up, so that a drift of the machine's speed
 * falls on all of them alike. What is not reliable then gets more rounds, as far as there is time.
 */
export function measureInTurn(subjects: readonly Subject[], rounds: Rounds): readonly Rates[] {
  const { count, roundMs, restMs = 0, moreShare = 0, onProgress } = rounds;
  const rates = subjects.map((): number[] => []);
  for (const subject of subjects) rateFor(subject, roundMs / 2);
  for (let round = 0; round < count; round += 1) {
    rest(restMs);
    subjects.forEach((subject, index) => {
      const list = rates[index];
      if (list !== undefined && !isLong(list, roundMs)) list.push(rateFor(subject, roundMs));
      onProgress?.((round * subjects.length + index + 1) / (count * subjects.length));
    });
  }
  let left = Math.ceil(moreShare * count * subjects.length);
  for (let round = count; round < MORE_ROUNDS_FACTOR * count && left > 0; round += 1) {
    const shaky = rates
      .filter((list) => !summarizeRates(list).isReliable && !isLong(list, roundMs))
      .slice(0, left);
    for (const list of shaky) {
      const subject = subjects[rates.indexOf(list)];
      if (subject !== undefined) list.push(rateFor(subject, roundMs));
    }
    left = shaky.length === 0 ? 0 : left - shaky.length;
  }
  return rates.map(summarizeRates);
}

/** @param rates - Runs a second of the rounds so far. */
function isLong(rates: readonly number[], roundMs: number): boolean {
  return rates.length >= LONG_ROUNDS && 1000 / (rates.at(-1) ?? 1) > LONG_FACTOR * roundMs;
}

/** Returns rounds that report their share of one part among several. */
export function partOf(rounds: Rounds, part: number, parts: number): Rounds {
  return { ...rounds, onProgress: (fraction) => rounds.onProgress?.((part + fraction) / parts) };
}

/** Returns median, percentiles and standard deviation of measured rates. */
export function summarizeRates(rates: readonly number[]): Rates {
  const sorted = rates.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [median, p5, p95] = [at(0.5), at(0.05), at(0.95)];
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length);
  const variance =
    rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / Math.max(1, rates.length);
  const isReliable = p95 - p5 <= RELIABLE_SPREAD * median;
  return { median, p5, p95, deviation: Math.sqrt(variance), isReliable };
}

/** Returns rates of runs as rates of MiB, each run of `bytes`. */
export function toMibRates(rates: Rates | undefined, bytes: number): Rates {
  const toMib = (runs: number | undefined) => ((runs ?? 0) * bytes) / 2 ** 20;
  return {
    median: toMib(rates?.median),
    p5: toMib(rates?.p5),
    p95: toMib(rates?.p95),
    deviation: toMib(rates?.deviation),
    isReliable: rates?.isReliable ?? false,
  };
}

function rateFor(subject: Subject, durationMs: number): number {
  return 'rate' in subject ? subject.rate(durationMs) : repeatFor(subject.run, durationMs);
}

/** Does nothing for a time, as a thread that has nothing else to do. */
function rest(durationMs: number): void {
  if (durationMs > 0) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
  }
}

/** Returns runs per second. */
function repeatFor(run: () => void, durationMs: number): number {
  const startMs = performance.now();
  let runs = 0;
  let elapsedMs = 0;
  while (elapsedMs < durationMs) {
    run();
    runs += 1;
    elapsedMs = performance.now() - startMs;
  }
  return (runs * 1000) / elapsedMs;
}
