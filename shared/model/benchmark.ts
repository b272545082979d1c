/** What a benchmark row measured. */
export const BENCHMARK_GROUPS = ['provider', 'engine', 'kdf', 'storage'] as const;
export type BenchmarkGroup = (typeof BENCHMARK_GROUPS)[number];

/** One figure: the median of its rounds, with the spread. */
export type BenchmarkRow = Readonly<{
  group: BenchmarkGroup;
  /** Provider, engine mode, KDF, or `raw` and `vault`. */
  name: string;
  direction: 'read' | 'write' | null;
  sectorBytes: number | null;
  requestBytes: number | null;
  /** Requests handed over one after another, each with a buffer of its own. */
  depth: number | null;
  unit: 'MiB/s' | 'ms';
  median: number;
  p5: number;
  p95: number;
  /** `false`: the rounds differ so much that the median says little. */
  isReliable: boolean;
}>;

/** The machine that figures belong to: figures of another say nothing of this one. */
export type MachineFingerprint = Readonly<{
  processor: string;
  cores: number;
  memoryBytes: number;
  system: string;
  runtime: string;
}>;

export type BenchmarkReport = Readonly<{
  version: string;
  startedMs: number;
  durationMs: number;
  isQuick: boolean;
  machine: MachineFingerprint;
  rows: readonly BenchmarkRow[];
  /** What encryption costs on this storage at 1 MiB: percent of the raw rate that is lost. */
  storageOverheadPercent: Readonly<{ read: number; write: number }> | null;
}>;
