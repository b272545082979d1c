import type { AppSnapshot } from '../../shared/model/app.ts';
import type { JobSnapshot } from '../../shared/model/job.ts';
import type { AppWords } from './app-words.ts';

/** A notification of the system. */
export type Notice = Readonly<{ title: string; body: string }>;

/**
 * Finds what a newer snapshot has that is worth a notification: work that failed while nobody was
 * looking at it. The reason is in the window.
 */
export class JobNotices {
  readonly #told = new Set<string>();

  /** @param isWatched - Somebody looks at the window, which shows it already. */
  take({ jobs }: AppSnapshot, words: AppWords, isWatched: boolean): readonly Notice[] {
    const fresh = jobs.filter(({ id, state }) => state === 'failed' && !this.#told.has(id));
    for (const { id } of fresh) this.#told.add(id);
    return isWatched ? [] : fresh.map((job) => ({ title: 'Lockline', body: bodyOf(job, words) }));
  }
}

function bodyOf({ subject, error }: JobSnapshot, words: AppWords): string {
  return error?.code === 'unmount-busy' ? words.stillInUse(subject) : words.jobFailed(subject);
}
