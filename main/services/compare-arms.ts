/** One round of a measurement. */
export type Round = Readonly<{
  bytesPerSecond: number;
  /** 99th percentile of the time that a request took, microseconds. */
  p99Us: number;
}>;

/** What the rounds of one arm come to. */
export type ArmSummary = Readonly<{
  meanBytesPerSecond: number;
  /** Half the width of the 95 % confidence interval of the mean. */
  marginBytesPerSecond: number;
  /** Median of the rounds' 99th percentiles. */
  p99Us: number;
}>;

export type ArmVerdict = Readonly<{
  before: ArmSummary;
  after: ArmSummary;
  /** Throughput of `after` over that of `before`, less one. */
  gain: number;
  isWin: boolean;
}>;

/** Below this a win is not worth a change. */
export const WIN_THRESHOLD = 0.05;
/** Slower last percent than before: no win, whatever the mean. */
const P99_TOLERANCE = 1.05;
/** Two-sided 95 % quantiles of Student's distribution, by degrees of freedom from 1. */
const STUDENT_95 = [12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];
const NORMAL_95 = 1.96;

/**
 * Compares two arms whose rounds were run in turn.
 *
 * @returns A win where the mean is better by 5 % or more, the intervals do not overlap, and the last
 * percent of requests is no slower.
 */
export function compareArms(before: readonly Round[], after: readonly Round[]): ArmVerdict {
  const arms = { before: summarise(before), after: summarise(after) };
  const gain = arms.after.meanBytesPerSecond / arms.before.meanBytesPerSecond - 1;
  const isApart =
    arms.after.meanBytesPerSecond - arms.after.marginBytesPerSecond >
    arms.before.meanBytesPerSecond + arms.before.marginBytesPerSecond;
  const isAsPrompt = arms.after.p99Us <= arms.before.p99Us * P99_TOLERANCE;
  return { ...arms, gain, isWin: gain >= WIN_THRESHOLD && isApart && isAsPrompt };
}

function summarise(rounds: readonly Round[]): ArmSummary {
  const count = rounds.length;
  const mean = rounds.reduce((sum, round) => sum + round.bytesPerSecond, 0) / count;
  const squares = rounds.reduce((sum, round) => sum + (round.bytesPerSecond - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, count - 1));
  const quantile = STUDENT_95[count - 2] ?? NORMAL_95;
  const p99s = rounds.map(({ p99Us }) => p99Us).sort((a, b) => a - b);
  return {
    meanBytesPerSecond: mean,
    marginBytesPerSecond: (quantile * deviation) / Math.sqrt(count),
    p99Us: p99s[Math.floor(count / 2)] ?? 0,
  };
}
