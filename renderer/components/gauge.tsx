import classes from './gauge.module.css';

const SIZE = 88;
const CENTRE = SIZE / 2;
const RADIUS = 36;
/** Three quarters of a circle, open below. */
const ARC_DEGREES = 270;
const LENGTH = (2 * Math.PI * RADIUS * ARC_DEGREES) / 360;

type GaugeProps = Readonly<{
  /** 0 to 1. */
  fraction: number;
  /** The same in words, inside the arc. */
  text: string;
}>;

/** A share as an arc. Hidden from screen readers but for its text. */
export function Gauge({ fraction, text }: GaugeProps) {
  const filled = LENGTH * Math.min(1, Math.max(0, fraction));
  const arc = {
    cx: CENTRE,
    cy: CENTRE,
    r: RADIUS,
    transform: `rotate(135 ${CENTRE} ${CENTRE})`,
  };
  return (
    <div className={classes['gauge']}>
      <svg width={SIZE} height={SIZE} aria-hidden="true" focusable="false">
        <circle {...arc} className={classes['track']} strokeDasharray={`${LENGTH} 999`} />
        <circle {...arc} className={classes['filled']} strokeDasharray={`${filled} 999`} />
      </svg>
      <span className={classes['text']}>{text}</span>
    </div>
  );
}
