import { useMemo } from 'react';
import { ChartFigure } from '../../components/charts/chart-figure.tsx';
import { DataTable } from '../../components/charts/data-table.tsx';
import { LineChart, nearest } from '../../components/charts/line-chart.tsx';
import { t } from '../../i18n/translate.ts';
import { rangeSeconds, type SeriesView } from '../../live/read-series.ts';
import type { ChartDefinition } from './chart-definitions.ts';
import { formatClock, toTableRows } from './chart-table-rows.ts';

type LiveChartProps = Readonly<{
  chart: ChartDefinition;
  view: SeriesView;
  asTable: boolean;
  /** Seconds before now, where the cross-hair of all charts is. */
  cursor: number | null;
  onCursor: (x: number | null) => void;
  marks: readonly number[];
}>;

/** One chart of the live view, or the same as a table. */
export function LiveChart({ chart, view, asTable, cursor, onCursor, marks }: LiveChartProps) {
  const columns = useMemo(() => chart.columns.map((name) => view.column(name)), [chart, view]);
  const lines = useMemo(
    () => columns.map((column) => column.map((value) => toAxis(value, chart))),
    [columns, chart],
  );
  const index = cursor === null ? view.times.length - 1 : nearest(view.times, cursor);
  const sayAt = (at: number) =>
    chart.spec.lines.map((line, lineIndex) => {
      const value = columns[lineIndex]?.[at] ?? null;
      return { line, value: value === null ? t('performance.none') : chart.say(value) };
    });
  const describe = (at: number) => {
    const time = formatClock(view.nowMs + (view.times[at] ?? 0) * 1000);
    return [time, ...sayAt(at).map(({ line, value }) => `${line.label} ${value}`)].join(', ');
  };
  const at = view.times[index];
  const note =
    cursor === null || at === undefined ? undefined : formatClock(view.nowMs + at * 1000);
  return (
    <ChartFigure title={chart.title} readings={sayAt(index)} note={note}>
      {asTable ? (
        <DataTable
          label={chart.title}
          columns={[
            { key: 'time', label: t('performance.time') },
            ...chart.spec.lines.map(({ label }) => ({ key: label, label })),
          ]}
          rows={toTableRows(chart, view, columns)}
          emptyText={t('performance.noPoints')}
        />
      ) : (
        <LineChart
          spec={chart.spec}
          xs={view.times}
          lines={lines}
          xRange={[-rangeSeconds(view.range), 0]}
          marks={marks}
          cursor={cursor}
          onCursor={onCursor}
          label={chart.title}
          describe={describe}
        />
      )}
    </ChartFigure>
  );
}

function toAxis(value: number | null, chart: ChartDefinition): number | null {
  if (value === null) return null;
  // Nothing has no place on an axis of powers of ten.
  return chart.spec.scale === 'log' && value <= 0 ? null : chart.toAxis(value);
}
