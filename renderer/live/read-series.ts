import type { HistoryPoint } from '../../shared/model/statistics.ts';
import {
  columnOf,
  POINT_COLUMNS,
  quietNumbers,
  type SeriesColumn,
  toNumbers,
  workerColumn,
} from './series-columns.ts';
import { COARSE_MS, LOOK_MS, QUIET_MS, type VaultSeries } from './vault-series.ts';

/** How far charts look back. */
export const RANGES = ['60s', '5min', '1h'] as const;
export type Range = (typeof RANGES)[number];

const RANGE_MS: Readonly<Record<Range, number>> = {
  '60s': 60_000,
  '5min': 300_000,
  '1h': 3_600_000,
};

/** A series as charts want it: numbers by column, null where nothing is known. */
export type SeriesView = Readonly<{
  range: Range;
  nowMs: number;
  /** Seconds before now, up to 0. */
  times: readonly number[];
  column(name: SeriesColumn): readonly (number | null)[];
  worker(worker: number): readonly (number | null)[];
}>;

/** Returns how many seconds a range looks back. */
export function rangeSeconds(range: Range): number {
  return RANGE_MS[range] / 1000;
}

/**
 * Returns what a vault did in a range that ends now. After main's last news nothing has happened.
 *
 * @param history - Points that main has kept, for the time before the window was opened.
 */
export function readSeries(
  series: VaultSeries | undefined,
  history: readonly HistoryPoint[],
  range: Range,
  nowMs: number,
): SeriesView {
  const points = collectPoints(series, history, range, nowMs);
  const read = (column: number) =>
    points.map((point) => {
      const value = point[column];
      return value === undefined || Number.isNaN(value) ? null : value;
    });
  return {
    range,
    nowMs,
    times: points.map((point) => ((point[0] ?? nowMs) - nowMs) / 1000),
    column: (name) => read(columnOf(name)),
    worker: (worker) => read(workerColumn(worker)),
  };
}

type Numbers = readonly number[];

function collectPoints(
  series: VaultSeries | undefined,
  history: readonly HistoryPoint[],
  range: Range,
  nowMs: number,
): readonly Numbers[] {
  const sinceMs = nowMs - RANGE_MS[range];
  const ring = range === '1h' ? series?.coarse : series?.fine;
  const live: Numbers[] = [];
  if (ring !== undefined) {
    // One point more than the range holds, so that the line begins at the edge.
    for (let index = Math.max(0, ring.findFrom(sinceMs) - 1); index < ring.length; index += 1) {
      live.push(Array.from({ length: POINT_COLUMNS }, (_, column) => ring.at(index, column)));
    }
  }
  const firstLiveMs = live[0]?.[0] ?? nowMs;
  const kept = history.filter(({ atMs }) => atMs >= sinceMs && atMs < firstLiveMs);
  const workers = series?.last?.workerBusyMs.length ?? 0;
  const points = [
    ...withPauses(
      kept.map((point) => toNumbers(point)),
      workers,
    ),
    ...live,
  ];
  const stepMs = range === '1h' ? COARSE_MS : LOOK_MS;
  return withEnd(points, series?.last?.atMs, { nowMs, stepMs, workers });
}

/** Main keeps no point of a time in which nothing happened. */
function withPauses(points: readonly Numbers[], workers: number): readonly Numbers[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1]?.[0];
    const atMs = point[0] ?? 0;
    if (before === undefined || atMs - before < 1.5 * COARSE_MS) return [point];
    return [
      quietNumbers(before + COARSE_MS, workers),
      quietNumbers(atMs - COARSE_MS, workers),
      point,
    ];
  });
}

type End = Readonly<{ nowMs: number; stepMs: number; workers: number }>;

function withEnd(
  points: readonly Numbers[],
  lastNewsMs: number | undefined,
  { nowMs, stepMs, workers }: End,
): readonly Numbers[] {
  const lastMs = points.at(-1)?.[0] ?? lastNewsMs;
  if (lastMs === undefined || nowMs - (lastNewsMs ?? lastMs) < QUIET_MS) return points;
  const quietFromMs = Math.max(lastMs, lastNewsMs ?? 0) + stepMs;
  if (quietFromMs >= nowMs) return points;
  return [...points, quietNumbers(quietFromMs, workers), quietNumbers(nowMs, workers)];
}
