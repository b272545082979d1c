import { useState } from 'react';
import type { BenchmarkRow, UnavailableRow } from '../../../shared/model/benchmark.ts';
import { formatBytes } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { FigureCell } from './figure-cell.tsx';

type Line = Readonly<{
  name: string;
  sectorBytes: number;
  keyBits: number;
  requestBytes: number;
  read: BenchmarkRow;
  write: BenchmarkRow | undefined;
  mean: BenchmarkRow;
}>;
type Sorting = 'name' | 'mean';

/** Reports of earlier versions have keys of this length alone. */
const USUAL_KEY_BITS = 512;
const COLUMNS = 8;

type CipherTableProps = Readonly<{
  rows: readonly BenchmarkRow[];
  missing: readonly UnavailableRow[];
}>;

/** A line for each provider, sector, key and request size; what is missing stays, with its reason. */
export function CipherTable({ rows, missing }: CipherTableProps) {
  const [sorting, setSorting] = useState<Sorting>('mean');
  const lines = toLines(rows).toSorted((a, b) =>
    sorting === 'mean' ? b.mean.median - a.mean.median : a.name.localeCompare(b.name),
  );
  const highest = Math.max(...lines.flatMap(({ read, write }) => [read, write].map(rateOf)));
  const heading = (column: Sorting, words: string) => (
    <th scope="col" aria-sort={sorting === column ? SORTED[column] : 'none'}>
      <button
        type="button"
        className={classes['sort']}
        aria-label={t('benchmark.sortBy', { column: words })}
        onClick={() => setSorting(column)}
      >
        {words} {sorting === column ? '▾' : ''}
      </button>
    </th>
  );
  return (
    <div className={classes['scroller']}>
      <table className={classes['table']} aria-label={t('benchmark.tab.ciphers')}>
        <thead>
          <tr>
            {heading('name', t('benchmark.name'))}
            <th scope="col">{t('benchmark.algorithm')}</th>
            <th scope="col">{t('benchmark.key')}</th>
            <th scope="col">{t('benchmark.sector')}</th>
            <th scope="col">{t('benchmark.request')}</th>
            <th scope="col">{t('benchmark.decrypt')}</th>
            <th scope="col">{t('benchmark.encrypt')}</th>
            {heading('mean', t('benchmark.mean'))}
          </tr>
        </thead>
        <tbody>
          {lines.map(({ name, sectorBytes, keyBits, requestBytes, read, write, mean }) => (
            <tr key={`${name} ${sectorBytes} ${keyBits} ${requestBytes}`}>
              <th scope="row">{name}</th>
              <td>{name === 'node-cbc' ? 'AES-CBC' : 'AES-XTS'}</td>
              <td>{keyBits}</td>
              <td>{sectorBytes}</td>
              <td>{formatBytes(requestBytes)}</td>
              <FigureCell row={read} highest={highest} />
              <FigureCell row={write} highest={highest} />
              <FigureCell row={mean} />
            </tr>
          ))}
          {missing.map(({ name, reason }) => (
            <tr key={`${name} ${reason}`}>
              <th scope="row">{name}</th>
              <td colSpan={COLUMNS - 1} className={classes['missing']}>
                {t('benchmark.missing', { reason })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const SORTED = { name: 'ascending', mean: 'descending' } as const;

function toLines(rows: readonly BenchmarkRow[]): readonly Line[] {
  return rows.flatMap((read) => {
    if (read.direction !== 'read') return [];
    const { name, sectorBytes, keyBits, requestBytes } = read;
    const write = rows.find(
      (row) =>
        row.direction === 'write' &&
        row.name === name &&
        row.sectorBytes === sectorBytes &&
        row.keyBits === keyBits &&
        row.requestBytes === requestBytes,
    );
    const isReliable = read.isReliable && (write?.isReliable ?? true);
    const mean = { ...read, median: (read.median + rateOf(write ?? read)) / 2, isReliable };
    const facts = {
      sectorBytes: sectorBytes ?? 0,
      keyBits: keyBits ?? USUAL_KEY_BITS,
      requestBytes: requestBytes ?? 0,
    };
    return [{ name, ...facts, read, write, mean }];
  });
}

function rateOf(row: BenchmarkRow | undefined): number {
  return row?.median ?? 0;
}
