import { dirname } from 'node:path';
import { StateError } from '../../shared/errors/vault-error.ts';
import type { BenchmarkRequest, KeptReport, MachineFacts } from '../../shared/model/benchmark.ts';
import { readMachineFacts } from '../benchmark/machine-facts.ts';
import { machineFingerprint } from '../benchmark/machine-fingerprint.ts';
import type { BenchmarkRepository } from '../store/benchmark-repository.ts';
import { dataFolder } from '../store/data-folder.ts';
import type { JobBoard } from './job-board.ts';
import { runBenchmark } from './run-benchmark.ts';

/** A vault as far as its storage is concerned. */
export type VaultPlace = Readonly<{
  name: string;
  path: string;
  /** Where its files can be read and written; null while they cannot. */
  writableFolder: string | null;
}>;

/** Benchmarks of this machine: run as jobs, kept with the machine that they were run on. */
export interface Benchmarks {
  /**
   * Starts a benchmark and returns its job's id.
   *
   * @param vaultId - Measures the storage of this vault, and the vault itself where it is mounted;
   * null: the storage of Lockline's own data.
   * @throws StateError `operation-in-progress` while another one runs.
   */
  start(request: BenchmarkRequest, vaultId: string | null): string;
  /** Returns the reports of this machine, the latest first. */
  list(): readonly KeptReport[];
  /** Forgets a report. */
  remove(id: number): void;
  /** Returns what is worth knowing of this machine, and of the storage that would be measured. */
  machine(vaultId: string | null): MachineFacts;
}

/** @param findPlace - Throws StateError `vault-unknown`. */
export function createBenchmarks(
  repository: BenchmarkRepository,
  jobs: JobBoard,
  findPlace: (vaultId: string) => VaultPlace,
): Benchmarks {
  const placeOf = (vaultId: string | null) => {
    if (vaultId === null) return { subject: '', folder: dataFolder(), mountFolder: null };
    const { name, path, writableFolder } = findPlace(vaultId);
    return { subject: name, folder: dirname(path), mountFolder: writableFolder };
  };
  return {
    start(request, vaultId) {
      const isRunning = jobs
        .list()
        .some(({ kind, state }) => kind === 'benchmark' && state === 'running');
      // Two at a time would measure each other.
      if (isRunning) throw new StateError('operation-in-progress', {});
      const { subject, ...place } = placeOf(vaultId);
      const job = { kind: 'benchmark', vaultId: null, subject, totalBytes: null } as const;
      return jobs.start(job, async (progress) => {
        repository.add(await runBenchmark(request, place, progress));
      }).id;
    },
    list: () => repository.list(machineFingerprint()),
    remove: (id) => repository.remove(id),
    machine: (vaultId) => readMachineFacts(placeOf(vaultId).folder),
  };
}
