import { z } from 'zod';

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

/** One figure: the median of its rounds, with the spread. */
export type BenchmarkRow = Readonly<{
  group: BenchmarkGroup;
  /** Provider, engine mode, KDF, or one of {@link STORAGE_NAMES}. */
  name: string;
  /** Null where it has none, and for storage that is read and written in turn. */
  direction: 'read' | 'write' | null;
  sectorBytes: number | null;
  requestBytes: number | null;
  /** Requests handed over one after another, each with a buffer of its own. */
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
}>;

export type BenchmarkReport = Readonly<{
  version: string;
  startedMs: number;
  durationMs: number;
  isQuick: boolean;
  machine: MachineFingerprint;
  rows: readonly BenchmarkRow[];
  unavailable: readonly UnavailableRow[];
  /** What encryption costs on this storage at 1 MiB: percent of the raw rate that is lost. */
  storageOverheadPercent: Readonly<{ read: number; write: number }> | null;
  /** Null where storage was not measured, or by an earlier version. */
  profile: StorageProfile | null;
}>;

/** A report that is kept, with its number. */
export type KeptReport = Readonly<{ id: number; report: BenchmarkReport }>;

/** What to measure. */
export const benchmarkRequestSchema = z.strictObject({
  groups: z.array(z.enum(BENCHMARK_GROUPS)).min(1).max(BENCHMARK_GROUPS.length),
  /** Shorter rounds and fewer of them: a hint, no verdict. */
  isQuick: z.boolean(),
});
export type BenchmarkRequest = Readonly<z.infer<typeof benchmarkRequestSchema>>;
