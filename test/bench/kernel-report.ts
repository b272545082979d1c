/** One line of the table: a way to have the data encrypted, and what fio made of it. */
export type KernelFigure = Readonly<{
  name: string;
  readMibPerSecond: number;
  writeMibPerSecond: number;
  readLatencyUs: number;
  writeLatencyUs: number;
}>;

const KIB_PER_MIB = 1024;

/** Fields of fio's terse output, version 3, counted from 0. Rates in KiB/s, latencies in µs. */
const FIELD = { readRate: 6, readLatency: 39, writeRate: 47, writeLatency: 80 } as const;

/** Parses one `fio --minimal` line. */
export function parseTerse(name: string, line: string): KernelFigure {
  const fields = line.split(';');
  const number = (index: number) => Number(fields[index] ?? Number.NaN);
  return {
    name,
    readMibPerSecond: number(FIELD.readRate) / KIB_PER_MIB,
    writeMibPerSecond: number(FIELD.writeRate) / KIB_PER_MIB,
    readLatencyUs: number(FIELD.readLatency),
    writeLatencyUs: number(FIELD.writeLatency),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The median of each figure over the rounds, in the order in which they first appear. */
export function medians(figures: readonly KernelFigure[]): KernelFigure[] {
  const names = [...new Set(figures.map(({ name }) => name))];
  return names.map((name) => {
    const rounds = figures.filter((figure) => figure.name === name);
    const of = (pick: (figure: KernelFigure) => number) => median(rounds.map(pick));
    return {
      name,
      readMibPerSecond: of((figure) => figure.readMibPerSecond),
      writeMibPerSecond: of((figure) => figure.writeMibPerSecond),
      readLatencyUs: of((figure) => figure.readLatencyUs),
      writeLatencyUs: of((figure) => figure.writeLatencyUs),
    };
  });
}

/** The table as text; each total is set against that of `baseline`. */
export function formatTable(figures: readonly KernelFigure[], baseline: string): string {
  const total = (figure: KernelFigure) => figure.readMibPerSecond + figure.writeMibPerSecond;
  const base = figures.find(({ name }) => name === baseline);
  const rows = figures.map((figure) => [
    figure.name,
    figure.readMibPerSecond.toFixed(1),
    figure.writeMibPerSecond.toFixed(1),
    total(figure).toFixed(1),
    base === undefined ? '' : `${(total(figure) / total(base)).toFixed(2)} x`,
    figure.readLatencyUs.toFixed(0),
    figure.writeLatencyUs.toFixed(0),
  ]);
  const head = ['', 'read', 'write', 'total MiB/s', `to ${baseline}`, 'read µs', 'write µs'];
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
