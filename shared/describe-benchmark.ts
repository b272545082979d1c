/** A report as plain text, in the manner of disk benchmarks: to be pasted into a message. */
import { type BenchmarkReport, type BenchmarkRow, STORAGE_TESTS } from './model/benchmark.ts';
import { requestRate } from './request-rate.ts';
import { formatSize, MIB } from './units.ts';

const WAYS = [
  ['read', 'Read'],
  ['write', 'Write'],
  [null, 'Mixed: 7 reads, 3 writes'],
] as const;
const MEGABYTE = 1e6;

/** Returns what was chosen and measured on, a line each; nothing in reports of earlier versions. */
export function factsOf({ choices, target }: BenchmarkReport): readonly string[] {
  if (choices === null || target === null) return [];
  const { fileBytes, runs, intervalMs, content } = choices.storage;
  const device = target.device === null ? '' : ` on ${target.device}`;
  return [
    `Storage: ${target.kind}, ${target.filesystem}${device}`,
    `File of ${formatSize(fileBytes)}, ${runs} runs, ${intervalMs / 1000} s apart, ${content} data`,
  ];
}

/** Returns a report as lines; storage in megabytes a second, all else in the unit it has. */
export function describeReport(report: BenchmarkReport): string {
  const { machine, rows, unavailable } = report;
  const head = [
    `Lockline ${report.version}, ${new Date(report.startedMs).toISOString()}`,
    `${machine.processor}, ${machine.cores} processors, ${formatSize(machine.memoryBytes)}`,
    `${machine.system}, ${machine.runtime}`,
    ...factsOf(report),
    ...(report.isQuick ? ['Measured quickly: a hint, no verdict'] : []),
  ];
  const groups = [...new Set(rows.map(({ group }) => group))].filter((name) => name !== 'storage');
  const parts = [
    head.join('\n'),
    ...describeStorage(rows),
    ...groups.map((group) =>
      [`[${group}]`, ...rows.filter((row) => row.group === group).map(toLine)].join('\n'),
    ),
    ...unavailable.map(({ group, name, reason }) => `Not measured: ${group} ${name}: ${reason}`),
  ];
  return `${parts.join('\n\n')}\n`;
}

function describeStorage(rows: readonly BenchmarkRow[]): readonly string[] {
  const names = [...new Set(rows.flatMap((row) => (row.group === 'storage' ? row.name : [])))];
  return names.flatMap((name) =>
    WAYS.flatMap(([direction, words]) => {
      const lines = Object.values(STORAGE_TESTS).flatMap(({ label, requestBytes, depth }) => {
        const row = rows.find(
          (one) =>
            one.group === 'storage' &&
            one.name === name &&
            one.direction === direction &&
            one.requestBytes === requestBytes &&
            one.depth === depth,
        );
        return row === undefined ? [] : [toStorageLine(label, row)];
      });
      return lines.length === 0 ? [] : [[`[storage, ${name}: ${words}]`, ...lines].join('\n')];
    }),
  );
}

function toStorageLine(label: string, row: BenchmarkRow): string {
  const { iops, waitUs } = requestRate(row) ?? { iops: 0, waitUs: 0 };
  const rate = ((row.median * MIB) / MEGABYTE).toFixed(1).padStart(9);
  const requests = iops.toFixed(1).padStart(10);
  return `${label.padEnd(12)}: ${rate} MB/s [${requests} IOPS] <${waitUs.toFixed(1).padStart(10)} us>`;
}

function toLine(row: BenchmarkRow): string {
  const { name, direction, sectorBytes, keyBits, requestBytes, depth, threads } = row;
  const facts = [
    name,
    direction,
    sectorBytes === null ? null : `sectors of ${sectorBytes}`,
    keyBits === null ? null : `keys of ${keyBits} bits`,
    requestBytes === null ? null : `requests of ${formatSize(requestBytes)}`,
    depth === null ? null : `depth ${depth}`,
    threads === null ? null : `${threads} threads`,
  ];
  const figure = `${row.median.toFixed(1)} ${row.unit}${row.isReliable ? '' : ' (not reliable)'}`;
  return `${facts.filter((fact) => fact !== null).join(', ')}: ${figure}`;
}
