import type { DataRow } from '../../components/charts/data-table.tsx';
import { t } from '../../i18n/translate.ts';
import { rangeSeconds, type SeriesView } from '../../live/read-series.ts';
import type { ChartDefinition } from './chart-definitions.ts';

/** Rows of a table that stands for a chart, however many points that has. */
const ROWS = 12;

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Says a time of the day, to the second. */
export function formatClock(timeMs: number): string {
  return clock.format(timeMs);
}

/** Returns a chart as rows, the newest first: each a twelfth of the range. */
export function toTableRows(
  chart: Pick<ChartDefinition, 'say' | 'merge'>,
  view: Pick<SeriesView, 'range' | 'nowMs' | 'times'>,
  columns: readonly (readonly (number | null)[])[],
): readonly DataRow[] {
  const stepSeconds = rangeSeconds(view.range) / ROWS;
  const rows: DataRow[] = [];
  for (let row = 0; row < ROWS; row += 1) {
    const to = -row * stepSeconds;
    const from = to - stepSeconds;
    const inside = view.times.flatMap((time, at) => (time > from && time <= to ? [at] : []));
    if (inside.length === 0) continue;
    const cells = columns.map((column) => {
      const values = inside.flatMap((at) => column[at] ?? []);
      return values.length === 0 ? t('performance.none') : chart.say(merge(values, chart.merge));
    });
    const time = formatClock(view.nowMs + to * 1000);
    rows.push({ key: String(row), cells: [time, ...cells] });
  }
  return rows;
}

function merge(values: readonly number[], how: ChartDefinition['merge']): number {
  if (how === 'worst') return Math.max(...values);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
