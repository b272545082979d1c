import type { LineChartSpec, LineSpec } from '../../components/charts/line-chart-options.ts';
import { formatCount, formatMicroseconds } from '../../i18n/format.ts';
import { formatRate, formatShort, type RateUnit, toRateUnit } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import type { SeriesColumn } from '../../live/series-columns.ts';

/** One chart of the live view. */
export type ChartDefinition = Readonly<{
  id:
    | 'throughput'
    | 'requests'
    | 'read-waits'
    | 'write-waits'
    | 'queue'
    | 'loop-lag'
    | 'utilisation';
  title: string;
  columns: readonly SeriesColumn[];
  spec: LineChartSpec;
  /** What a column's value is on the chart's axis. */
  toAxis: (value: number) => number;
  /** Says a column's value. */
  say: (value: number) => string;
  /** How the values of a longer time become one: waits are as bad as their worst. */
  merge: 'mean' | 'worst';
}>;

const HEIGHT = 148;
const SECONDS_OF_MINUTE = 60;

/** Returns the charts of the live view, in their order. Called once for each unit. */
export function createCharts(unit: RateUnit): readonly ChartDefinition[] {
  const read: LineSpec = { label: t('engine.read'), color: 'read', isFilled: true };
  const write: LineSpec = { label: t('engine.write'), color: 'write', dash: [6, 3] };
  const percentiles: readonly LineSpec[] = [
    { label: 'p50', color: 'read' },
    { label: 'p95', color: 'write', dash: [6, 3] },
    { label: 'p99', color: 'third', dash: [2, 3] },
  ];
  const spec = (lines: readonly LineSpec[], more: Partial<LineChartSpec> = {}): LineChartSpec => ({
    lines,
    height: HEIGHT,
    formatX: formatAgo,
    formatY: formatShort,
    xTicks: quarters,
    ...more,
  });
  const waits = (
    id: 'read-waits' | 'write-waits',
    direction: 'read' | 'write',
  ): ChartDefinition => ({
    id,
    title: t(direction === 'read' ? 'performance.readWaits' : 'performance.writeWaits'),
    columns: [`${direction}P50`, `${direction}P95`, `${direction}P99`],
    spec: spec(percentiles, { scale: 'log', formatY: formatMicroseconds }),
    toAxis: same,
    say: formatMicroseconds,
    merge: 'worst',
  });
  return [
    {
      id: 'throughput',
      title: t('performance.throughput'),
      columns: ['readBytes', 'writeBytes'],
      spec: spec([read, write]),
      toAxis: (bytes) => toRateUnit(bytes, unit),
      say: (bytes) => (bytes === 0 ? t('performance.idle') : formatRate(bytes, unit)),
      merge: 'mean',
    },
    {
      id: 'requests',
      title: t('performance.requests'),
      columns: ['readRequests', 'writeRequests'],
      spec: spec([read, write], { minimumTop: 10, formatY: formatCount }),
      toAxis: same,
      say: formatCount,
      merge: 'mean',
    },
    waits('read-waits', 'read'),
    waits('write-waits', 'write'),
    {
      id: 'queue',
      title: t('performance.queueDepth'),
      columns: ['waiting'],
      spec: spec([{ label: t('performance.waiting'), color: 'read', isFilled: true }], {
        minimumTop: 4,
        formatY: formatCount,
      }),
      toAxis: same,
      say: formatCount,
      merge: 'worst',
    },
    {
      id: 'loop-lag',
      title: t('performance.loopLag'),
      columns: ['loopLag'],
      spec: spec([{ label: t('performance.vaultProcess'), color: 'read', isFilled: true }], {
        minimumTop: 1000,
        formatY: formatMicroseconds,
      }),
      toAxis: toMicroseconds,
      say: (milliseconds) => formatMicroseconds(toMicroseconds(milliseconds)),
      merge: 'worst',
    },
    {
      id: 'utilisation',
      title: t('performance.utilisation'),
      columns: ['ioBusy', 'workersBusy', 'cpu'],
      spec: spec(
        [
          { label: t('performance.ioThread'), color: 'read', isFilled: true },
          { label: t('performance.cryptoThreads'), color: 'write', dash: [6, 3] },
          { label: t('performance.processor'), color: 'third', dash: [2, 3] },
        ],
        { minimumTop: 92, formatY: (percent) => t('performance.percent', { value: percent }) },
      ),
      toAxis: (share) => share * 100,
      say: (share) => t('performance.percent', { value: Math.round(share * 100) }),
      merge: 'mean',
    },
  ];
}

function same(value: number): number {
  return value;
}

function toMicroseconds(milliseconds: number): number {
  return milliseconds * 1000;
}

/** Five marks below a chart: the edge, three between, and now. */
function quarters([from, to]: readonly [number, number]): number[] {
  return [0, 1, 2, 3, 4].map((step) => from + ((to - from) * step) / 4);
}

/** Says a time before now, for an axis: `now`, `−15 s`, `−2:30`. */
function formatAgo(seconds: number): string {
  const ago = Math.round(-seconds);
  if (ago <= 0) return t('performance.nowTick');
  if (ago <= SECONDS_OF_MINUTE) return t('performance.secondsTick', { seconds: ago });
  const minutes = Math.floor(ago / SECONDS_OF_MINUTE);
  const rest = String(ago % SECONDS_OF_MINUTE).padStart(2, '0');
  return rest === '00' && minutes >= 5
    ? t('performance.minutesTick', { minutes })
    : `−${minutes}:${rest}`;
}
