import { useEffect, useRef, useState } from 'react';
import type { JobSnapshot } from '../../../shared/model/job.ts';
import { describeEnd } from './job-title.ts';

/**
 * Follows all jobs to their ends and returns the last ending in words, for the live region. What
 * had ended before the window was there is not news.
 */
export function useJobEndings(jobs: readonly JobSnapshot[]): string {
  const [told] = useState(() => new Set(jobs.filter(isOver).map(({ id }) => id)));
  const known = useRef(told);
  const [said, setSaid] = useState('');
  useEffect(() => {
    for (const job of jobs) {
      const words = describeEnd(job);
      if (words === null || known.current.has(job.id)) continue;
      known.current.add(job.id);
      setSaid(words);
    }
  }, [jobs]);
  return said;
}

function isOver({ state }: JobSnapshot): boolean {
  return state !== 'running';
}
