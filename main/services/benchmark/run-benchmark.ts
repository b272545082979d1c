import type {
  BenchmarkGroup,
  BenchmarkReport,
  BenchmarkRow,
} from '../../../shared/model/benchmark.ts';
import { MIB } from '../../../shared/units.ts';
import { VERSION } from '../../../shared/version.ts';
import { createBenchFile } from './bench-volume.ts';
import { machineFingerprint } from './machine-fingerprint.ts';
import { measureEngines } from './measure-engines.ts';
import { measureKdf } from './measure-kdf.ts';
import { measureProviders } from './measure-providers.ts';
import { measureStorage } from './measure-storage.ts';

export type BenchmarkOptions = Readonly<{
  /** Where the file for engines and storage is made: measured is the storage of this folder. */
  folder: string;
  isQuick: boolean;
  onGroup?: (group: BenchmarkGroup) => void;
}>;

const FULL = { count: 9, roundMs: 60 } as const;
const QUICK = { count: 5, roundMs: 15 } as const;

/**
 * Runs every benchmark in this process.
 *
 * @throws DeviceError where the folder cannot be written.
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkReport> {
  const rounds = options.isQuick ? QUICK : FULL;
  const startedMs = Date.now();
  const rows: BenchmarkRow[] = [];
  options.onGroup?.('provider');
  rows.push(...measureProviders(rounds));
  using file = createBenchFile(options.folder);
  options.onGroup?.('engine');
  rows.push(...(await measureEngines(file.device, rounds)));
  options.onGroup?.('storage');
  rows.push(...measureStorage(file.device, rounds));
  options.onGroup?.('kdf');
  rows.push(...(await measureKdf(options.isQuick ? 2 : 5)));
  return {
    version: VERSION,
    startedMs,
    durationMs: Date.now() - startedMs,
    isQuick: options.isQuick,
    machine: machineFingerprint(),
    rows,
    storageOverheadPercent: overheadOf(rows),
  };
}

function overheadOf(rows: readonly BenchmarkRow[]): BenchmarkReport['storageOverheadPercent'] {
  const rate = (name: string, direction: string) =>
    rows.find(
      (row) =>
        row.group === 'storage' &&
        row.name === name &&
        row.direction === direction &&
        row.requestBytes === MIB,
    )?.median ?? 0;
  const lost = (direction: string) => {
    const raw = rate('raw', direction);
    return raw === 0 ? 0 : Math.round(1000 * (1 - rate('vault', direction) / raw)) / 10;
  };
  return { read: lost('read'), write: lost('write') };
}
