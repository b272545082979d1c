import type { BenchmarkReport, BenchmarkRow } from './model/benchmark.ts';
import type { EngineMode } from './model/engine.ts';
import { KIB, MIB } from './units.ts';

/** What a report speaks for. */
export type Recommendation = Readonly<{
  read: EngineMode;
  write: EngineMode;
  /** Threads from which on more of them gain little, the caller among them; null: not measured. */
  threads: number | null;
  /** MiB a second of the recommended engines at 1 MiB. */
  readRate: number;
  writeRate: number;
  /** What the storage itself gives past the cache, MiB a second; null: not measured. */
  storageRate: number | null;
  /** Whether the storage is slower than the encryption; null: not measured. */
  isStorageTheLimit: boolean | null;
  /** Whether the figures behind it can be relied on. */
  isReliable: boolean;
}>;

/** A mode wins over `auto` only where it gains more than this. */
const CLEAR_GAIN = 1.1;
/** Another thread is worth it where it adds at least this share of one thread's rate. */
const WORTHWHILE_SHARE = 0.25;
const WEIGHED_BYTES = [4 * KIB, 64 * KIB, MIB] as const;
const MODES = ['inline', 'threaded', 'auto'] as const;

/** Returns what the figures of a report recommend; null where it did not measure the engines. */
export function recommendEngine(report: BenchmarkReport): Recommendation | null {
  const engines = report.rows.filter((row) => row.group === 'engine' && row.depth === 1);
  if (engines.length === 0) return null;
  const read = bestMode(engines, 'read');
  const write = bestMode(engines, 'write');
  const rateOf = (mode: EngineMode, direction: 'read' | 'write') =>
    find(engines, mode, direction, MIB)?.median ?? 0;
  const readRate = rateOf(read, 'read');
  const storageRate =
    report.rows.find(
      (row) =>
        row.group === 'storage' &&
        row.name === 'raw-direct' &&
        row.direction === 'read' &&
        row.requestBytes === MIB,
    )?.median ?? null;
  return {
    read,
    write,
    threads: findKnee(report.rows),
    readRate,
    writeRate: rateOf(write, 'write'),
    storageRate,
    isStorageTheLimit: storageRate === null ? null : storageRate < readRate,
    isReliable:
      !report.isQuick && engines.every((row) => row.requestBytes !== MIB || row.isReliable),
  };
}

/**
 * Returns the number of threads from which on another one gains little: the knee of the curve.
 *
 * @returns null where scaling was not measured.
 */
export function findKnee(rows: readonly BenchmarkRow[]): number | null {
  const scaling = rows
    .filter((row) => row.group === 'scaling' && row.direction === 'read')
    .toSorted((a, b) => (a.threads ?? 0) - (b.threads ?? 0));
  const [first] = scaling;
  if (first === undefined) return null;
  let knee = first;
  for (const row of scaling.slice(1)) {
    const added = row.median - knee.median;
    const threads = (row.threads ?? 0) - (knee.threads ?? 0);
    if (added < WORTHWHILE_SHARE * first.median * threads) break;
    knee = row;
  }
  return knee.threads;
}

/** The mode whose rates are best over small, middle and large requests together. */
function bestMode(rows: readonly BenchmarkRow[], direction: 'read' | 'write'): EngineMode {
  const scores = MODES.map((mode) => ({ mode, score: scoreOf(rows, mode, direction) }));
  const auto = scores.find(({ mode }) => mode === 'auto')?.score ?? 0;
  const best = scores.reduce((held, next) => (next.score > held.score ? next : held));
  return best.score > auto * CLEAR_GAIN ? best.mode : 'auto';
}

/** Geometric mean, so that large requests do not drown small ones. */
function scoreOf(
  rows: readonly BenchmarkRow[],
  mode: EngineMode,
  direction: 'read' | 'write',
): number {
  const logs = WEIGHED_BYTES.map((bytes) =>
    Math.log(Math.max(1, find(rows, mode, direction, bytes)?.median ?? 1)),
  );
  return Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
}

function find(
  rows: readonly BenchmarkRow[],
  mode: EngineMode,
  direction: 'read' | 'write',
  bytes: number,
): BenchmarkRow | undefined {
  return rows.find(
    (row) => row.name === mode && row.direction === direction && row.requestBytes === bytes,
  );
}
