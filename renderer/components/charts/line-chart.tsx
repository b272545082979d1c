import { useComputedColorScheme } from '@mantine/core';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import classes from './line-chart.module.css';
import { createOptions, type LineChartSpec } from './line-chart-options.ts';

type LineChartProps = Readonly<{
  spec: LineChartSpec;
  /** Rising; the same number of values for each line. */
  xs: readonly number[];
  lines: readonly (readonly (number | null)[])[];
  xRange: readonly [number, number];
  /** Where changes happened; drawn as upright lines. */
  marks?: readonly number[];
  /** Point under the cross-hair; null for none. */
  cursor: number | null;
  onCursor: (x: number | null) => void;
  /** Name and reading of the chart, for those who hear it. */
  label: string;
  describe: (index: number) => string;
}>;

/**
 * Lines over a common x, drawn on a canvas. The cross-hair belongs to whoever renders the chart, so
 * that several charts can share it; the arrow keys move it as the pointer does.
 */
export function LineChart(props: LineChartProps) {
  const { spec, xs, lines, xRange, marks = NO_MARKS, cursor, onCursor, label, describe } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  // Never written to by uPlot.
  const data = [xs, ...lines] as uPlot.AlignedData;
  const live = useRef({ onCursor, xRange, marks, data });
  live.current = { onCursor, xRange, marks, data };
  const scheme = useComputedColorScheme('light');

  // The colours are read when the chart is made: another scheme makes another chart.
  useEffect(() => {
    const host = place.current;
    if (host === null) return;
    host.dataset['scheme'] = scheme;
    const options = createOptions(spec, host, live);
    const chart = new uPlot(options, live.current.data, host);
    plot.current = chart;
    const resize = new ResizeObserver(() => {
      chart.setSize({ width: host.clientWidth, height: options.height });
    });
    resize.observe(host);
    return () => {
      resize.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [spec, scheme]);

  useEffect(() => {
    plot.current?.setData([xs, ...lines] as uPlot.AlignedData); // as above
  }, [xs, lines]);

  const index = cursor === null ? -1 : nearest(xs, cursor);
  useEffect(() => {
    const chart = plot.current;
    if (chart === null) return;
    const x = xs[index];
    const left = x === undefined ? -10 : chart.valToPos(x, 'x');
    chart.setCursor({ left, top: x === undefined ? -10 : 0 }, false);
  }, [index, xs]);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = indexAfterKey(event.key, index, xs.length);
    if (next === undefined) return;
    event.preventDefault();
    onCursor(next === null ? null : (xs[next] ?? null));
  };
  const said = index >= 0 ? index : xs.length - 1;
  return (
    <div
      ref={place}
      className={classes['chart']}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, xs.length - 1)}
      aria-valuenow={Math.max(0, said)}
      aria-valuetext={said < 0 ? label : describe(said)}
      onKeyDown={onKeyDown}
      onBlur={() => onCursor(null)}
    />
  );
}

const NO_MARKS: readonly number[] = [];
/** Points that a page key moves. */
const PAGE_POINTS = 10;

/** Returns the point after a key: null for none, undefined where the key is not ours. */
function indexAfterKey(key: string, index: number, count: number): number | null | undefined {
  const last = count - 1;
  const from = index < 0 ? last : index;
  const moves: Readonly<Record<string, number | null>> = {
    ArrowLeft: from - 1,
    ArrowDown: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from + 1,
    PageDown: from - PAGE_POINTS,
    PageUp: from + PAGE_POINTS,
    Home: 0,
    End: last,
  };
  if (key === 'Escape' && index >= 0) return null;
  const next = moves[key];
  return typeof next === 'number' ? Math.min(last, Math.max(0, next)) : undefined;
}

/** Returns the index of the value that is nearest; -1 where there is none. */
export function nearest(xs: readonly number[], x: number): number {
  let best = -1;
  let bestDistance = Number.POSITIVE_INFINITY;
  xs.forEach((value, index) => {
    const distance = Math.abs(value - x);
    if (distance >= bestDistance) return;
    best = index;
    bestDistance = distance;
  });
  return best;
}
