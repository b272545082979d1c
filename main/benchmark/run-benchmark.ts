import { ERROR_CODES } from '../../shared/errors/codes.ts';
import { DeviceError } from '../../shared/errors/vault-error.ts';
import {
  type BenchmarkGroup,
  type BenchmarkReport,
  type BenchmarkRequest,
  type BenchmarkRow,
  STORAGE_TEST_NAMES,
  type StorageProfile,
  type UnavailableRow,
} from '../../shared/model/benchmark.ts';
import { MIB } from '../../shared/units.ts';
import { VERSION } from '../../shared/version.ts';
import {
  assertPlace,
  type BenchFile,
  type BenchFileOptions,
  createBenchFile,
  ENGINE_FILE,
} from './bench-volume.ts';
import { readStorage } from './machine-facts.ts';
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

const FULL = { count: 9, roundMs: 60, storageMs: 100, kdfRounds: 5, moreShare: 0.25 } as const;
const QUICK = { count: 5, roundMs: 15, storageMs: 15, kdfRounds: 2, moreShare: 0 } as const;

/** How long each group takes beside the others. */
const WEIGHTS: Readonly<Record<BenchmarkGroup, number>> = {
  provider: 25,
  engine: 40,
  sweep: 18,
  scaling: 4,
  storage: 25,
  kdf: 14,
  hash: 4,
  kernel: 4,
};

type Part = Readonly<{
  rows: readonly BenchmarkRow[];
  unavailable?: readonly UnavailableRow[];
  profile?: StorageProfile;
}>;

/**
 * Runs the wanted benchmarks in this process, which does nothing else meanwhile.
 *
 * @throws DeviceError `no-space`, before anything is measured; others where the folder cannot be
 * written.
 */
export async function runBenchmark(options: BenchmarkOptions): Promise<BenchmarkReport> {
  const startedMs = Date.now();
  const { isQuick, choices } = options;
  const groups = [...new Set(options.groups)];
  const total = groups.reduce((sum, group) => sum + WEIGHTS[group], 0);
  const isOnFile = groups.some((group) => ON_FILE.includes(group));
  if (isOnFile) assertPlace(options.folder, neededBytes(options));
  const parts: Part[] = [];
  let done = 0;
  for (const group of groups) {
    const onProgress = (fraction: number) =>
      options.onProgress?.((done + fraction * WEIGHTS[group]) / total);
    onProgress(0);
    parts.push(await measureGroup(group, options, onProgress));
    done += WEIGHTS[group];
  }
  options.onProgress?.(1);
  const rows = parts.flatMap((part) => part.rows);
  return {
    version: VERSION,
    startedMs,
    durationMs: Date.now() - startedMs,
    isQuick,
    machine: machineFingerprint(),
    choices,
    target: isOnFile ? readStorage(options.folder) : null,
    rows,
    unavailable: parts.flatMap((part) => part.unavailable ?? []),
    storageOverheadPercent: overheadOf(rows),
    profile: parts.find((part) => part.profile !== undefined)?.profile ?? null,
  };
}

const ON_FILE: readonly BenchmarkGroup[] = ['engine', 'sweep', 'scaling', 'storage'];

/** A mounted vault lies on the same storage: its container grows by as much again. */
function neededBytes({ groups, choices, mountFolder }: BenchmarkOptions): number {
  const files = mountFolder === null ? 1 : 2;
  const storedBytes = groups.includes('storage') ? files * choices.storage.fileBytes : 0;
  return Math.max(ENGINE_FILE.sizeBytes, storedBytes);
}

async function measureGroup(
  group: BenchmarkGroup,
  options: BenchmarkOptions,
  onProgress: (fraction: number) => void,
): Promise<Part> {
  const { isQuick, choices, folder } = options;
  const { count, roundMs, kdfRounds, moreShare } = isQuick ? QUICK : FULL;
  const rounds: Rounds = { count, roundMs, moreShare, onProgress };
  if (group === 'provider') return measureProviders(choices.bufferBytes, rounds);
  if (group === 'kdf') return { rows: await measureKdf(kdfRounds, onProgress) };
  if (group === 'hash') return { rows: measureHashes(rounds) };
  if (group === 'kernel') return measureKernel();
  if (group === 'storage') return measureStorageFiles(options, onProgress);
  using file = createBenchFile(folder, ENGINE_FILE);
  const measure = { engine: measureEngines, sweep: measureSweep, scaling: measureScaling }[group];
  return { rows: await measure(file.device, rounds) };
}

/** Share of the group's time that it takes to write the files. */
const FILL_SHARE = 0.2;

function measureStorageFiles(
  { folder, mountFolder, isQuick, choices }: BenchmarkOptions,
  onProgress: (fraction: number) => void,
): Part {
  const { fileBytes: sizeBytes, content, runs, intervalMs, tests } = choices.storage;
  const files = mountFolder === null ? 1 : 2;
  const fillOptions = (file: number): BenchFileOptions => ({
    sizeBytes,
    content,
    onProgress: (fraction) => onProgress((FILL_SHARE * (file + fraction)) / files),
  });
  using scratch = createBenchFile(folder, fillOptions(0));
  using mounted = openMounted(mountFolder, fillOptions(1));
  const rounds: Rounds = {
    count: runs,
    roundMs: (isQuick ? QUICK : FULL).storageMs,
    moreShare: (isQuick ? QUICK : FULL).moreShare,
    restMs: intervalMs,
    onProgress: (fraction) => onProgress(FILL_SHARE + (1 - FILL_SHARE) * fraction),
  };
  const part = measureStorage(scratch, mounted.file, choices.storage, rounds);
  // One test alone is a closer look, not a picture of the storage.
  if (tests.length < STORAGE_TEST_NAMES.length) return part;
  return { ...part, profile: measureProfile(scratch, isQuick) };
}

type Mounted = Disposable & Readonly<{ file: BenchFile | string }>;

/** A vault that is full, say, is no reason to measure nothing at all. */
function openMounted(folder: string | null, options: BenchFileOptions): Mounted {
  if (folder === null) return without('no mounted vault was chosen');
  try {
    const file = createBenchFile(folder, options);
    return { file, [Symbol.dispose]: () => file[Symbol.dispose]() };
  } catch (error) {
    const code = error instanceof DeviceError ? error.code : 'internal';
    return without(`the vault cannot take the benchmark's file: ${ERROR_CODES[code].message}`);
  }
}

function without(reason: string): Mounted {
  return { file: reason, [Symbol.dispose]: () => {} };
}

function overheadOf(rows: readonly BenchmarkRow[]): BenchmarkReport['storageOverheadPercent'] {
  const rate = (name: string, direction: string) =>
    rows.find(
      (row) =>
        row.group === 'storage' &&
        row.name === name &&
        row.direction === direction &&
        row.requestBytes === MIB,
    )?.median;
  const lost = (direction: string) => {
    const [raw = 0, vault] = [rate('raw', direction), rate('vault', direction)];
    return raw === 0 || vault === undefined ? null : Math.round(1000 * (1 - vault / raw)) / 10;
  };
  const [read, write] = [lost('read'), lost('write')];
  return read === null || write === null ? null : { read, write };
}
