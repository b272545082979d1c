import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import {
  BENCHMARK_GROUPS,
  type BenchmarkReport,
  type BenchmarkRow,
} from '../../../shared/model/benchmark.ts';
import { formatSize } from '../../../shared/units.ts';
import { runBenchmark } from '../../services/run-benchmark.ts';
import { openVaults } from '../known-vaults.ts';
import { formatTable, printResult } from '../output.ts';

type Options = Readonly<{ quick?: boolean; folder?: string; json?: boolean }>;

const HEADING = [
  'WHAT',
  'NAME',
  'DIRECTION',
  'SECTOR',
  'REQUEST',
  'DEPTH',
  'THREADS',
  'MEDIAN',
  'P5',
  'P95',
  '',
];

/** `lockline bench`: measures this machine and keeps the result with the machine's fingerprint. */
export async function bench(options: Options): Promise<void> {
  const folder = options.folder === undefined ? tmpdir() : resolve(options.folder);
  const request = { groups: [...BENCHMARK_GROUPS], isQuick: options.quick === true };
  const report = await runBenchmark(
    request,
    { folder, mountFolder: null },
    {
      onPhase: (_, fraction) => {
        const percent = Math.round((fraction ?? 0) * 100);
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[KMeasuring: ${percent} %`);
      },
    },
  );
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  using known = openVaults();
  known.benchmarks.add(report);
  printResult(options.json, report, describe(report));
}

function describe(report: BenchmarkReport): string {
  const { machine, storageOverheadPercent: overhead, rows, durationMs } = report;
  const seconds = (durationMs / 1000).toFixed(0);
  const lines = [
    `${machine.processor}, ${machine.cores} cores, ${formatSize(machine.memoryBytes)}, ${machine.runtime}`,
    '',
    formatTable([HEADING, ...rows.map(toRow)]),
    ...report.unavailable.map(
      ({ group, name, reason }) => `Not measured: ${group} ${name}: ${reason}`,
    ),
    '',
    `Encryption costs ${overhead?.read ?? 0} % of this storage's reading and ${overhead?.write ?? 0} % of its writing at 1 MiB (cached by the system)`,
    `Measured in ${seconds} s${report.isQuick ? ', quickly: take it as a hint' : ''}`,
  ];
  return lines.join('\n');
}

function toRow(row: BenchmarkRow): readonly string[] {
  const figures = [row.median, row.p5, row.p95].map((value) => value.toFixed(0));
  return [
    row.group,
    row.name,
    row.direction ?? '',
    row.sectorBytes === null ? '' : String(row.sectorBytes),
    row.requestBytes === null ? '' : formatSize(row.requestBytes),
    row.depth === null ? '' : String(row.depth),
    row.threads === null ? '' : String(row.threads),
    `${figures[0]} ${row.unit}`,
    ...figures.slice(1),
    row.isReliable ? '' : 'not reliable',
  ];
}
