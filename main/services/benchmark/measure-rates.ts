/** Something to measure: `run` does its work once. */
export type Subject = Readonly<{ run: () => void }>;

export type Rounds = Readonly<{ count: number; roundMs: number }>;

/** Runs per second over the rounds: median, and the fifth and ninety-fifth percentile. */
export type Rates = Readonly<{ median: number; p5: number; p95: number; isReliable: boolean }>;

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
  }
  return rates.map(summarizeRates);
}

/** Returns median and percentiles of measured rates. */
export function summarizeRates(rates: readonly number[]): Rates {
  const sorted = rates.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [median, p5, p95] = [at(0.5), at(0.05), at(0.95)];
  return { median, p5, p95, isReliable: p95 - p5 <= RELIABLE_SPREAD * median };
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
