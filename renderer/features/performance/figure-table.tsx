import { DIRECTIONS } from '../../../shared/model/statistics.ts';
import { formatSize } from '../../../shared/units.ts';
import { formatCount, formatMicroseconds } from '../../i18n/format.ts';
import type { MessageKey } from '../../i18n/messages-en.ts';
import { t } from '../../i18n/translate.ts';
import classes from './figures.module.css';
import { type DirectionFigures, type LiveFigures, WINDOW_MS } from './live-figures.ts';

type Row = Readonly<{ words: MessageKey; say: (figures: DirectionFigures) => string }>;

const ROWS: readonly Row[] = [
  {
    words: 'performance.throughput',
    say: ({ bytesPerSecond }) =>
      sayOrNone(bytesPerSecond, (bytes) => t('performance.perSecond', { size: formatSize(bytes) })),
  },
  {
    words: 'performance.requests',
    say: ({ requestsPerSecond }) => sayOrNone(requestsPerSecond, formatCount),
  },
  { words: 'performance.typicalWait', say: ({ p50Us }) => sayOrNone(p50Us, formatMicroseconds) },
  { words: 'performance.longWait', say: ({ p99Us }) => sayOrNone(p99Us, formatMicroseconds) },
  { words: 'performance.errors', say: ({ errors }) => formatCount(errors) },
];

/** Throughput, requests and waiting times of both directions. */
export function FigureTable({ figures }: { figures: LiveFigures }) {
  return (
    <>
      <table className={classes['table']} aria-label={t('performance.now')}>
        <thead>
          <tr>
            <td />
            {DIRECTIONS.map((direction) => (
              <th key={direction} scope="col">
                {t(`engine.${direction}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ROWS.map(({ words, say }) => (
            <tr key={words}>
              <th scope="row">{t(words)}</th>
              {DIRECTIONS.map((direction) => (
                <td key={direction}>{say(figures[direction])}</td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{t('performance.inFlight')}</th>
            <td colSpan={2}>{formatCount(figures.inFlight)}</td>
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
