import { ERROR_CODES } from '../../shared/errors/codes.ts';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import type {
  BenchmarkGroup,
  BenchmarkReport,
  BenchmarkRequest,
  BenchmarkRow,
  UnavailableRow,
} from '../../shared/model/benchmark.ts';
import { MIB } from '../../shared/units.ts';
import { VERSION } from '../../shared/version.ts';
import { type BenchFile, createBenchFile } from './bench-volume.ts';
import { machineFingerprint } from './machine-fingerprint.ts';
import { measureEngines, measureScaling, measureSweep } from './measure-engines.ts';
import { measureHashes } from './measure-hashes.ts';
import { measureKdf } from './measure-kdf.ts';
import { measureKernel } from './measure-kernel.ts';
import { measureProfile } from './measure-profile.ts';
import { measureProviders } from './measure-providers.ts';
import type { Rounds } from './measure-rates.ts';
import { measureStorage } from './measure-storage.ts';

export type BenchmarkOptions = BenchmarkRequest &
  Readonly<{
    /** Where the file for engines and storage is made: measured is the storage of this folder. */
    folder: string;
    /** A folder inside a mounted vault of the same storage, to be measured as well; or null. */
    mountFolder: string | null;
    /** Told which share of the whole is done, 0 to 1. */
    onProgress?: (fraction: number) => void;
  }>;

const FULL = { count: 9, roundMs: 60, kdfRounds: 5 } as const;
const QUICK = { count: 5, roundMs: 15, kdfRounds: 2 } as const;

/** How long each group takes beside the others. */
const WEIGHTS: Readonly<Record<BenchmarkGroup, number>> = {
  provider: 20,
  engine: 40,
  sweep: 18,
  scaling: 4,
  storage: 9,
  kdf: 14,
  hash: 4,
  kernel: 4,
};

type Part = Readonly<{
  rows: readonly BenchmarkRow[];
  unavailable?: readonly UnavailableRow[];
}>;

/**
 * Runs the wanted benchmarks in this process, which does nothing else meanwhile.
 *
 * @throws DeviceError where the folder cannot be written.
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkReport> {
  const startedMs = Date.now();
  const groups = [...new Set(options.groups)];
  const total = groups.reduce((sum, group) => sum + WEIGHTS[group], 0);
  using files = createFiles(options, groups);
  const rows: BenchmarkRow[] = [];
  const unavailable: UnavailableRow[] = [];
  let done = 0;
  for (const group of groups) {
    const onProgress = (fraction: number) =>
      options.onProgress?.((done + fraction * WEIGHTS[group]) / total);
    onProgress(0);
    const part = await measureGroup(group, files, options.isQuick, onProgress);
    rows.push(...part.rows);
    unavailable.push(...(part.unavailable ?? []));
    done += WEIGHTS[group];
  }
  const profile =
    groups.includes('storage') && files.scratch !== null
      ? measureProfile(files.scratch, options.isQuick)
      : null;
  options.onProgress?.(1);
  return {
    version: VERSION,
    startedMs,
    durationMs: Date.now() - startedMs,
    isQuick: options.isQuick,
    machine: machineFingerprint(),
    rows,
    unavailable,
    storageOverheadPercent: groups.includes('storage') ? overheadOf(rows) : null,
    profile,
  };
}

type Files = Disposable & Readonly<{ scratch: BenchFile | null; mounted: BenchFile | string }>;

const ON_FILE: readonly BenchmarkGroup[] = ['engine', 'sweep', 'scaling', 'storage'];

function createFiles(
  { folder, mountFolder }: BenchmarkOptions,
  groups: readonly BenchmarkGroup[],
): Files {
  const scratch = groups.some((group) => ON_FILE.includes(group)) ? createBenchFile(folder) : null;
  const mounted = groups.includes('storage') ? openMounted(mountFolder) : NOT_CHOSEN;
  return {
    scratch,
    mounted,
    [Symbol.dispose]() {
      scratch?.[Symbol.dispose]();
      if (typeof mounted !== 'string') mounted[Symbol.dispose]();
    },
  };
}

const NOT_CHOSEN = 'no mounted vault was chosen';

/** A vault that is full, say, is no reason to measure nothing at all. */
function openMounted(folder: string | null): BenchFile | string {
  if (folder === null) return NOT_CHOSEN;
  try {
    return createBenchFile(folder);
  } catch (error) {
    const code = error instanceof DeviceError ? error.code : 'internal';
    return `the vault cannot take the benchmark's file: ${ERROR_CODES[code].message}`;
  }
}

async function measureGroup(
  group: BenchmarkGroup,
  { scratch, mounted }: Files,
  isQuick: boolean,
  onProgress: (fraction: number) => void,
): Promise<Part> {
  const { count, roundMs, kdfRounds } = isQuick ? QUICK : FULL;
  const rounds: Rounds = { count, roundMs, onProgress };
  if (group === 'provider') return measureProviders(rounds);
  if (group === 'kdf') return { rows: await measureKdf(kdfRounds, onProgress) };
  if (group === 'hash') return { rows: measureHashes(rounds) };
  if (group === 'kernel') return measureKernel();
  if (scratch === null) return { rows: [] };
  if (group === 'storage') return measureStorage(scratch, mounted, rounds);
  const measure = { engine: measureEngines, sweep: measureSweep, scaling: measureScaling }[group];
  return { rows: await measure(scratch.device, rounds) };
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
