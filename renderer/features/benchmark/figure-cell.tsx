import type { BenchmarkRow } from '../../../shared/model/benchmark.ts';
import { t } from '../../i18n/translate.ts';
import classes from './figure-cell.module.css';
import { sayFigure, saySpread } from './say-figures.ts';

type FigureCellProps = Readonly<{
  row: BenchmarkRow | undefined;
  /** Figure that fills the whole bar; none is drawn without it. */
  highest?: number;
  /** The figure in words of its own. */
  text?: string;
  /** What else the figure says, each on a line below it. */
  notes?: readonly string[];
}>;

/** A figure with a bar as long as it is high, its spread, and a mark where it is not reliable. */
export function FigureCell({ row, highest, text, notes = [] }: FigureCellProps) {
  return (
    <td className={classes['cell']} title={row && saySpread(row)}>
      {row !== undefined && highest !== undefined && highest > 0 && (
        <span
          className={classes['bar']}
          style={{ inlineSize: `${Math.min(100, (row.median / highest) * 100)}%` }}
        />
      )}
      <span className={classes['value']}>
        {text ?? sayFigure(row)}
        {row !== undefined && !row.isReliable && (
          <span className={classes['mark']} title={t('benchmark.notReliableText')}>
            {t('benchmark.notReliable')}
          </span>
        )}
      </span>
      {notes.map((note) => (
        <span key={note} className={classes['note']}>
          {note}
        </span>
      ))}
    </td>
  );
}
