import { useEffect, useRef, useState } from 'react';
import type { JobSnapshot } from '../../../shared/model/job.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { describeEnd } from './job-title.ts';

/**
 * Follows all jobs to their ends: takes those off main's list that leave nothing to show, and
 * returns the last ending in words, for the live region.
 */
export function useJobEndings(jobs: readonly JobSnapshot[]): string {
  const bridge = useBridge();
  const ended = useRef(new Set<string>());
  const [said, setSaid] = useState('');
  useEffect(() => {
    for (const job of jobs) {
      const words = describeEnd(job);
      if (words === null || ended.current.has(job.id)) continue;
      ended.current.add(job.id);
      setSaid(words);
      if (job.state !== 'failed') bridge.send('job.dismiss', { jobId: job.id });
    }
  }, [bridge, jobs]);
  return said;
}
