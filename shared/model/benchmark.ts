import { z } from 'zod';
import { GIB, KIB, MIB } from '../units.ts';

/**
 * What a benchmark row measured: providers in memory; engines on a file; engines over request sizes;
 * engines over numbers of threads; storage with and without encryption; key derivation; hashes in
 * memory; the kernel's own cipher.
 */
export const BENCHMARK_GROUPS = [
  'provider',
  'engine',
  'sweep',
  'scaling',
  'storage',
  'kdf',
  'hash',
  'kernel',
] as const;
export type BenchmarkGroup = (typeof BENCHMARK_GROUPS)[number];

/**
 * How storage was reached: `raw` is a file, `vault` the same through encryption, both through the
 * system's cache or past it; `mounted` is a file inside a mounted vault, past the cache.
 */
export const STORAGE_NAMES = ['raw', 'vault', 'raw-direct', 'vault-direct', 'mounted'] as const;
export type StorageName = (typeof STORAGE_NAMES)[number];

/**
 * Tests of storage, as disk benchmarks name them: one thread that keeps so many requests under way,
 * one after another in the file or scattered over it.
 */
export const STORAGE_TESTS = {
  'seq1m-q8t1': { label: 'SEQ1M Q8T1', requestBytes: MIB, depth: 8, isSequential: true },
  'seq1m-q1t1': { label: 'SEQ1M Q1T1', requestBytes: MIB, depth: 1, isSequential: true },
  'rnd4k-q32t1': { label: 'RND4K Q32T1', requestBytes: 4 * KIB, depth: 32, isSequential: false },
  'rnd4k-q1t1': { label: 'RND4K Q1T1', requestBytes: 4 * KIB, depth: 1, isSequential: false },
} as const satisfies Record<string, StorageTestFacts>;
export type StorageTest = keyof typeof STORAGE_TESTS;
export const STORAGE_TEST_NAMES = Object.keys(STORAGE_TESTS) as readonly StorageTest[]; // its keys

type StorageTestFacts = Readonly<{
  label: string;
  requestBytes: number;
  depth: number;
  isSequential: boolean;
}>;

/** Sizes of the file that storage is measured on. */
export const STORAGE_FILE_BYTES = {
  least: 16 * MIB,
  usual: 128 * MIB,
  most: 64 * GIB,
} as const;
export const MOST_STORAGE_RUNS = 9;
const MOST_INTERVAL_MS = 10 * 60_000;
/** What the file is filled with, and what is written to it. */
export const STORAGE_CONTENTS = ['random', 'zero'] as const;

/** Buffers that ciphers can be measured on, in memory. */
export const CIPHER_BUFFER_BYTES = [
  100 * KIB,
  500 * KIB,
  MIB,
  5 * MIB,
  10 * MIB,
  50 * MIB,
  100 * MIB,
  200 * MIB,
  500 * MIB,
  GIB,
] as const;

/** One figure: the median of its rounds, with the spread. */
export type BenchmarkRow = Readonly<{
  group: BenchmarkGroup;
  /** Provider, engine mode, KDF, or one of {@link STORAGE_NAMES}. */
  name: string;
  /** Null where it has none, and for storage that is read and written in turn. */
  direction: 'read' | 'write' | null;
  sectorBytes: number | null;
  /** Of a cipher's figure; null where it is not about one. */
  keyBits: number | null;
  requestBytes: number | null;
  /**
   * Requests under way at a time; of engines, and of storage through encryption without a mount,
   * handed over one after another.
   */
  depth: number | null;
  /** Threads that shared the work, the caller among them; null where it is not about that. */
  threads: number | null;
  unit: 'MiB/s' | 'ms';
  median: number;
  p5: number;
  p95: number;
  /** Standard deviation of the rounds. */
  deviation: number;
  /** `false`: the rounds differ so much that the median says little. */
  isReliable: boolean;
}>;

/** What could not be measured, and why. */
export type UnavailableRow = Readonly<{ group: BenchmarkGroup; name: string; reason: string }>;

/** How storage behaves from the beginning of a file to its end, as it is. */
export type StorageProfile = Readonly<{
  /** Past the system's cache, or through it where the filesystem has no way past it. */
  isDirect: boolean;
  /** Bytes that are read and written at each place; 1 MiB in reports of earlier versions. */
  sampleBytes?: number;
  /** Rates at places of the file, MiB a second. */
  rates: readonly Readonly<{ offsetBytes: number; read: number; write: number }>[];
  /** Single reads of 4 KiB at places drawn by chance, in the order of their places. */
  accesses: readonly Readonly<{ offsetBytes: number; microseconds: number }>[];
}>;

/** The machine that figures belong to: figures of another say nothing of this one. */
export type MachineFingerprint = Readonly<{
  processor: string;
  cores: number;
  memoryBytes: number;
  system: string;
  runtime: string;
}>;

/** What else is worth knowing of a machine beside its figures. */
export type MachineFacts = MachineFingerprint &
  Readonly<{
    physicalCores: number;
    freeMemoryBytes: number;
    /** AES instructions of the processor; null where the system does not tell. */
    hasAes: boolean | null;
    /** Vector instructions, such as `avx2` and `vaes`. */
    vectorInstructions: readonly string[];
    /** The provider that is taken by default, and the instructions that it uses. */
    provider: Readonly<{ name: string; implementation: string | null }>;
    /** Where the benchmark's file would lie. */
    storage: StorageFacts;
  }>;

export type StorageFacts = Readonly<{
  filesystem: string;
  /** `memory`: a filesystem without a disk; `unknown`: the system does not tell. */
  kind: 'solid-state' | 'rotating' | 'memory' | 'unknown';
  device: string | null;
  /** Bytes that may still be written there; null where the system does not tell. */
  freeBytes: number | null;
}>;

export type BenchmarkReport = Readonly<{
  version: string;
  startedMs: number;
  durationMs: number;
  isQuick: boolean;
  machine: MachineFingerprint;
  /** What was chosen for the run; null in reports of earlier versions. */
  choices: BenchmarkChoices | null;
  /** The storage that was measured; null where none was, or by an earlier version. */
  target: StorageFacts | null;
  rows: readonly BenchmarkRow[];
  unavailable: readonly UnavailableRow[];
  /** What encryption costs on this storage at 1 MiB: percent of the raw rate that is lost. */
  storageOverheadPercent: Readonly<{ read: number; write: number }> | null;
  /** Null where storage was not measured, or by an earlier version. */
  profile: StorageProfile | null;
}>;

/** A report that is kept, with its number. */
export type KeptReport = Readonly<{ id: number; report: BenchmarkReport }>;

/** How storage is measured. */
const storageChoicesSchema = z.strictObject({
  tests: z.array(z.enum(STORAGE_TEST_NAMES)).min(1).max(STORAGE_TEST_NAMES.length).readonly(),
  fileBytes: z.int().min(STORAGE_FILE_BYTES.least).max(STORAGE_FILE_BYTES.most).multipleOf(MIB),
  /** Rounds of each test. */
  runs: z.int().min(1).max(MOST_STORAGE_RUNS),
  /** Rest before each round. */
  intervalMs: z.int().min(0).max(MOST_INTERVAL_MS),
  content: z.enum(STORAGE_CONTENTS),
});
export type StorageChoices = Readonly<z.infer<typeof storageChoicesSchema>>;

const choicesSchema = z.strictObject({
  /** Largest buffer of the ciphers in memory. */
  bufferBytes: z.literal(CIPHER_BUFFER_BYTES),
  storage: storageChoicesSchema,
});
export type BenchmarkChoices = Readonly<z.infer<typeof choicesSchema>>;

export const DEFAULT_BENCHMARK_CHOICES: BenchmarkChoices = {
  bufferBytes: MIB,
  storage: {
    tests: STORAGE_TEST_NAMES,
    fileBytes: STORAGE_FILE_BYTES.usual,
    runs: 5,
    intervalMs: 0,
    content: 'random',
  },
};

/** What to measure. */
export const benchmarkRequestSchema = z.strictObject({
  groups: z.array(z.enum(BENCHMARK_GROUPS)).min(1).max(BENCHMARK_GROUPS.length),
  /** Shorter rounds and fewer of them: a hint, no verdict. */
  isQuick: z.boolean(),
  choices: choicesSchema,
});
export type BenchmarkRequest = Readonly<z.infer<typeof benchmarkRequestSchema>>;
