import { describeReport, factsOf } from './describe-benchmark.ts';
import type { BenchmarkReport, BenchmarkRow } from './model/benchmark.ts';
import { formatSize } from './units.ts';

/** Forms in which a report can be taken along as a file. */
export const FILE_FORMATS = ['json', 'csv', 'markdown'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

const COLUMNS = [
  'group',
  'name',
  'direction',
  'sectorBytes',
  'requestBytes',
  'depth',
  'threads',
  'unit',
  'median',
  'p5',
  'p95',
  'deviation',
  'isReliable',
  'keyBits',
] as const satisfies readonly (keyof BenchmarkRow)[];

/** Returns a report as text of a form; each ends with a line break. */
export function exportReport(report: BenchmarkReport, format: FileFormat | 'text'): string {
  if (format === 'json') return `${JSON.stringify(report, null, 2)}\n`;
  if (format === 'text') return describeReport(report);
  return format === 'csv' ? toCsv(report) : toMarkdown(report);
}

/** RFC 4180: a heading, CRLF between lines, quotes where a field needs them. */
function toCsv({ rows }: BenchmarkReport): string {
  const lines = rows.map((row) => COLUMNS.map((column) => csvField(row[column])).join(','));
  return [COLUMNS.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

function csvField(value: string | number | boolean | null): string {
  const text = value === null ? '' : typeof value === 'number' ? round(value) : String(value);
  // A spreadsheet must not take a name for a formula.
  const safe = /^[=+\-@]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function toMarkdown(report: BenchmarkReport): string {
  const { machine, rows, unavailable } = report;
  const facts = [
    `- Lockline ${report.version}, ${new Date(report.startedMs).toISOString()}`,
    `- ${machine.processor}, ${machine.cores} processors, ${formatSize(machine.memoryBytes)}`,
    `- ${machine.system}, ${machine.runtime}`,
    ...factsOf(report).map((fact) => `- ${fact}`),
    report.isQuick ? '- Measured quickly: a hint, no verdict' : null,
  ];
  const groups = [...new Set(rows.map(({ group }) => group))];
  const tables = groups.map((group) => {
    const lines = rows.filter((row) => row.group === group).map(markdownLine);
    const heading =
      '| name | direction | sector | key bits | request | depth | threads | median | p5 to p95 |';
    const rule = '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |';
    return [`## ${group}`, '', heading, rule, ...lines].join('\n');
  });
  const missing = unavailable.map(({ group, name, reason }) => `- ${group}, ${name}: ${reason}`);
  const parts = [
    '# Benchmark',
    facts.filter((line) => line !== null).join('\n'),
    ...tables,
    ...(missing.length === 0 ? [] : [`## Not measured\n\n${missing.join('\n')}`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function markdownLine(row: BenchmarkRow): string {
  const size = (bytes: number | null) => (bytes === null ? '' : formatSize(bytes));
  const cells = [
    row.name.replaceAll('|', '\\|'),
    row.direction ?? '',
    size(row.sectorBytes),
    row.keyBits ?? '',
    size(row.requestBytes),
    row.depth ?? '',
    row.threads ?? '',
    `${round(row.median)} ${row.unit}${row.isReliable ? '' : ' (not reliable)'}`,
    `${round(row.p5)} to ${round(row.p95)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
