import type { BenchmarkReport, BenchmarkRow } from './model/benchmark.ts';

/** How a figure stands beside the same one of an earlier report. */
export type ComparedRow = Readonly<{
  row: BenchmarkRow;
  /** Null where the earlier report has no such figure. */
  before: BenchmarkRow | null;
  /** Of the figure itself: for rates more is better, for times less. Null without one before. */
  percent: number | null;
  verdict: 'better' | 'worse' | 'same' | 'unknown';
}>;

/** Changes below this are noise even where both figures are reliable. */
const NOISE_PERCENT = 8;

/** Returns what tells a figure from the others of its report. */
export function rowKey(row: BenchmarkRow): string {
  const { group, name, direction, sectorBytes, keyBits, requestBytes, depth, threads } = row;
  return [group, name, direction, sectorBytes, keyBits, requestBytes, depth, threads].join('|');
}

/**
 * Compares each figure of a report with that of an earlier one. A change counts where it is more
 * than noise and the spreads of both do not overlap.
 */
export function compareReports(
  before: BenchmarkReport,
  after: BenchmarkReport,
): readonly ComparedRow[] {
  const earlier = new Map(before.rows.map((row) => [rowKey(row), row]));
  return after.rows.map((row) => compareRows(earlier.get(rowKey(row)) ?? null, row));
}

function compareRows(before: BenchmarkRow | null, row: BenchmarkRow): ComparedRow {
  if (before === null || before.median === 0) {
    return { row, before, percent: null, verdict: 'unknown' };
  }
  const percent = (row.median / before.median - 1) * 100;
  const isApart = row.p5 > before.p95 || row.p95 < before.p5;
  if (Math.abs(percent) < NOISE_PERCENT || !isApart) {
    return { row, before, percent, verdict: 'same' };
  }
  const isBetter = row.unit === 'ms' ? percent < 0 : percent > 0;
  return { row, before, percent, verdict: isBetter ? 'better' : 'worse' };
}
