import type { RefObject } from 'react';
import type uPlot from 'uplot';

export type LineSpec = Readonly<{
  label: string;
  /** Name of a colour: `--app-line-<color>`. */
  color: 'read' | 'write' | 'third' | 'ideal';
  /** Dashes tell lines apart for those who do not see the colours. */
  dash?: readonly number[];
  isFilled?: boolean;
  hasPoints?: boolean;
  /** Points alone, without a line between them. */
  isScattered?: boolean;
}>;

/** How a chart is drawn; must stay the same object, or the chart is made anew. */
export type LineChartSpec = Readonly<{
  lines: readonly LineSpec[];
  height: number;
  /** `log`: for what spans several powers of ten. */
  scale?: 'linear' | 'log';
  xScale?: 'linear' | 'log2';
  /** The axis reaches at least this far. */
  minimumTop?: number;
  formatX: (x: number) => string;
  formatY: (y: number) => string;
  /** Places of the labels below, where not uPlot's choice. */
  xTicks?: (range: readonly [number, number]) => number[];
}>;

export type LiveChart = Readonly<{
  onCursor: (x: number | null) => void;
  xRange: readonly [number, number];
  marks: readonly number[];
}>;

const FONT = '11px system-ui, sans-serif';
const Y_AXIS_WIDTH = 58;
const X_AXIS_HEIGHT = 26;
const EMPTY_TOP = 1;

/** Returns uPlot's options for a chart; colours are those of the place that it is drawn in. */
export function createOptions(
  spec: LineChartSpec,
  place: HTMLElement,
  live: RefObject<LiveChart>,
): uPlot.Options {
  const style = getComputedStyle(place);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    font: FONT,
    stroke: color('--mantine-color-dimmed'),
    grid: { stroke: color('--app-border'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: Math.max(1, place.clientWidth),
    height: spec.height,
    padding: [10, 20, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { setScale: false, x: false, y: false },
      points: { size: 7 },
    },
    scales: {
      x: {
        time: false,
        ...(spec.xScale === 'log2' ? { distr: 3, log: 2 } : {}),
        range: () => [...live.current.xRange],
      },
      y:
        spec.scale === 'log'
          ? { distr: 3, log: 10, range: logRange }
          : { range: (_, __, top) => [0, niceTop(Math.max(top ?? 0, spec.minimumTop ?? 0))] },
    },
    axes: [
      {
        ...axis,
        size: X_AXIS_HEIGHT,
        values: (_, ticks) => ticks.map((tick) => spec.formatX(tick)),
        ...(spec.xTicks === undefined
          ? {}
          : { splits: () => spec.xTicks?.(live.current.xRange) ?? [], filter: (_, s) => s }),
      },
      {
        ...axis,
        size: Y_AXIS_WIDTH,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : spec.formatY(tick))),
        ...(spec.scale === 'log'
          ? { splits: (_, __, low, high) => logTicks(low, high), filter: (_, ticks) => ticks }
          : {}),
      },
    ],
    series: [
      {},
      ...spec.lines.map((line) => ({
        label: line.label,
        stroke: color(`--app-line-${line.color}`),
        width: line.isScattered ? 0 : 1.75,
        ...(line.dash === undefined ? {} : { dash: [...line.dash] }),
        ...(line.isFilled ? { fill: color(`--app-line-${line.color}-soft`) } : {}),
        points: line.isScattered
          ? { show: true, size: 5, width: 1, fill: color(`--app-line-${line.color}`) }
          : line.hasPoints
            ? { show: true, size: 7 }
            : { show: false },
      })),
    ],
    hooks: {
      draw: [(chart) => drawMarks(chart, live.current.marks, color('--app-warn'))],
      setCursor: [
        (chart) => {
          const { idx } = chart.cursor;
          const isInside = (chart.cursor.left ?? -1) >= 0 && typeof idx === 'number';
          live.current.onCursor(isInside ? (chart.data[0]?.[idx] ?? null) : null);
        },
      ],
    },
  };
}

/** Returns the steps 1, 2 and 5 of each power of ten where those are few, else the powers alone. */
function logTicks(low: number, high: number): number[] {
  const first = Math.round(Math.log10(low));
  const last = Math.round(Math.log10(high));
  const steps = last - first > 1 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = first; power <= last; power += 1) {
    for (const step of steps) ticks.push(step * 10 ** power);
  }
  return ticks.filter((tick) => tick <= high);
}

/** Returns whole powers of ten around the values, at least one. */
function logRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null || low <= 0) return [1, 1000];
  const bottom = 10 ** Math.floor(Math.log10(low));
  return [bottom, Math.max(bottom * 10, 10 ** Math.ceil(Math.log10(high)))];
}

/** Returns a round number with some room above the highest value. */
function niceTop(highest: number): number {
  if (highest <= 0) return EMPTY_TOP;
  const wanted = highest * 1.08;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= wanted) ?? 10;
  return step * power;
}

function drawMarks(chart: uPlot, marks: readonly number[], color: string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.lineWidth = devicePixelRatio * 1.5;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const mark of marks) {
    const x = Math.round(chart.valToPos(mark, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
