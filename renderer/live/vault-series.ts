import { isSameMount, toHistoryPoint, workerShares } from '../../shared/history-point.ts';
import type { EngineSnapshot } from '../../shared/model/engine.ts';
import type { HistoryPoint, VolumeStatistics } from '../../shared/model/statistics.ts';
import { Ring } from './ring.ts';
import { POINT_COLUMNS, quietNumbers, toNumbers } from './series-columns.ts';

/** Between two looks of main at a vault at work. */
export const LOOK_MS = 500;
/** Main tells of a vault only when something changed; after this long nothing has. */
export const QUIET_MS = 1_250;
/** Two looks that come sooner are one: rates over less time say little. */
const MINIMUM_SPAN_MS = 250;
const FINE_POINTS = 600;
/** Between two points of the last hour. */
export const COARSE_MS = 10_000;
const COARSE_POINTS = 360;
const KEPT_MARKS = 16;
/** Changes that follow each other sooner are one. */
const SAME_CHANGE_MS = 3_000;
/** What a change of engine is judged by: this long before it, and after it. */
export const EFFECT_MS = 10_000;
/** Left out after a change: caches warm up, helpers start. */
export const SETTLE_MS = 1_000;

/** Two looks between which a vault was watched. */
export type Stretch = Readonly<{ from: VolumeStatistics; to: VolumeStatistics }>;

/** A change of the engine on a mounted vault. */
export type EngineMark = Readonly<{
  atMs: number;
  before: EngineSnapshot;
  after: EngineSnapshot;
  /** Null until there was anything to look at. */
  stretchBefore: Stretch | null;
  stretchAfter: Stretch | null;
}>;

/**
 * What one vault did in the last five minutes in steps of half a second, and in the last hour in
 * steps of ten, with the changes of its engine. Takes the same memory however long it runs.
 */
export class VaultSeries {
  readonly fine = new Ring(POINT_COLUMNS, FINE_POINTS);
  readonly coarse = new Ring(POINT_COLUMNS, COARSE_POINTS);
  #last: VolumeStatistics | undefined;
  #lastCoarse: VolumeStatistics | undefined;
  #engine: EngineSnapshot | undefined;
  #recent: readonly VolumeStatistics[] = [];
  #marks: readonly EngineMark[] = [];

  /** Changes of the engine, the oldest first. */
  get marks(): readonly EngineMark[] {
    return this.#marks;
  }

  /** The newest look; undefined before the first. */
  get last(): VolumeStatistics | undefined {
    return this.#last;
  }

  /** Takes a look of main at the vault, which is mounted. */
  add(statistics: VolumeStatistics, engine: EngineSnapshot | null): void {
    const last = this.#last;
    if (last !== undefined && !isSameMount(last, statistics)) this.#restart();
    this.#noteEngine(statistics, engine);
    if (this.#last === undefined) {
      this.#last = statistics;
      this.#lastCoarse = statistics;
      this.#recent = [statistics];
      return;
    }
    const spanMs = statistics.atMs - this.#last.atMs;
    if (spanMs < MINIMUM_SPAN_MS) return;
    this.fine.push(this.#pointAfterPause(this.#last, statistics));
    this.#last = statistics;
    this.#addCoarse(statistics);
    this.#remember(statistics);
  }

  /** Another mount counts from zero; what was seen of the one before stays in the charts. */
  #restart(): void {
    this.#last = undefined;
    this.#engine = undefined;
    this.#recent = [];
    this.#marks = [];
  }

  /** Where main had no news for a while, nothing happened until the last look but one. */
  #pointAfterPause(last: VolumeStatistics, next: VolumeStatistics): number[] {
    if (next.atMs - last.atMs <= QUIET_MS) {
      return toNumbers(toHistoryPoint(last, next), workerShares(last, next));
    }
    const workers = next.workerBusyMs.length;
    this.fine.push(quietNumbers(last.atMs + LOOK_MS, workers));
    this.fine.push(quietNumbers(next.atMs - LOOK_MS, workers));
    const shortly = { ...last, atMs: next.atMs - LOOK_MS };
    // The looks themselves take processor time, all through the pause.
    const { cpu } = toHistoryPoint(last, next);
    const point: HistoryPoint = { ...toHistoryPoint(shortly, next), cpu };
    return toNumbers(point, workerShares(shortly, next));
  }

  #addCoarse(statistics: VolumeStatistics): void {
    const last = this.#lastCoarse;
    if (last !== undefined && statistics.atMs - last.atMs < COARSE_MS) return;
    if (last !== undefined) {
      const point = toHistoryPoint(last, statistics);
      this.coarse.push(toNumbers(point, workerShares(last, statistics)));
    }
    this.#lastCoarse = statistics;
  }

  #remember(statistics: VolumeStatistics): void {
    const oldestMs = statistics.atMs - EFFECT_MS - SETTLE_MS;
    this.#recent = [...this.#recent.filter(({ atMs }) => atMs >= oldestMs), statistics];
    const mark = this.#marks.at(-1);
    if (mark === undefined) return;
    const sinceMs = statistics.atMs - mark.atMs;
    if (sinceMs < SETTLE_MS || sinceMs > SETTLE_MS + EFFECT_MS) return;
    const from = mark.stretchAfter?.from ?? statistics;
    this.#marks = [
      ...this.#marks.slice(0, -1),
      { ...mark, stretchAfter: { from, to: statistics } },
    ];
  }

  #noteEngine(statistics: VolumeStatistics, engine: EngineSnapshot | null): void {
    if (engine === null) return;
    const before = this.#engine;
    this.#engine = engine;
    if (before === undefined || isSameEngine(before, engine)) return;
    const last = this.#marks.at(-1);
    if (last !== undefined && statistics.atMs - last.atMs < SAME_CHANGE_MS) {
      // Reads and writes are chosen one after the other, and are one change.
      const mark = { ...last, atMs: statistics.atMs, after: engine, stretchAfter: null };
      this.#marks = [...this.#marks.slice(0, -1), mark];
      return;
    }
    const settledMs = (last?.atMs ?? Number.NEGATIVE_INFINITY) + SETTLE_MS;
    const seen = this.#recent.filter(({ atMs }) => atMs >= settledMs);
    const [from, to] = [seen.at(0), seen.at(-1)];
    const mark: EngineMark = {
      atMs: statistics.atMs,
      before,
      after: engine,
      stretchBefore: from !== undefined && to !== undefined && from !== to ? { from, to } : null,
      stretchAfter: null,
    };
    this.#marks = [...this.#marks, mark].slice(-KEPT_MARKS);
  }
}

function isSameEngine(a: EngineSnapshot, b: EngineSnapshot): boolean {
  return (
    a.read === b.read && a.write === b.write && a.provider === b.provider && a.threads === b.threads
  );
}
