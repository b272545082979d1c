import { useState } from 'react';
import { ChartFigure } from '../../components/charts/chart-figure.tsx';
import { DataTable } from '../../components/charts/data-table.tsx';
import { LineChart, nearest } from '../../components/charts/line-chart.tsx';
import type { LineChartSpec } from '../../components/charts/line-chart-options.ts';
import { t } from '../../i18n/translate.ts';
import { sayValue } from './say-figures.ts';

/** Figures along an axis, in MiB a second where nothing else is said. */
export type Curve = Readonly<{
  title: string;
  note: string;
  /** What the axis below is of. */
  axis: string;
  /** Must stay the same object. */
  spec: LineChartSpec;
  xs: readonly number[];
  lines: readonly (readonly (number | null)[])[];
  xRange: readonly [number, number];
  marks?: readonly number[];
  say?: (value: number) => string;
}>;

type CurveChartProps = Readonly<{ curve: Curve; asTable: boolean }>;

/** A chart of figures along request sizes or threads, or the same as a table. */
export function CurveChart({ curve, asTable }: CurveChartProps) {
  const { title, note, axis, spec, xs, lines, xRange, say = sayRate } = curve;
  const [cursor, setCursor] = useState<number | null>(null);
  const index = cursor === null ? xs.length - 1 : nearest(xs, cursor);
  const sayAt = (at: number) =>
    spec.lines.map((line, number) => {
      const value = lines[number]?.[at] ?? null;
      return {
        line,
        value: value === null ? t('performance.none') : say(value),
      };
    });
  const describe = (at: number) => {
    const x = xs[at];
    const place = x === undefined ? '' : spec.formatX(x);
    return [place, ...sayAt(at).map(({ line, value }) => `${line.label} ${value}`)].join(', ');
  };
  const x = xs[index];
  return (
    <ChartFigure
      title={title}
      note={x === undefined ? note : `${note}, ${spec.formatX(x)}`}
      readings={sayAt(index)}
    >
      {asTable ? (
        <DataTable
          label={title}
          columns={[
            { key: 'x', label: axis },
            ...spec.lines.map(({ label }) => ({ key: label, label })),
          ]}
          rows={xs.map((value, at) => ({
            key: String(value),
            cells: [spec.formatX(value), ...sayAt(at).map((reading) => reading.value)],
          }))}
          emptyText={t('benchmark.notMeasured')}
        />
      ) : (
        <LineChart
          spec={spec}
          xs={xs}
          lines={lines}
          xRange={xRange}
          {...(curve.marks === undefined ? {} : { marks: curve.marks })}
          cursor={cursor}
          onCursor={setCursor}
          label={title}
          describe={describe}
        />
      )}
    </ChartFigure>
  );
}

function sayRate(value: number): string {
  return sayValue(value, 'MiB/s');
}
