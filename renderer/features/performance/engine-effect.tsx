import type { EngineSnapshot } from '../../../shared/model/engine.ts';
import { DIRECTIONS } from '../../../shared/model/statistics.ts';
import { formatMicroseconds } from '../../i18n/format.ts';
import { formatChange, formatRate, type RateUnit } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import { EFFECT_MS, type EngineMark, SETTLE_MS } from '../../live/vault-series.ts';
import { formatClock } from './chart-table-rows.ts';
import { type EffectRow, stretchStages, toEffect } from './effect-figures.ts';
import classes from './engine-effect.module.css';
import { StageBar } from './stage-bar.tsx';

type EngineEffectProps = Readonly<{ mark: EngineMark; nowMs: number; unit: RateUnit }>;

/** What the last change of the engine did to a vault at work: before, after, and the difference. */
export function EngineEffect({ mark, nowMs, unit }: EngineEffectProps) {
  const effect = toEffect(mark);
  const isMeasuring = nowMs - mark.atMs < SETTLE_MS + EFFECT_MS;
  const words = {
    time: formatClock(mark.atMs),
    before: describe(mark.before),
    after: describe(mark.after),
  };
  return (
    <section className={classes['card']} aria-label={t('performance.effect')}>
      <h3 className={classes['title']}>{t('performance.effect')}</h3>
      <p className={classes['change']}>{t('performance.effectChange', words)}</p>
      {effect === null ? (
        <p className={classes['hint']}>
          {t(isMeasuring ? 'performance.effectMeasuring' : 'performance.effectNoTraffic')}
        </p>
      ) : (
        <>
          <div className={classes['sides']}>
            <EffectTable rows={effect} unit={unit} />
            <div>
              <EffectStages mark={mark} />
            </div>
          </div>
          <p className={classes['hint']}>
            {t(isMeasuring ? 'performance.effectSoFar' : 'performance.effectScope', {
              seconds: EFFECT_MS / 1000,
            })}
          </p>
        </>
      )}
    </section>
  );
}

function EffectTable({ rows, unit }: { rows: readonly EffectRow[]; unit: RateUnit }) {
  return (
    <table className={classes['table']} aria-label={t('performance.effect')}>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('performance.before')}</th>
          <th scope="col">{t('performance.after')}</th>
          <th scope="col">{t('performance.change')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ figure, before, after, percent, verdict }) => (
          <tr key={figure}>
            <th scope="row">{t(`effect.${figure}`)}</th>
            <td>{say(figure, before, unit)}</td>
            <td>{say(figure, after, unit)}</td>
            <td data-verdict={verdict}>
              {percent === null ? t('performance.none') : formatChange(percent)}
              {verdict !== 'same' && (
                <span className={classes['verdict']}> {t(`performance.${verdict}`)}</span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Bars of both sides below each other, on the same scale of time shares. */
function EffectStages({ mark }: { mark: EngineMark }) {
  const before = stretchStages(mark.stretchBefore);
  const after = stretchStages(mark.stretchAfter);
  return DIRECTIONS.map((direction) =>
    before[direction] === null && after[direction] === null ? null : (
      <div key={direction} className={classes['bars']}>
        <span className={classes['direction']}>{t(`engine.${direction}`)}</span>
        <StageBar label={t('performance.before')} stages={before[direction]} />
        <StageBar label={t('performance.after')} stages={after[direction]} />
      </div>
    ),
  );
}

function say(figure: EffectRow['figure'], value: number | null, unit: RateUnit): string {
  if (value === null) return t('performance.none');
  const isRate = figure === 'readBytes' || figure === 'writeBytes';
  return isRate ? formatRate(value, unit) : formatMicroseconds(value);
}

function describe({ read, write, provider, threads }: EngineSnapshot): string {
  const modes = { read: t(`engine.${read}`), write: t(`engine.${write}`) };
  return t('performance.engineInShort', { ...modes, provider, threads });
}
