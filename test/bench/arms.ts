import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** What is measured in turn: two engines, the one that chooses between them, and the first again. */
const ARMS = ['inline', 'threaded', 'auto', 'again'] as const;
export type ArmName = (typeof ARMS)[number];

/** A Latin square in which each arm comes right after each other one once (Williams, 1949). */
const ORDERS = [
  [0, 1, 3, 2],
  [1, 2, 0, 3],
  [2, 3, 1, 0],
  [3, 0, 2, 1],
] as const;

/** Returns the arms in the order of a round: what one leaves behind falls on each of the others. */
export function armsOf(round: number): readonly ArmName[] {
  const order = ORDERS[round % ORDERS.length] ?? ORDERS[0];
  return order.map((index) => ARMS[index]);
}

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
  /** How far that is from 1. @see noiseFloor */
  floor: number;
  floorP99: number;
  /** Whether auto is where it must be, but for the floor. */
  isMet: boolean;
  isP99Met: boolean;
}>;

const LEAST_THROUGHPUT = 0.97;
const MOST_P99 = 1.05;
const SETTLE_MS = 300;
/** Standard error of a median of n values that are spread normally, by median deviation / sqrt(n). */
const ERROR_BY_DEVIATION = 1.4826 * 1.2533;

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { median: at(0.5), p5: at(0.05), p95: at(0.95) };
}

/**
 * Returns by how much a comparison of one thing with itself is off: its median, or the standard error
 * of that (by the median deviation) where it is more. A difference below it says nothing.
 */
function noiseFloor(ratios: readonly number[]): number {
  const { median } = spreadOf(ratios);
  const deviation = spreadOf(ratios.map((ratio) => Math.abs(ratio - median))).median;
  return Math.max(
    Math.abs(1 - median),
    (ERROR_BY_DEVIATION * deviation) / Math.sqrt(ratios.length),
  );
}

/** Returns the value that one in a hundred exceeds. @param values - Sorted in place. */
export function percentile99(values: Float64Array): number {
  return values.sort()[Math.min(values.length - 1, Math.floor(values.length * 0.99))] ?? 0;
}

/** Compares the arms of a cell. @param runs - One of each arm in each round. */
export function compareArms(runs: Readonly<Record<ArmName, readonly Run[]>>): ArmFigures {
  const spread = (arm: ArmName, value: keyof Run) => spreadOf(runs[arm].map((run) => run[value]));
  const ratios = (arm: ArmName, to: ArmName, value: keyof Run) =>
    runs[arm].map((run, round) => run[value] / (runs[to][round]?.[value] ?? Number.NaN));
  const ratio = (...of: Parameters<typeof ratios>) => spreadOf(ratios(...of));
  const threaded = ratio('threaded', 'inline', 'mibPerSecond');
  const better = threaded.median > 1 ? 'threaded' : 'inline';
  const autoToBetter = ratio('auto', better, 'mibPerSecond');
  const autoToBetterP99 = ratio('auto', better, 'p99Us');
  const floor = noiseFloor(ratios('again', 'inline', 'mibPerSecond'));
  const floorP99 = noiseFloor(ratios('again', 'inline', 'p99Us'));
  return {
    inlineMibPerSecond: spread('inline', 'mibPerSecond'),
    inlineP99Us: spread('inline', 'p99Us'),
    threaded,
    better,
    autoToBetter,
    autoToBetterP99,
    noise: ratio('again', 'inline', 'mibPerSecond'),
    noiseP99: ratio('again', 'inline', 'p99Us'),
    floor,
    floorP99,
    isMet: autoToBetter.median + floor >= LEAST_THROUGHPUT,
    isP99Met: autoToBetterP99.median - floorP99 <= MOST_P99,
  };
}

/** Heading of {@link formatFigures}. */
export const FIGURES_HEADING = [
  'MiB/s'.padStart(6),
  'p99 us'.padStart(8),
  'threaded'.padEnd(16),
  'auto/better'.padEnd(16),
  'floor',
  '    ',
  'p99'.padEnd(16),
  'floor',
  '    ',
].join('  ');

/** Figures as one line for people: ratios as median and range from p5 to p95, each with its floor. */
export function formatFigures(figures: ArmFigures): string {
  const ratio = ({ median, p5, p95 }: Spread) =>
    `${median.toFixed(2)} [${p5.toFixed(2)}-${p95.toFixed(2)}]`.padEnd(16);
  const verdict = (floor: number, isMet: boolean) => [
    floor.toFixed(2).padStart(5),
    isMet ? 'pass' : 'MISS',
  ];
  return [
    figures.inlineMibPerSecond.median.toFixed(0).padStart(6),
    figures.inlineP99Us.median.toFixed(0).padStart(8),
    ratio(figures.threaded),
    ratio(figures.autoToBetter),
    ...verdict(figures.floor, figures.isMet),
    ratio(figures.autoToBetterP99),
    ...verdict(figures.floorP99, figures.isP99Met),
  ].join('  ');
}

/** How many of the cells are where they must be, for people. */
export function formatSummary(cells: readonly ArmFigures[], disturbedRounds: number): string {
  const count = (isMet: (cell: ArmFigures) => boolean) => cells.filter(isMet).length;
  const strict = count(({ autoToBetter }) => autoToBetter.median >= LEAST_THROUGHPUT);
  const strictP99 = count(({ autoToBetterP99 }) => autoToBetterP99.median <= MOST_P99);
  return [
    `auto at least ${LEAST_THROUGHPUT} x the better arm: ${strict} of ${cells.length} cells, ` +
      `${count(({ isMet }) => isMet)} over the noise floor`,
    `its p99 at most ${MOST_P99} x: ${strictP99}, ${count(({ isP99Met }) => isP99Met)} over the noise floor`,
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
