import { useMemo, useState } from 'react';
import type { BenchmarkReport, BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { ENGINE_MODES } from '../../../shared/model/engine.ts';
import { findKnee } from '../../../shared/recommend-engine.ts';
import { FormChoice } from '../../components/charts/form-choice.tsx';
import { formatBytes } from '../../i18n/format.ts';

import { formatChange } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import { sayKnee } from './advice-card.tsx';
import classes from './benchmark.module.css';
import { CurveChart } from './curve-chart.tsx';
import { toScalingCurve, toSweepCurve } from './engine-curves.ts';
import { FigureCell } from './figure-cell.tsx';

/** The engines beside each other: over request sizes, over threads, and in all figures. */
export function EnginesTab({ report: { rows } }: { report: BenchmarkReport }) {
  const [asTables, setAsTables] = useState(false);
  const curves = useMemo(
    () => [toSweepCurve(rows), toScalingCurve(rows)].filter((curve) => curve !== null),
    [rows],
  );
  const knee = findKnee(rows);
  return (
    <>
      <div className={classes['bar']}>
        <p className={classes['hint']}>{t('benchmark.throughCache')}</p>
        <span className={classes['space']} />
        <FormChoice asTables={asTables} onChange={setAsTables} />
      </div>
      <div className={classes['charts']}>
        {curves.map((curve) => (
          <CurveChart key={curve.title} curve={curve} asTable={asTables} />
        ))}
      </div>
      {knee !== null && <p className={classes['hint']}>{sayKnee(knee)}</p>}
      <EngineTable rows={rows.filter(({ group }) => group === 'engine')} />
    </>
  );
}

function EngineTable({ rows }: { rows: readonly BenchmarkRow[] }) {
  if (rows.length === 0) return <p className={classes['hint']}>{t('benchmark.notMeasured')}</p>;
  const highest = Math.max(...rows.map(({ median }) => median));
  const cases = rows.filter(({ name }) => name === 'inline');
  return (
    <div className={classes['scroller']}>
      <table className={classes['table']} aria-label={t('benchmark.engineTable')}>
        <thead>
          <tr>
            <th scope="col">{t('benchmark.way')}</th>
            <th scope="col">{t('benchmark.request')}</th>
            <th scope="col">{t('benchmark.depthColumn')}</th>
            {ENGINE_MODES.map((mode) => (
              <th key={mode} scope="col">
                {t(`engine.${mode}Name`)}
              </th>
            ))}
            <th scope="col">{t('benchmark.speedUp')}</th>
          </tr>
        </thead>
        <tbody>
          {cases.map((inline) => {
            const { direction, requestBytes, depth } = inline;
            const of = (mode: string) =>
              rows.find(
                (row) =>
                  row.name === mode &&
                  row.direction === direction &&
                  row.requestBytes === requestBytes &&
                  row.depth === depth,
              );
            const threaded = of('threaded');
            return (
              <tr key={`${direction} ${requestBytes} ${depth}`}>
                <th scope="row">{direction !== null && t(`benchmark.${direction}`)}</th>
                <td>{requestBytes !== null && formatBytes(requestBytes)}</td>
                <td>{depth}</td>
                {ENGINE_MODES.map((mode) => (
                  <FigureCell key={mode} row={of(mode)} highest={highest} />
                ))}
                <td>{threaded && sayGain(inline.median, threaded.median)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function sayGain(inline: number, threaded: number): string {
  return inline === 0 ? t('performance.none') : formatChange((threaded / inline - 1) * 100);
}
