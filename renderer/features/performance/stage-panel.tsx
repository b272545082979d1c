import {
  DIRECTIONS,
  type Direction,
  STAGES,
  type Stage,
} from '../../../shared/model/statistics.ts';
import { formatMicroseconds } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';
import { DirectionHead } from './direction-head.tsx';
import classes from './figures.module.css';
import { type LiveFigures, WINDOW_MS } from './live-figures.ts';
import { StageBar, StageMark } from './stage-bar.tsx';

/** A bar for each direction, and below it the same in figures, which is its legend as well. */
export function StagePanel({ figures }: { figures: LiveFigures }) {
  const scope =
    figures.stageScope === 'recent' ? 'performance.stagesRecent' : 'performance.stagesSinceMount';
  return (
    <>
      {DIRECTIONS.map((direction) => (
        <StageBar
          key={direction}
          label={t(`engine.${direction}`)}
          stages={figures[direction].stages}
        />
      ))}
      <table className={classes['table']} aria-label={t('performance.stages')}>
        <DirectionHead title={t('performance.stage')} />
        <tbody>
          {STAGES.map((stage) => (
            <tr key={stage}>
              <th scope="row">
                <StageMark stage={stage} /> {t(`stage.${stage}`)}
              </th>
              {DIRECTIONS.map((direction) => (
                <td key={direction}>{sayStage(figures, direction, stage)}</td>
              ))}
            </tr>
          ))}
          <tr className={classes['total']}>
            <th scope="row">{t('performance.total')}</th>
            {DIRECTIONS.map((direction) => (
              <td key={direction}>{sayTime(figures[direction].stages?.totalUs)}</td>
            ))}
          </tr>
        </tbody>
      </table>
      <p className={classes['scope']}>{t(scope, { seconds: WINDOW_MS / 1000 })}</p>
    </>
  );
}

function sayStage(figures: LiveFigures, direction: Direction, stage: Stage): string {
  return sayTime(figures[direction].stages?.parts.find((part) => part.stage === stage)?.meanUs);
}

function sayTime(microseconds: number | undefined): string {
  return microseconds === undefined || microseconds === 0
    ? t('performance.none')
    : formatMicroseconds(microseconds);
}
