import type { BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { ENGINE_MODES } from '../../../shared/model/engine.ts';
import { findKnee } from '../../../shared/recommend-engine.ts';
import type { LineChartSpec } from '../../components/charts/line-chart-options.ts';
import { formatBytes } from '../../i18n/format.ts';
import { formatShort } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import type { Curve } from './curve-chart.tsx';

const HEIGHT = 210;

const sweepSpec = (): LineChartSpec => ({
  lines: [
    { label: t('engine.inlineName'), color: 'read', hasPoints: true },
    { label: t('engine.threadedName'), color: 'write', dash: [6, 3], hasPoints: true },
    { label: t('engine.autoName'), color: 'third', dash: [2, 3], hasPoints: true },
  ],
  height: HEIGHT,
  xScale: 'log2',
  formatX: formatBytes,
  formatY: formatShort,
  xTicks: ([low, high]) => [low, low * 8, low * 64, high],
});

const scalingSpec = (): LineChartSpec => ({
  lines: [
    { label: t('benchmark.read'), color: 'read', hasPoints: true },
    { label: t('benchmark.write'), color: 'write', dash: [6, 3], hasPoints: true },
    { label: t('benchmark.scalingIdeal'), color: 'ideal', dash: [1, 4] },
  ],
  height: HEIGHT,
  formatX: String,
  formatY: formatShort,
  xTicks: ([low, high]) => Array.from({ length: high - low + 1 }, (_, index) => low + index),
});

/** Returns the engines over request sizes; null where that was not measured. */
export function toSweepCurve(rows: readonly BenchmarkRow[]): Curve | null {
  const sweep = rows.filter(({ group }) => group === 'sweep');
  const xs = [...new Set(sweep.flatMap(({ requestBytes }) => requestBytes ?? []))].sort(
    (a, b) => a - b,
  );
  const [first, last] = [xs.at(0), xs.at(-1)];
  if (first === undefined || last === undefined) return null;
  const lines = ENGINE_MODES.map((mode) =>
    xs.map(
      (bytes) =>
        sweep.find(({ name, requestBytes }) => name === mode && requestBytes === bytes)?.median ??
        null,
    ),
  );
  return {
    title: t('benchmark.sweep'),
    note: t('benchmark.sweepNote'),
    axis: t('benchmark.request'),
    spec: sweepSpec(),
    xs,
    lines,
    xRange: [first, last],
  };
}

/** Returns the threaded engine over threads, with the line of an ideal one and the knee marked. */
export function toScalingCurve(rows: readonly BenchmarkRow[]): Curve | null {
  const scaling = rows.filter(({ group }) => group === 'scaling');
  const xs = [...new Set(scaling.flatMap(({ threads }) => threads ?? []))].sort((a, b) => a - b);
  const last = xs.at(-1);
  if (last === undefined) return null;
  const rateOf = (direction: 'read' | 'write', count: number) =>
    scaling.find((row) => row.direction === direction && row.threads === count)?.median ?? null;
  const one = rateOf('read', 1);
  const knee = findKnee(rows);
  return {
    title: t('benchmark.scaling'),
    note: t('benchmark.scalingNote'),
    axis: t('benchmark.scaling'),
    spec: scalingSpec(),
    xs,
    lines: [
      xs.map((count) => rateOf('read', count)),
      xs.map((count) => rateOf('write', count)),
      xs.map((count) => (one === null ? null : one * count)),
    ],
    xRange: [1, Math.max(2, last)],
    ...(knee === null ? {} : { marks: [knee] }),
  };
}
