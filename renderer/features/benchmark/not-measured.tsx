import { t } from '../../i18n/translate.ts';
import classes from './benchmark.module.css';
import type { Benchmarks } from './use-benchmarks.ts';

/** Tells that the run which is shown has no such figures; nothing before the first run. */
export function NotMeasured({ benchmarks: { reports } }: { benchmarks: Benchmarks }) {
  if (reports === null || reports.length === 0) return null;
  return <p className={classes['hint']}>{t('benchmark.notMeasured')}</p>;
}
