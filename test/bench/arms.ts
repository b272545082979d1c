import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** What is measured in turn: two engines, the one that chooses between them, and the first again. */
export const ARMS = ['inline', 'threaded', 'auto', 'again'] as const;
export type ArmName = (typeof ARMS)[number];

/** One run of one arm. */
export type Run = Readonly<{ mibPerSecond: number; p99Us: number }>;

export type Spread = Readonly<{ median: number; p5: number; p95: number }>;

/** What a cell came to; ratios are of runs of the same round. */
export type ArmFigures = Readonly<{
  inlineMibPerSecond: Spread;
  inlineP99Us: Spread;
  /** Threaded to inline. */
  threaded: Spread;
  /** The arm with the better median. */
  better: 'inline' | 'threaded';
  autoToBetter: Spread;
  autoToBetterP99: Spread;
  /** Inline to inline: what the machine makes of no difference. */
  noise: Spread;
  noiseP99: Spread;
  /** Whether auto is where it must be, but for as much as the noise is off. */
  isMet: boolean;
  isP99Met: boolean;
}>;

const LEAST_THROUGHPUT = 0.97;
const MOST_P99 = 1.05;
const SETTLE_MS = 300;

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { median: at(0.5), p5: at(0.05), p95: at(0.95) };
}

/** Returns the value that one in a hundred exceeds. @param values - Sorted in place. */
export function percentile99(values: Float64Array): number {
  return values.sort()[Math.min(values.length - 1, Math.floor(values.length * 0.99))] ?? 0;
}

/** Compares the arms of a cell. @param runs - One of each arm in each round. */
export function compareArms(runs: Readonly<Record<ArmName, readonly Run[]>>): ArmFigures {
  const spread = (arm: ArmName, value: keyof Run) => spreadOf(runs[arm].map((run) => run[value]));
  const ratio = (arm: ArmName, to: ArmName, value: keyof Run) =>
    spreadOf(runs[arm].map((run, round) => run[value] / (runs[to][round]?.[value] ?? Number.NaN)));
  const threaded = ratio('threaded', 'inline', 'mibPerSecond');
  const better = threaded.median > 1 ? 'threaded' : 'inline';
  const autoToBetter = ratio('auto', better, 'mibPerSecond');
  const autoToBetterP99 = ratio('auto', better, 'p99Us');
  const noise = ratio('again', 'inline', 'mibPerSecond');
  const noiseP99 = ratio('again', 'inline', 'p99Us');
  return {
    inlineMibPerSecond: spread('inline', 'mibPerSecond'),
    inlineP99Us: spread('inline', 'p99Us'),
    threaded,
    better,
    autoToBetter,
    autoToBetterP99,
    noise,
    noiseP99,
    isMet: autoToBetter.median + Math.abs(1 - noise.median) >= LEAST_THROUGHPUT,
    isP99Met: autoToBetterP99.median - Math.abs(1 - noiseP99.median) <= MOST_P99,
  };
}

/** Heading of {@link formatFigures}. */
export const FIGURES_HEADING = [
  'MiB/s'.padStart(6),
  'p99 us'.padStart(8),
  'threaded'.padEnd(16),
  'auto/better'.padEnd(16),
  'p99'.padEnd(16),
  'noise'.padEnd(16),
  'noise of p99'.padEnd(16),
].join('  ');

/** Figures as one line for people: ratios as median and range from p5 to p95; `!` where one is missed. */
export function formatFigures(figures: ArmFigures): string {
  const ratio = ({ median, p5, p95 }: Spread, isMet = true) =>
    `${median.toFixed(2)}${isMet ? '' : '!'} [${p5.toFixed(2)}-${p95.toFixed(2)}]`.padEnd(16);
  return [
    figures.inlineMibPerSecond.median.toFixed(0).padStart(6),
    figures.inlineP99Us.median.toFixed(0).padStart(8),
    ratio(figures.threaded),
    ratio(figures.autoToBetter, figures.isMet),
    ratio(figures.autoToBetterP99, figures.isP99Met),
    ratio(figures.noise),
    ratio(figures.noiseP99),
  ].join('  ');
}

/** How many of the cells are where they must be, for people. */
export function formatSummary(cells: readonly ArmFigures[], disturbedRounds: number): string {
  const count = (isMet: (cell: ArmFigures) => boolean) => cells.filter(isMet).length;
  const strict = count(({ autoToBetter }) => autoToBetter.median >= LEAST_THROUGHPUT);
  const strictP99 = count(({ autoToBetterP99 }) => autoToBetterP99.median <= MOST_P99);
  return [
    `auto at least ${LEAST_THROUGHPUT} x the better arm: ${strict} of ${cells.length} cells, ` +
      `${count(({ isMet }) => isMet)} but for the noise`,
    `its p99 at most ${MOST_P99} x: ${strictP99}, ${count(({ isP99Met }) => isP99Met)} but for the noise`,
    `rounds that other programs disturbed: ${disturbedRounds}`,
  ].join('\n');
}

/** Occupies every processor but one until it is disposed, where the load is `busy`. */
export async function startLoad(
  load: string,
): Promise<Disposable & Readonly<{ processes: readonly number[] }>> {
  const count = load === 'busy' ? Math.max(1, availableParallelism() - 1) : 0;
  const children: ChildProcess[] = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' }),
  );
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return {
    processes: children.flatMap(({ pid }) => pid ?? []),
    [Symbol.dispose]: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
