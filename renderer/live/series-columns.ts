import { MAX_ENGINE_THREADS } from '../../shared/model/engine.ts';
import type { HistoryPoint } from '../../shared/model/statistics.ts';

/** What a point of a series says; rates are per second, shares are 0 to 1, waits microseconds. */
export const SERIES_COLUMNS = [
  'atMs',
  'readBytes',
  'writeBytes',
  'readRequests',
  'writeRequests',
  'readP50',
  'readP95',
  'readP99',
  'writeP50',
  'writeP95',
  'writeP99',
  'waiting',
  'ioBusy',
  'workersBusy',
  'cpu',
  'loopLag',
] as const;
export type SeriesColumn = (typeof SERIES_COLUMNS)[number];

/** Behind the named columns: one for each crypto worker, its share of time at work. */
const FIRST_WORKER: number = SERIES_COLUMNS.length;
/** Numbers of one point. */
export const POINT_COLUMNS = FIRST_WORKER + MAX_ENGINE_THREADS;

export function columnOf(name: SeriesColumn): number {
  return SERIES_COLUMNS.indexOf(name);
}

/** Returns the column of a crypto worker. */
export function workerColumn(worker: number): number {
  return FIRST_WORKER + worker;
}

/** Returns a point as numbers, in the order of the columns; NaN where nothing is known. */
export function toNumbers(point: HistoryPoint, workers: readonly number[] = []): number[] {
  const perSecond = (amount: number) => (amount * 1000) / point.spanMs;
  const numbers = [
    point.atMs,
    perSecond(point.readBytes),
    perSecond(point.writtenBytes),
    perSecond(point.readRequests),
    perSecond(point.writeRequests),
    ...[point.read, point.write].flatMap((p) => [p?.p50, p?.p95, p?.p99].map(numberOrNan)),
    point.waiting,
    point.ioBusy,
    point.workersBusy,
    point.cpu,
    numberOrNan(point.loopLagMs),
  ];
  for (let worker = 0; worker < MAX_ENGINE_THREADS; worker += 1) {
    numbers.push(numberOrNan(workers[worker]));
  }
  return numbers;
}

/** Returns a point at which nothing happens. */
export function quietNumbers(atMs: number, workers: number): number[] {
  const quiet: HistoryPoint = {
    atMs,
    spanMs: 1000,
    readBytes: 0,
    writtenBytes: 0,
    readRequests: 0,
    writeRequests: 0,
    read: null,
    write: null,
    ioBusy: 0,
    workersBusy: 0,
    cpu: 0,
    waiting: 0,
  };
  return toNumbers(
    quiet,
    Array.from({ length: workers }, () => 0),
  );
}

function numberOrNan(value: number | null | undefined): number {
  return value ?? Number.NaN;
}
