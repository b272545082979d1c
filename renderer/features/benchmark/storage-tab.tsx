import type {
  BenchmarkReport,
  BenchmarkRow,
  StorageName,
} from '../../../shared/model/benchmark.ts';
import { DIRECTIONS } from '../../../shared/model/statistics.ts';
import { MIB } from '../../../shared/units.ts';
import { Section } from '../../components/screen.tsx';
import { formatBytes, formatCount, formatMicroseconds } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { FigureCell } from './figure-cell.tsx';
import { ProfileCharts } from './profile-charts.tsx';
import { STORAGE_WORDS } from './say-figures.ts';

type Part = Readonly<{
  title: 'benchmark.storageCached' | 'benchmark.storageDirect';
  names: readonly StorageName[];
}>;

const PARTS: readonly Part[] = [
  { title: 'benchmark.storageCached', names: ['raw', 'vault'] },
  { title: 'benchmark.storageDirect', names: ['raw-direct', 'vault-direct', 'mounted'] },
];

/** The storage as it is beside the same through encryption, and what that costs in percent. */
export function StorageTab({ report }: { report: BenchmarkReport }) {
  const rows = report.rows.filter(({ group }) => group === 'storage');
  const missing = report.unavailable.filter(({ group }) => group === 'storage');
  return (
    <>
      {PARTS.map(({ title, names }) => {
        const measured = names.filter((known) => rows.some(({ name }) => name === known));
        return (
          measured.length > 0 && (
            <Section key={title} title={t(title)}>
              <StorageTable label={t(title)} names={measured} rows={rows} />
            </Section>
          )
        );
      })}
      <p className={classes['hint']}>{t('benchmark.storageText')}</p>
      {report.profile !== null && <ProfileCharts profile={report.profile} />}
      {missing.map(({ name, reason }) => (
        <p key={name} className={classes['hint']}>
          {sayStorageName(name)}: {t('benchmark.missing', { reason })}
        </p>
      ))}
    </>
  );
}

type StorageTableProps = Readonly<{
  label: string;
  names: readonly StorageName[];
  rows: readonly BenchmarkRow[];
}>;

function StorageTable({ label, names, rows }: StorageTableProps) {
  const sizes = [...new Set(rows.flatMap(({ requestBytes }) => requestBytes ?? []))];
  const [raw, ...others] = names;
  return (
    <div className={classes['scroller']}>
      <table className={classes['table']} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('benchmark.request')}</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {t(STORAGE_WORDS[name])}
              </th>
            ))}
            {others.map((name) => (
              <th key={name} scope="col">
                {t(name === 'mounted' ? 'benchmark.overheadMounted' : 'benchmark.overhead')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sizes.flatMap((requestBytes) =>
            [...DIRECTIONS, null].map((direction) => {
              const of = (wanted: StorageName | undefined) =>
                rows.find(
                  (row) =>
                    row.name === wanted &&
                    row.requestBytes === requestBytes &&
                    row.direction === direction,
                );
              if (of(raw) === undefined) return null;
              const highest = Math.max(...names.map((name) => of(name)?.median ?? 0));
              return (
                <tr key={`${requestBytes} ${direction}`}>
                  <th scope="row">
                    {t(`benchmark.${direction ?? 'mixed'}`)} {formatBytes(requestBytes)}
                  </th>
                  {names.map((name) => (
                    <FigureCell
                      key={name}
                      row={of(name)}
                      highest={highest}
                      note={sayRequests(of(name))}
                    />
                  ))}
                  {others.map((name) => (
                    <td key={name}>{sayLoss(of(raw), of(name))}</td>
                  ))}
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </div>
  );
}

function sayLoss(raw: BenchmarkRow | undefined, other: BenchmarkRow | undefined): string {
  if (raw === undefined || other === undefined || raw.median === 0) return t('performance.none');
  const percent = Math.round((1 - other.median / raw.median) * 100);
  return t('performance.percent', { value: percent });
}

function sayRequests(row: BenchmarkRow | undefined): string | undefined {
  if (row?.requestBytes == null || row.median === 0) return undefined;
  const count = (row.median * MIB) / row.requestBytes;
  return t('benchmark.requestsPerSecond', {
    count: formatCount(count),
    wait: formatMicroseconds(1e6 / count),
  });
}

function sayStorageName(name: string): string {
  // Checked by hasOwn.
  return Object.hasOwn(STORAGE_WORDS, name)
    ? t(STORAGE_WORDS[name as keyof typeof STORAGE_WORDS])
    : name;
}
