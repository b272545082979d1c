import type { JobSnapshot } from '../../../shared/model/job.ts';
import { errorWords } from '../../i18n/error-words.ts';
import { t } from '../../i18n/translate.ts';

/** Says what a job does and to which vault. */
export function jobTitle({ kind, subject }: JobSnapshot): string {
  return t(`job.${kind}`, { subject });
}

/** Says how a job ended, for reading out; null while it runs. */
export function describeEnd(job: JobSnapshot): string | null {
  if (job.state === 'running') return null;
  if (job.state === 'done') return t(`job.said.done.${job.kind}`, { subject: job.subject });
  const title = jobTitle(job);
  if (job.state === 'cancelled') return t('job.said.cancelled', { title });
  return t('job.said.failed', { title, reason: errorWords(job.error).title });
}
