import type { JobSnapshot } from '../../../shared/model/job.ts';

import { formatBytes, formatDuration } from '../../i18n/format.ts';
import { t } from '../../i18n/translate.ts';

/** Before this much is done, what is left is guesswork. */
const LEAST_FRACTION = 0.02;
const LEAST_MS = 1000;

/** Says rate and time left of a running job; empty where neither can be known yet. */
export function describePace(job: JobSnapshot, nowMs: number): string {
  const { fraction, totalBytes, phaseStartedMs } = job;
  const elapsedMs = nowMs - phaseStartedMs;
  if (fraction === null || fraction < LEAST_FRACTION || fraction >= 1) return '';
  if (elapsedMs < LEAST_MS) return '';
  const left = t('job.left', {
    time: formatDuration((elapsedMs / fraction) * (1 - fraction)),
  });
  if (totalBytes === null) return left;
  const rate = formatBytes(((fraction * totalBytes) / elapsedMs) * 1000);
  return `${t('performance.perSecond', { size: rate })} · ${left}`;
}
