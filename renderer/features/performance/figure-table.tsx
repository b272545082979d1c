import { DIRECTIONS } from '../../../shared/model/statistics.ts';
import { formatCount, formatMicroseconds } from '../../i18n/format.ts';
import { formatRate, type RateUnit } from '../../i18n/format-rate.ts';
import type { MessageKey } from '../../i18n/messages-en.ts';
import { t } from '../../i18n/translate.ts';
import { DirectionHead } from './direction-head.tsx';
import classes from './figures.module.css';
import { type DirectionFigures, type LiveFigures, WINDOW_MS } from './live-figures.ts';

type Row = Readonly<{
  words: MessageKey;
  say: (figures: DirectionFigures, unit: RateUnit) => string;
}>;

const ROWS: readonly Row[] = [
  {
    words: 'performance.throughput',
    say: ({ bytesPerSecond }, unit) =>
      sayOrNone(bytesPerSecond, (bytes) => formatRate(bytes, unit)),
  },
  {
    words: 'performance.requests',
    say: ({ requestsPerSecond }) => sayOrNone(requestsPerSecond, formatCount),
  },
  { words: 'performance.typicalWait', say: ({ p50Us }) => sayOrNone(p50Us, formatMicroseconds) },
  { words: 'performance.slowWait', say: ({ p95Us }) => sayOrNone(p95Us, formatMicroseconds) },
  { words: 'performance.longWait', say: ({ p99Us }) => sayOrNone(p99Us, formatMicroseconds) },
  { words: 'performance.errors', say: ({ errors }) => formatCount(errors) },
];

type FigureTableProps = Readonly<{ figures: LiveFigures; unit: RateUnit }>;

/** Throughput, requests and waiting times of both directions. */
export function FigureTable({ figures, unit }: FigureTableProps) {
  return (
    <>
      <table className={classes['table']} aria-label={t('performance.now')}>
        <DirectionHead />
        <tbody>
          {ROWS.map(({ words, say }) => (
            <tr key={words}>
              <th scope="row">{t(words)}</th>
              {DIRECTIONS.map((direction) => (
                <td key={direction}>{say(figures[direction], unit)}</td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{t('performance.waiting')}</th>
            <td colSpan={2}>{formatCount(figures.waiting)}</td>
          </tr>
          <tr>
            <th scope="row">{t('performance.loopLag')}</th>
            <td colSpan={2}>
              {sayOrNone(figures.loopLagMs, (lagMs) => formatMicroseconds(lagMs * 1000))}
            </td>
          </tr>
        </tbody>
      </table>
      <p className={classes['scope']}>{t('performance.scope', { seconds: WINDOW_MS / 1000 })}</p>
    </>
  );
}

function sayOrNone(value: number | null, say: (value: number) => string): string {
  return value === null ? t('performance.none') : say(value);
}
