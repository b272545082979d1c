import type { BenchmarkReport, BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { FigureCell } from './figure-cell.tsx';

/** The kernel's own cipher beside ours, or why it cannot be measured. */
export function KernelTab({ report }: { report: BenchmarkReport }) {
  const rows = report.rows.filter(({ group }) => group === 'kernel');
  const missing = report.unavailable.filter(({ group }) => group === 'kernel');
  const native = report.rows.filter(
    (row) =>
      row.group === 'provider' &&
      row.sectorBytes === 512 &&
      row.keyBits !== 256 &&
      row.name === 'native',
  );
  const largest = Math.max(...native.map(({ requestBytes }) => requestBytes ?? 0));
  const ours = native.filter(({ requestBytes }) => requestBytes === largest);
  const highest = Math.max(...[...rows, ...ours].map(({ median }) => median), 0);
  const of = (list: readonly BenchmarkRow[], direction: 'read' | 'write') =>
    list.find((row) => row.direction === direction);
  return (
    <>
      <p className={classes['hint']}>
        {t('benchmark.kernelText')} {ours.length > 0 && t('benchmark.kernelBeside')}
      </p>
      <div className={classes['scroller']}>
        <table className={classes['table']} aria-label={t('benchmark.tab.kernel')}>
          <thead>
            <tr>
              <th scope="col">{t('benchmark.name')}</th>
              <th scope="col">{t('benchmark.decrypt')}</th>
              <th scope="col">{t('benchmark.encrypt')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.length > 0 && (
              <tr>
                <th scope="row">{rows[0]?.name}</th>
                <FigureCell row={of(rows, 'read')} highest={highest} />
                <FigureCell row={of(rows, 'write')} highest={highest} />
              </tr>
            )}
            {missing.map(({ name, reason }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td colSpan={2} className={classes['missing']}>
                  {t('benchmark.missing', { reason })}
                </td>
              </tr>
            ))}
            {ours.length > 0 && (
              <tr>
                <th scope="row">Lockline, native</th>
                <FigureCell row={of(ours, 'read')} highest={highest} />
                <FigureCell row={of(ours, 'write')} highest={highest} />
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}
