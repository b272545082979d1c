import { Button, NativeSelect, Switch } from '@mantine/core';
import { useMemo, useState } from 'react';
import { type ComparedRow, compareReports, rowKey } from '../../../shared/compare-benchmarks.ts';
import type { KeptReport } from '../../../shared/model/benchmark.ts';
import { Section } from '../../components/screen.tsx';
import { formatChange } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import { formatMoment } from './format-moment.ts';
import { sayFigure, sayWhat } from './say-figures.ts';

type HistoryTabProps = Readonly<{
  reports: readonly KeptReport[];
  /** The one whose figures are shown in the other tabs. */
  shown: KeptReport;
  onForget: (id: number) => void;
}>;

/** Earlier runs, and what has changed between one of them and the one that is shown. */
export function HistoryTab({ reports, shown, onForget }: HistoryTabProps) {
  const others = reports.filter(({ id }) => id !== shown.id);
  const [wantedId, setWantedId] = useState<number | null>(null);
  const before = others.find(({ id }) => id === wantedId) ?? others[0];
  return (
    <>
      {before === undefined ? (
        <p className={classes['hint']}>{t('benchmark.historyNone')}</p>
      ) : (
        <Section title={t('benchmark.compared')}>
          <NativeSelect
            label={t('benchmark.compareWith')}
            value={String(before.id)}
            data={others.map(({ id, report }) => ({
              value: String(id),
              label: formatMoment(report.startedMs),
            }))}
            onChange={({ currentTarget: { value } }) => setWantedId(Number(value))}
          />
          <Comparison before={before} after={shown} />
        </Section>
      )}
      <Section title={t('benchmark.history')}>
        <RunTable reports={reports} onForget={onForget} />
      </Section>
    </>
  );
}

type ComparisonProps = Readonly<{ before: KeptReport; after: KeptReport }>;

function Comparison({ before, after }: ComparisonProps) {
  const [isShort, setShort] = useState(true);
  const compared = useMemo(() => compareReports(before.report, after.report), [before, after]);
  const count = (verdict: ComparedRow['verdict']) =>
    compared.filter((row) => row.verdict === verdict).length;
  const worse = count('worse');
  const shown = compared.filter(
    ({ verdict }) => !isShort || verdict === 'better' || verdict === 'worse',
  );
  return (
    <>
      <p role="status" className={worse > 0 ? classes['warn'] : classes['hint']}>
        {worse > 0 ? t('benchmark.regression', { count: worse }) : t('benchmark.noRegression')}{' '}
        {t('benchmark.compareSummary', { better: count('better'), worse, same: count('same') })}
      </p>
      <p className={classes['hint']}>{t('benchmark.compareText')}</p>
      <Switch
        label={t('benchmark.onlyChanges')}
        checked={isShort}
        onChange={({ currentTarget: { checked } }) => setShort(checked)}
      />
      {shown.length > 0 && <ComparisonTable rows={shown} />}
    </>
  );
}

function ComparisonTable({ rows }: { rows: readonly ComparedRow[] }) {
  return (
    <div className={classes['scroller']}>
      <table className={classes['table']} aria-label={t('benchmark.compared')}>
        <thead>
          <tr>
            <th scope="col">{t('benchmark.figure')}</th>
            <th scope="col">{t('performance.before')}</th>
            <th scope="col">{t('performance.after')}</th>
            <th scope="col">{t('performance.change')}</th>
            <th scope="col">{t('benchmark.verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ row, before, percent, verdict }) => (
            <tr key={rowKey(row)}>
              <th scope="row">{sayWhat(row)}</th>
              <td>{sayFigure(before ?? undefined)}</td>
              <td>{sayFigure(row)}</td>
              <td>{percent === null ? t('performance.none') : formatChange(percent)}</td>
              <td data-verdict={verdict}>{t(`benchmark.verdict.${verdict}`)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RunTableProps = Pick<HistoryTabProps, 'reports' | 'onForget'>;

function RunTable({ reports, onForget }: RunTableProps) {
  return (
    <div className={classes['scroller']}>
      <table className={classes['table']} aria-label={t('benchmark.history')}>
        <thead>
          <tr>
            <th scope="col">{t('benchmark.when')}</th>
            <th scope="col">{t('benchmark.version')}</th>
            <th scope="col">{t('benchmark.kind')}</th>
            <th scope="col">{t('benchmark.figures')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {reports.map(({ id, report }) => (
            <tr key={id}>
              <th scope="row">{formatMoment(report.startedMs)}</th>
              <td>{report.version}</td>
              <td>{t(report.isQuick ? 'benchmark.quick' : 'benchmark.full')}</td>
              <td>{report.rows.length}</td>
              <td>
                <Button
                  size="compact-sm"
                  variant="subtle"
                  color="gray"
                  aria-label={t('benchmark.forgetNamed', { when: formatMoment(report.startedMs) })}
                  onClick={() => onForget(id)}
                >
                  {t('benchmark.forget')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
