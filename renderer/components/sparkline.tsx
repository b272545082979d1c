import classes from './sparkline.module.css';

type SparklineProps = Readonly<{
  /** Oldest first; drawn over the whole width. */
  values: readonly number[];
  /** What the line says, for those who hear it. */
  label: string;
}>;

const WIDTH = 96;
const HEIGHT = 24;
const TOP = 2;

/** A small line without axes: how something went, not how much it was. */
export function Sparkline({ values, label }: SparklineProps) {
  const highest = Math.max(...values, 1);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map((value, index) => {
    const y = HEIGHT - 1 - (value / highest) * (HEIGHT - TOP - 1);
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg
      className={classes['sparkline']}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <polygon
        className={classes['area']}
        points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`}
      />
      <polyline className={classes['line']} points={points.join(' ')} />
    </svg>
  );
}
