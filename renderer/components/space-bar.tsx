import { VisuallyHidden } from '@mantine/core';
import classes from './space-bar.module.css';

type SpaceBarProps = Readonly<{
  /** What the bar measures, for screen readers. */
  label: string;
  /** The same in figures, shown below. */
  text: string;
  /** 0 to 1; more is shown as full and too much. */
  fraction: number;
}>;

/** Above this share a bar warns. */
const NEARLY_FULL = 0.9;

/** A thin bar of used or claimed space, with its figures. */
export function SpaceBar({ label, text, fraction }: SpaceBarProps) {
  const tone = fraction > 1 ? 'bad' : fraction > NEARLY_FULL ? 'warn' : 'good';
  const percent = Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return (
    <div className={classes['space']}>
      <VisuallyHidden>
        <meter aria-label={label} min={0} max={100} value={percent}>
          {text}
        </meter>
      </VisuallyHidden>
      <div className={classes['track']} aria-hidden="true">
        <div className={classes['fill']} data-tone={tone} style={{ width: `${percent}%` }} />
      </div>
      <span className={classes['text']}>{text}</span>
    </div>
  );
}
