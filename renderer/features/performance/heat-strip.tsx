import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { ChartFigure } from '../../components/charts/chart-figure.tsx';
import { DataTable } from '../../components/charts/data-table.tsx';
import { formatPercent } from '../../i18n/format-rate.ts';
import { t } from '../../i18n/translate.ts';
import { rangeSeconds, type SeriesView } from '../../live/read-series.ts';
import classes from './heat-strip.module.css';

type HeatStripProps = Readonly<{ view: SeriesView; workers: number; asTable: boolean }>;
type Strip = Readonly<{ name: string; shares: readonly (number | null)[] }>;

const CELLS = 60;

/** How busy each thread was, as strips that are the fuller the busier: one for each thread. */
export function HeatStrip({ view, workers, asTable }: HeatStripProps) {
  const strips: readonly Strip[] = [
    { name: t('performance.ioThread'), shares: view.column('ioBusy') },
    ...Array.from({ length: workers }, (_, worker) => ({
      name: t('performance.workerNumber', { number: worker + 1 }),
      shares: view.worker(worker),
    })),
  ];
  return (
    <ChartFigure title={t('performance.threadsBusy')} readings={[]}>
      {asTable ? (
        <DataTable
          label={t('performance.threadsBusy')}
          columns={[
            { key: 'thread', label: t('performance.thread') },
            { key: 'now', label: t('performance.nowTick') },
            { key: 'mean', label: t('performance.meanOfRange') },
          ]}
          rows={strips.map(({ name, shares }) => ({
            key: name,
            cells: [name, sayShare(shares.at(-1) ?? null), sayShare(meanOf(shares))],
          }))}
          emptyText={t('performance.noPoints')}
        />
      ) : (
        <div className={classes['strips']}>
          {strips.map(({ name, shares }) => (
            <div key={name} className={classes['row']}>
              <span>{name}</span>
              <Cells
                values={toCells(view, shares)}
                label={`${name}: ${sayShare(meanOf(shares))}`}
              />
              <b>{sayShare(shares.at(-1) ?? null)}</b>
            </div>
          ))}
        </div>
      )}
    </ChartFigure>
  );
}

function Cells({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || canvas.current === null) return;
    const { width, height } = canvas.current;
    context.clearRect(0, 0, width, height);
    context.fillStyle = scheme === 'dark' ? '#8ec1f5' : '#1d5a96';
    const cell = width / CELLS;
    values.forEach((value, index) => {
      if (value === null) return;
      // Height as well as strength: the strip can be read without its colour.
      const filled = Math.max(1, value * height);
      context.globalAlpha = 0.3 + 0.7 * value;
      context.fillRect(index * cell, height - filled, cell - 1, filled);
    });
    context.globalAlpha = 1;
  }, [values, scheme]);
  return (
    <canvas
      ref={canvas}
      className={classes['cells']}
      width={480}
      height={18}
      role="img"
      aria-label={label}
    />
  );
}

/** Returns the mean of each sixtieth of the range; null where nothing is known. */
export function toCells(
  { range, times }: Pick<SeriesView, 'range' | 'times'>,
  shares: readonly (number | null)[],
): readonly (number | null)[] {
  const sums = Array.from({ length: CELLS }, () => ({ sum: 0, count: 0 }));
  const cellSeconds = rangeSeconds(range) / CELLS;
  times.forEach((time, at) => {
    const share = shares[at] ?? null;
    const cell = sums[CELLS - 1 - Math.floor(-time / cellSeconds)];
    if (cell === undefined || share === null) return;
    cell.sum += share;
    cell.count += 1;
  });
  return sums.map(({ sum, count }) => (count === 0 ? null : sum / count));
}

function meanOf(shares: readonly (number | null)[]): number | null {
  const known = shares.flatMap((share) => share ?? []);
  return known.length === 0 ? null : known.reduce((sum, share) => sum + share, 0) / known.length;
}

function sayShare(share: number | null): string {
  return share === null ? t('performance.none') : formatPercent(share);
}
