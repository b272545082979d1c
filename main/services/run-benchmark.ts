import type { BenchmarkReport, BenchmarkRequest } from '../../shared/model/benchmark.ts';
import { runInSession } from '../session/spawn-session.ts';
import type { Progress } from './vault-operations.ts';

/** Which storage is measured. */
export type BenchmarkPlace = Readonly<{
  /** Absolute; files are made in it for the time. */
  folder: string;
  /** A folder inside a mounted vault of the same storage, to be measured as well. */
  mountFolder: string | null;
}>;

/**
 * Runs benchmarks in a process of their own, as vaults run, so that this one stays at its work.
 *
 * @throws StateError `cancelled`; DeviceError where the folder cannot be written.
 */
export function runBenchmark(
  request: BenchmarkRequest,
  place: BenchmarkPlace,
  progress: Progress,
): Promise<BenchmarkReport> {
  return runInSession({ verb: 'bench', request, ...place }, progress);
}
