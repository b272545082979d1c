import { STAGES, type Stage } from '../../../shared/model/statistics.ts';
import type { StageTimes } from './live-figures.ts';
import classes from './stage-bar.module.css';

/** Share of the bar from which on a part has room for its number. */
const NUMBERED_SHARE = 0.07;

type StageBarProps = Readonly<{ label: string; stages: StageTimes | null }>;

/**
 * The time of a request as one bar, a part for each stage in the order in which a request meets
 * them. Hidden from screen readers: the table beside it says the same.
 */
export function StageBar({ label, stages }: StageBarProps) {
  return (
    <div className={classes['line']} aria-hidden="true">
      <span className={classes['label']}>{label}</span>
      <div className={classes['track']}>
        {stages?.parts
          .filter(({ meanUs }) => meanUs > 0)
          .map(({ stage, meanUs }) => (
            <span
              key={stage}
              className={classes['part']}
              data-stage={stage}
              style={{ flexGrow: meanUs / stages.totalUs }}
            >
              {meanUs / stages.totalUs >= NUMBERED_SHARE && numberOf(stage)}
            </span>
          ))}
      </div>
    </div>
  );
}

/** The colour and number of a stage, as they stand in the bar. */
export function StageMark({ stage }: { stage: Stage }) {
  return (
    <span className={classes['mark']} data-stage={stage} aria-hidden="true">
      {numberOf(stage)}
    </span>
  );
}

/** Tells stages apart for those who do not see the colours. */
function numberOf(stage: Stage): number {
  return STAGES.indexOf(stage) + 1;
}
