import { Button } from '@mantine/core';
import {
  type BenchmarkRow,
  STORAGE_TESTS,
  type StorageName,
  type StorageTest,
} from '../../../shared/model/benchmark.ts';
import { requestRate } from '../../../shared/request-rate.ts';
import { MIB } from '../../../shared/units.ts';
import { formatCount, formatMicroseconds } from '../../i18n/format.ts';
import { formatRate, type RateUnit } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { FigureCell } from './figure-cell.tsx';
import { STORAGE_WORDS } from './say-figures.ts';

const WAYS = ['read', 'write', null] as const;

type StorageTableProps = Readonly<{
  label: string;
  tests: readonly StorageTest[];
  /** The plain file first. */
  names: readonly StorageName[];
  rows: readonly BenchmarkRow[];
  unit: RateUnit;
  /** Null: its tests are not started from here. */
  onRun: ((tests: readonly StorageTest[]) => void) | null;
  isDisabled: boolean;
}>;

/** Tests of storage as disk benchmarks show them, each way of reaching it beside the plain file. */
export function StorageTable(props: StorageTableProps) {
  const { label, tests, names, rows, unit, onRun, isDisabled } = props;
  return (
    <div className={classes['scroller']}>
      <table className={classes['table']} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('benchmark.test')}</th>
            <th scope="col" className={classes['way']}>
              {t('benchmark.reached')}
            </th>
            <th scope="col">{t('benchmark.read')}</th>
            <th scope="col">{t('benchmark.write')}</th>
            <th scope="col">{t('benchmark.mixed')}</th>
          </tr>
        </thead>
        {tests.map((test) => (
          <tbody key={test}>
            {names.map((name, index) => (
              <tr key={name}>
                {index === 0 && (
                  <th scope="rowgroup" rowSpan={names.length} className={classes['test']}>
                    {onRun === null ? (
                      STORAGE_TESTS[test].label
                    ) : (
                      <Button
                        size="compact-sm"
                        variant="default"
                        disabled={isDisabled}
                        aria-label={t('benchmark.runTest', { test: STORAGE_TESTS[test].label })}
                        onClick={() => onRun([test])}
                      >
                        {STORAGE_TESTS[test].label}
                      </Button>
                    )}
                  </th>
                )}
                <th scope="row" className={classes['way']}>
                  {t(STORAGE_WORDS[name])}
                </th>
                {WAYS.map((direction) => (
                  <Cell
                    key={direction}
                    row={find(rows, test, name, direction)}
                    raw={find(rows, test, names[0], direction)}
                    highest={highestOf(rows, test, names)}
                    unit={unit}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

type CellProps = Readonly<{
  row: BenchmarkRow | undefined;
  raw: BenchmarkRow | undefined;
  highest: number;
  unit: RateUnit;
}>;

function Cell({ row, raw, highest, unit }: CellProps) {
  if (row === undefined) return <td>{t('performance.none')}</td>;
  const requests = requestRate(row);
  const notes = [
    requests &&
      t('benchmark.requestsPerSecond', {
        count: formatCount(requests.iops),
        wait: formatMicroseconds(requests.waitUs),
      }),
    row !== raw && raw !== undefined && raw.median > 0 && sayCost(raw, row),
  ];
  return (
    <FigureCell
      row={row}
      highest={highest}
      text={formatRate(row.median * MIB, unit)}
      notes={notes.filter((note) => typeof note === 'string')}
    />
  );
}

function sayCost(raw: BenchmarkRow, other: BenchmarkRow): string {
  const percent = Math.round((1 - other.median / raw.median) * 100);
  return t('benchmark.costs', { percent });
}

function highestOf(
  rows: readonly BenchmarkRow[],
  test: StorageTest,
  names: readonly StorageName[],
): number {
  const found = names.flatMap((name) =>
    WAYS.map((direction) => find(rows, test, name, direction)?.median ?? 0),
  );
  return Math.max(0, ...found);
}

function find(
  rows: readonly BenchmarkRow[],
  test: StorageTest,
  name: StorageName | undefined,
  direction: BenchmarkRow['direction'],
): BenchmarkRow | undefined {
  const { requestBytes, depth } = STORAGE_TESTS[test];
  return rows.find(
    (row) =>
      row.group === 'storage' &&
      row.name === name &&
      row.direction === direction &&
      row.requestBytes === requestBytes &&
      row.depth === depth,
  );
}
