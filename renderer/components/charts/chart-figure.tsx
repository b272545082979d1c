import { type ReactNode, useId } from 'react';
import classes from './chart-figure.module.css';
import type { LineSpec } from './line-chart-options.ts';

export type Reading = Readonly<{ line: LineSpec; value: string }>;

type ChartFigureProps = Readonly<{
  title: string;
  /** What each line says at the cross-hair, or now. */
  readings: readonly Reading[];
  /** Beside the title: how it is measured, or when. */
  note?: string | undefined;
  children: ReactNode;
}>;

/** A chart with its title and, as its legend, what each line says. */
export function ChartFigure({ title, readings, note, children }: ChartFigureProps) {
  const titleId = useId();
  return (
    <figure className={classes['figure']} aria-labelledby={titleId}>
      <figcaption className={classes['caption']}>
        <span id={titleId} className={classes['title']}>
          {title}
        </span>
        {note !== undefined && <span className={classes['note']}>{note}</span>}
        <span className={classes['readings']}>
          {readings.map(({ line, value }) => (
            <span key={line.label} className={classes['reading']}>
              <svg width="18" height="8" aria-hidden="true" focusable="false">
                <line
                  x1="1"
                  y1="4"
                  x2="17"
                  y2="4"
                  className={classes['swatch']}
                  data-color={line.color}
                  strokeDasharray={line.dash?.map((length) => length * 0.7).join(' ')}
                />
              </svg>
              {line.label} <b>{value}</b>
            </span>
          ))}
        </span>
      </figcaption>
      {children}
    </figure>
  );
}
