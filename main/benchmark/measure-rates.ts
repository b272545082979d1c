/** Something to measure: `run` does its work once. */
export type Subject = Readonly<{ run: () => void }>;

export type Rounds = Readonly<{
  count: number;
  roundMs: number;
  /** Told after each round which share of the work is done, 0 to 1. */
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

/**
 * Measures subjects in turn, round by round after a warm-up, so that a drift of the machine's speed
 * falls on all of them alike.
 */
export function measureInTurn(subjects: readonly Subject[], rounds: Rounds): readonly Rates[] {
  const rates = subjects.map((): number[] => []);
  for (const { run } of subjects) repeatFor(run, rounds.roundMs / 2);
  for (let round = 0; round < rounds.count; round += 1) {
    subjects.forEach(({ run }, index) => {
      rates[index]?.push(repeatFor(run, rounds.roundMs));
    });
    rounds.onProgress?.((round + 1) / rounds.count);
  }
  return rates.map(summarizeRates);
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
