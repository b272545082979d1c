import type { JobSnapshot, JobState } from '../../../shared/model/job.ts';
import { errorWords } from '../../i18n/error-words.ts';
import { t } from '../../i18n/translate.ts';

const WORDS = {
  running: 'job',
  done: 'job.done',
  failed: 'job.failed',
  cancelled: 'job.cancelled',
} as const satisfies Readonly<Record<JobState, string>>;

/** Says what a job does, has done, could not do or was kept from doing, and to which vault. */
export function jobTitle({ kind, state, subject }: JobSnapshot): string {
  return t(`${WORDS[state]}.${kind}`, { subject });
}

/** Says how a job ended, for reading out; null while it runs. */
export function describeEnd(job: JobSnapshot): string | null {
  if (job.state === 'running') return null;
  const title = jobTitle(job);
  if (job.state !== 'failed') return title;
  return t('job.said.failed', { title, reason: errorWords(job.error).title });
}
