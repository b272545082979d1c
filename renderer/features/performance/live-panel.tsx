import type { VolumeStatistics } from '../../../shared/model/statistics.ts';
import type { RateUnit } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import { FigureTable } from './figure-table.tsx';
import classes from './live-panel.module.css';
import { SinceMount } from './since-mount.tsx';
import { StagePanel } from './stage-panel.tsx';
import { useLiveFigures } from './use-live-figures.ts';

type LivePanelProps = Readonly<{
  statistics: VolumeStatistics | null;
  /** When the vault was mounted, milliseconds since 1970; null: not known. */
  sinceMs: number | null;
  unit: RateUnit;
}>;

/** What a mounted vault does now. Not read out as it changes: it changes twice a second. */
export function LivePanel({ statistics, sinceMs, unit }: LivePanelProps) {
  const figures = useLiveFigures(statistics);
  if (figures === null || !figures.hasRequests) {
    return (
      <p className={classes['nothing']}>
        {t(figures === null ? 'performance.noFigures' : 'performance.nothingYet')}
      </p>
    );
  }
  return (
    <div className={classes['panel']}>
      <section aria-label={t('performance.now')}>
        <h3 className={classes['title']}>{t('performance.now')}</h3>
        <FigureTable figures={figures} unit={unit} />
      </section>
      <section aria-label={t('performance.stages')}>
        <h3 className={classes['title']}>{t('performance.stages')}</h3>
        <StagePanel figures={figures} />
      </section>
      {statistics !== null && (
        <section aria-label={t('performance.sinceMount')} className={classes['wide']}>
          <h3 className={classes['title']}>{t('performance.sinceMount')}</h3>
          <SinceMount statistics={statistics} sinceMs={sinceMs} />
        </section>
      )}
    </div>
  );
}
