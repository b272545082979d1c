import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { BenchmarkReport, BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { requestRate } from '../../../shared/request-rate.ts';
import { formatSize } from '../../../shared/units.ts';
import { runBenchmark } from '../../services/run-benchmark.ts';
import { openVaults } from '../known-vaults.ts';
import { formatTable, printResult } from '../output.ts';
import { type BenchOptions, parseBenchOptions } from '../parse-bench-options.ts';

type Options = BenchOptions & Readonly<{ folder?: string; json?: boolean }>;

const HEADING = [
  'WHAT',
  'NAME',
  'DIRECTION',
  'SECTOR',
  'KEY',
  'REQUEST',
  'DEPTH',
  'THREADS',
  'MEDIAN',
  'P5',
  'P95',
  'IOPS',
  'WAIT',
  '',
];

/** `lockline bench`: measures this machine and keeps the result with the machine's fingerprint. */
export async function bench(options: Options): Promise<void> {
  const folder = options.folder === undefined ? tmpdir() : resolve(options.folder);
  const request = parseBenchOptions(options);
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
    ...(overhead === null
      ? []
      : [
          `Encryption costs ${overhead.read} % of this storage's reading and ${overhead.write} % of its writing at 1 MiB (cached by the system)`,
        ]),
    `Measured in ${seconds} s${report.isQuick ? ', quickly: take it as a hint' : ''}`,
  ];
  return lines.join('\n');
}

/** Requests a second, and how long one takes. */
function toRequestFigures(row: BenchmarkRow): readonly string[] {
  const rate = requestRate(row);
  return rate === null ? ['', ''] : [rate.iops.toFixed(0), `${rate.waitUs.toFixed(0)} us`];
}

function toRow(row: BenchmarkRow): readonly string[] {
  const figures = [row.median, row.p5, row.p95].map((value) => value.toFixed(0));
  return [
    row.group,
    row.name,
    row.direction ?? '',
    row.sectorBytes === null ? '' : String(row.sectorBytes),
    row.keyBits === null ? '' : String(row.keyBits),
    row.requestBytes === null ? '' : formatSize(row.requestBytes),
    row.depth === null ? '' : String(row.depth),
    row.threads === null ? '' : String(row.threads),
    `${figures[0]} ${row.unit}`,
    ...figures.slice(1),
    ...toRequestFigures(row),
    row.isReliable ? '' : 'not reliable',
  ];
}
