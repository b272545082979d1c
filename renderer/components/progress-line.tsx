import { Progress } from '@mantine/core';
import classes from './progress-line.module.css';

type ProgressLineProps = Readonly<{
  label: string;
  /** What is being done, such as "Formatting". */
  phase: string;
  /** 0 to 1, or null where the share done is not known. */
  fraction: number | null;
  /** Rate and time left, where they are known. */
  pace?: string;
}>;

/** A bar with words and percent; one of unknown length moves without a figure. */
export function ProgressLine({ label, phase, fraction, pace = '' }: ProgressLineProps) {
  const percent = fraction === null ? null : Math.round(fraction * 100);
  return (
    <div className={classes['line']}>
      <Progress.Root size="sm" radius="xl">
        <Progress.Section
          value={percent ?? 100}
          striped={percent === null}
          animated={percent === null}
          aria-label={label}
          aria-valuetext={percent === null ? phase : `${phase}, ${percent} %`}
        />
      </Progress.Root>
      <div className={classes['words']}>
        <span>{pace === '' ? phase : `${phase} · ${pace}`}</span>
        {percent !== null && <span>{percent} %</span>}
      </div>
    </div>
  );
}
