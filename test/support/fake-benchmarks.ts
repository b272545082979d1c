import type { Benchmarks } from '../../main/services/benchmarks.ts';
import {
  type BenchmarkReport,
  type BenchmarkRow,
  DEFAULT_BENCHMARK_CHOICES,
  type KeptReport,
  type MachineFacts,
  STORAGE_TESTS,
  type StorageProfile,
} from '../../shared/model/benchmark.ts';
import { GIB, KIB, MIB } from '../../shared/units.ts';

const MACHINE = {
  processor: 'AMD EPYC 9B14',
  cores: 4,
  memoryBytes: 16 * GIB,
  system: 'Linux 6.12.0',
  runtime: 'Node 24.11.0',
};

const FACTS: MachineFacts = {
  ...MACHINE,
  physicalCores: 4,
  freeMemoryBytes: 9.2 * GIB,
  hasAes: true,
  vectorInstructions: ['ssse3', 'avx2', 'vaes', 'vpclmulqdq', 'avx512f'],
  provider: { name: 'native', implementation: 'vaes-512' },
  storage: { filesystem: 'ext4', kind: 'solid-state', device: 'nvme0n1p2', freeBytes: 212.4 * GIB },
};

/** Returns a row with some facts replaced; rates spread by a twentieth to each side. */
export function fakeRow(changes: Partial<BenchmarkRow>): BenchmarkRow {
  const median = changes.median ?? 1000;
  return {
    group: 'provider',
    name: 'native',
    direction: 'read',
    sectorBytes: 4096,
    keyBits: null,
    requestBytes: MIB,
    depth: null,
    threads: null,
    unit: 'MiB/s',
    median,
    p5: median * 0.95,
    p95: median * 1.05,
    deviation: median * 0.03,
    isReliable: true,
    ...changes,
  };
}

const SWEEP_KIB = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const CEILINGS = { inline: 2300, threaded: 4600, auto: 4550 } as const;

/** Returns a report of every group. @param factor - How much quicker than the usual one. */
export function fakeReport(startedMs: number, factor = 1): BenchmarkReport {
  const rate = (mib: number) => mib * factor;
  const both = (changes: Partial<BenchmarkRow>, read: number, write: number) => [
    fakeRow({ ...changes, direction: 'read', median: rate(read) }),
    fakeRow({ ...changes, direction: 'write', median: rate(write) }),
  ];
  const modes = ['inline', 'threaded', 'auto'] as const;
  const sizeFactor = (mode: (typeof modes)[number], kib: number) =>
    mode === 'inline' ? kib / (kib + 6) : kib / (kib + (kib < 64 ? 8 : 40));
  const rows = [
    ...[512, 4096].flatMap((sectorBytes) =>
      [4 * KIB, 64 * KIB, MIB].flatMap((requestBytes) => [
        ...both({ sectorBytes, requestBytes, keyBits: 512 }, 7400, 7300),
        ...both({ name: 'ecb-wasm', sectorBytes, requestBytes, keyBits: 512 }, 1060, 1040),
        ...both(
          { name: 'noble', sectorBytes, requestBytes, keyBits: 512, isReliable: false },
          ...([31, 29] as const),
        ),
      ]),
    ),
    ...both({ keyBits: 256 }, 9900, 9800),
    ...both({ name: 'node-cbc', sectorBytes: 512, keyBits: 256 }, 1113, 239),
    ...modes.flatMap((name) =>
      [4, 64, 1024, 4096].flatMap((kib) =>
        [1, 4, 32].flatMap((depth) =>
          both(
            { group: 'engine', name, requestBytes: kib * KIB, depth },
            CEILINGS[name] * sizeFactor(name, kib),
            CEILINGS[name] * 0.7 * sizeFactor(name, kib),
          ),
        ),
      ),
    ),
    ...modes.flatMap((name) =>
      SWEEP_KIB.map((kib) =>
        fakeRow({
          group: 'sweep',
          name,
          requestBytes: kib * KIB,
          depth: 1,
          median: rate(CEILINGS[name] * sizeFactor(name, kib)),
        }),
      ),
    ),
    ...[1, 2, 3, 4, 5].flatMap((threads) =>
      both(
        { group: 'scaling', name: 'threaded', threads, depth: 1 },
        2300 * Math.min(threads, 3) ** 0.9,
        1600 * Math.min(threads, 3) ** 0.85,
      ),
    ),
    ...fakeStorage(factor),
    ...(
      [
        ['sha1', 2100],
        ['sha256', 1900],
        ['sha512', 760],
        ['blake2b512', 890],
        ['ripemd160', 310],
      ] as const
    ).map(([name, mib]) =>
      fakeRow({
        group: 'hash',
        name,
        direction: null,
        sectorBytes: null,
        median: rate(mib),
      }),
    ),
    fakeKdf('argon2id, 4 passes over 64 MiB', 92 / factor),
    fakeKdf('argon2id, 4 passes over 256 MiB', 410 / factor),
    fakeKdf('pbkdf2-sha256, 1,000,000 iterations', 240 / factor),
    fakeKdf('pbkdf2-sha512, 1,000,000 iterations', 190 / factor),
  ];
  return {
    version: '0.1.0',
    startedMs,
    durationMs: 92_000,
    isQuick: false,
    machine: MACHINE,
    choices: DEFAULT_BENCHMARK_CHOICES,
    target: FACTS.storage,
    rows,
    unavailable: [
      {
        group: 'kernel',
        name: 'dm-crypt cipher',
        reason: 'Required kernel crypto interface not available.',
      },
    ],
    storageOverheadPercent: { read: 41.5, write: 42.3 },
    profile: fakeProfile(factor),
  };
}

/** What each way gives at 1 MiB, reads, writes and a mix; a ninth of it with small requests. */
const STORAGE_RATES = [
  ['raw', 4100, 2600, 3200],
  ['vault', 2400, 1500, 1900],
  ['raw-direct', 1500, 900, 1180],
  ['vault-direct', 1320, 790, 1010],
  ['mounted', 1180, 640, 860],
] as const;

function fakeStorage(factor: number): readonly BenchmarkRow[] {
  return Object.values(STORAGE_TESTS).flatMap(({ requestBytes, depth }) =>
    STORAGE_RATES.flatMap(([name, read, write, mix]) => {
      const isCached = name === 'raw' || name === 'vault';
      if (isCached && depth > 1) return [];
      const gain = depth > 1 && name !== 'vault-direct' ? 1.9 : 1;
      const size = requestBytes === MIB ? 1 : 1 / 9;
      const of = (direction: BenchmarkRow['direction'], mib: number) =>
        fakeRow({
          ...{ group: 'storage', name, direction, requestBytes, depth },
          median: factor * mib * gain * size,
        });
      return [of('read', read), of('write', write), of(null, mix)];
    }),
  );
}

function fakeProfile(factor: number): StorageProfile {
  const places = Array.from({ length: 64 }, (_, index) => index);
  return {
    isDirect: true,
    rates: places.map((place) => ({
      offsetBytes: place * 2 * MIB,
      read: factor * (1500 + 90 * Math.sin(place / 3) - 4 * place),
      write: factor * (900 + 70 * Math.sin(place / 2) - 3 * place),
    })),
    accesses: Array.from({ length: 200 }, (_, index) => ({
      offsetBytes: Math.floor((index / 200) * 128 * MIB),
      microseconds: (70 + 40 * Math.abs(Math.sin(index * 7.3))) * (index % 37 === 0 ? 6 : 1),
    })),
  };
}

function fakeKdf(name: string, median: number): BenchmarkRow {
  const none = { direction: null, sectorBytes: null, requestBytes: null };
  return fakeRow({ group: 'kdf', name, unit: 'ms', median, ...none });
}

/** Benchmarks that measure nothing: reports are what a test put there. */
export type FakeBenchmarks = Benchmarks & Readonly<{ keep(reports: readonly KeptReport[]): void }>;

/** @param start - Starts the job, and answers with its id. */
export function createFakeBenchmarks(start: (call: string) => string): FakeBenchmarks {
  let kept: readonly KeptReport[] = [];
  return {
    keep(reports) {
      kept = reports;
    },
    start: ({ groups, isQuick }, vaultId) =>
      start(`benchmark ${groups.join('+')} ${isQuick ? 'quick' : 'full'} ${vaultId}`),
    list: () => kept,
    remove(id) {
      kept = kept.filter((report) => report.id !== id);
    },
    machine: () => FACTS,
  };
}
