import { useState } from 'react';
import type { BenchmarkReport, BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { MIB } from '../../../shared/units.ts';
import { formatBytes } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { FigureCell } from './figure-cell.tsx';

type Line = Readonly<{
  name: string;
  sectorBytes: number;
  requestBytes: number;
  read: BenchmarkRow;
  write: BenchmarkRow | undefined;
  mean: BenchmarkRow;
}>;
type Sorting = 'name' | 'mean';

/** Providers of AES-XTS in memory, a line for each sector and request size. */
export function CiphersTab({ report }: { report: BenchmarkReport }) {
  const [sorting, setSorting] = useState<Sorting>('mean');
  const lines = toLines(report.rows).toSorted((a, b) =>
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
  const missing = report.unavailable.filter(({ group }) => group === 'provider');
  return (
    <>
      <p className={classes['hint']}>{t('benchmark.inMemory')}</p>
      <div className={classes['scroller']}>
        <table className={classes['table']} aria-label={t('benchmark.tab.ciphers')}>
          <thead>
            <tr>
              {heading('name', t('benchmark.name'))}
              <th scope="col">{t('benchmark.sector')}</th>
              <th scope="col">{t('benchmark.request')}</th>
              <th scope="col">{t('benchmark.decrypt')}</th>
              <th scope="col">{t('benchmark.encrypt')}</th>
              {heading('mean', t('benchmark.mean'))}
            </tr>
          </thead>
          <tbody>
            {lines.map(({ name, sectorBytes, requestBytes, read, write, mean }) => (
              <tr key={`${name} ${sectorBytes} ${requestBytes}`}>
                <th scope="row">{name}</th>
                <td>{sectorBytes}</td>
                <td>{formatBytes(requestBytes)}</td>
                <FigureCell row={read} highest={highest} />
                <FigureCell row={write} highest={highest} />
                <FigureCell row={mean} />
              </tr>
            ))}
            {missing.map(({ name, reason }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td colSpan={5} className={classes['missing']}>
                  {t('benchmark.missing', { reason })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const SORTED = { name: 'ascending', mean: 'descending' } as const;

function toLines(rows: readonly BenchmarkRow[]): readonly Line[] {
  const ofProviders = rows.filter(({ group }) => group === 'provider');
  return ofProviders.flatMap((read) => {
    if (read.direction !== 'read') return [];
    const { name, sectorBytes, requestBytes } = read;
    const write = ofProviders.find(
      (row) =>
        row.direction === 'write' &&
        row.name === name &&
        row.sectorBytes === sectorBytes &&
        row.requestBytes === requestBytes,
    );
    const isReliable = read.isReliable && (write?.isReliable ?? true);
    const mean = { ...read, median: (read.median + rateOf(write ?? read)) / 2, isReliable };
    return [
      { name, sectorBytes: sectorBytes ?? 0, requestBytes: requestBytes ?? MIB, read, write, mean },
    ];
  });
}

function rateOf(row: BenchmarkRow | undefined): number {
  return row?.median ?? 0;
}
