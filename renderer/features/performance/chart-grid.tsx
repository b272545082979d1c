import { useMemo, useState } from 'react';
import type { RateUnit } from '../../i18n/format-rate.ts';
import type { SeriesView } from '../../live/read-series.ts';
import { createCharts } from './chart-definitions.ts';
import classes from './chart-grid.module.css';
import { HeatStrip } from './heat-strip.tsx';
import { LiveChart } from './live-chart.tsx';

type ChartGridProps = Readonly<{
  view: SeriesView;
  unit: RateUnit;
  asTables: boolean;
  /** When the engine was changed, milliseconds since 1970. */
  marksMs: readonly number[];
  workers: number;
}>;

/** The charts of a vault over one time, with one cross-hair. */
export function ChartGrid({ view, unit, asTables, marksMs, workers }: ChartGridProps) {
  const charts = useMemo(() => createCharts(unit), [unit]);
  const [cursor, setCursor] = useState<number | null>(null);
  const marks = useMemo(
    () => marksMs.map((atMs) => (atMs - view.nowMs) / 1000),
    [marksMs, view.nowMs],
  );
  return (
    <div className={classes['grid']}>
      {charts.map((chart) => (
        <LiveChart
          key={chart.id}
          chart={chart}
          view={view}
          asTable={asTables}
          cursor={cursor}
          onCursor={setCursor}
          marks={marks}
        />
      ))}
      <HeatStrip view={view} workers={workers} asTable={asTables} />
    </div>
  );
}
