/** One figure of a benchmark: the median of its rounds, with the spread. */
export type Figure = Readonly<{
  layer: string;
  pattern: string;
  direction: 'read' | 'write';
  mibPerSecond: number;
  operationsPerSecond: number;
  p5: number;
  p95: number;
}>;

/** What is measured: `run` moves `requestBytes` once. */
export type Subject = Readonly<{
  layer: string;
  pattern: string;
  direction: 'read' | 'write';
  requestBytes: number;
  run: () => void;
}>;

const MIB = 1024 * 1024;

/**
 * Measures subjects in turn, round by round, so that a drift of the machine's speed falls on all
 * of them alike.
 */
export function measureInTurn(
  subjects: readonly Subject[],
  rounds: number,
  roundMs: number,
): Figure[] {
  const rates = subjects.map(() => [] as number[]);
  for (const { run } of subjects) repeatFor(run, roundMs / 2);
  for (let round = 0; round < rounds; round += 1) {
    subjects.forEach(({ run }, index) => {
      rates[index]?.push(repeatFor(run, roundMs));
    });
  }
  return subjects.map((subject, index) => toFigure(subject, rates[index] ?? []));
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

function toFigure(subject: Subject, rates: number[]): Figure {
  const sorted = rates.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const toMib = (rate: number) => (rate * subject.requestBytes) / MIB;
  return {
    layer: subject.layer,
    pattern: subject.pattern,
    direction: subject.direction,
    mibPerSecond: toMib(at(0.5)),
    operationsPerSecond: at(0.5),
    p5: toMib(at(0.05)),
    p95: toMib(at(0.95)),
  };
}
