import { useEffect, useRef, useState } from 'react';
import type { JobSnapshot } from '../../shared/model/job.ts';
import { useBridge } from '../bridge/bridge-context.tsx';
import { useSnapshot } from './store-context.tsx';

/** A job that one dialog or page started and follows to its end. */
export type FollowedJob = Readonly<{
  /** Null before the first start, and from the end on. */
  job: JobSnapshot | null;
  isRunning: boolean;
  /** Why the last start was refused or the job failed; null while one runs. */
  error: unknown;
  /** Starts a job by a command that answers with its id. */
  start(command: () => Promise<Readonly<{ jobId: string }>>): Promise<void>;
  cancel(): void;
}>;

/**
 * Follows jobs one at a time. A failed one is taken off main's list, as its error is shown where it
 * was started.
 */
export function useJob(onDone: () => void): FollowedJob {
  const bridge = useBridge();
  const { jobs } = useSnapshot();
  const [jobId, setJobId] = useState<string | null>(null);
  const [isStarting, setStarting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const seenId = useRef<string | null>(null);
  const job = jobs.find(({ id }) => id === jobId) ?? null;

  useEffect(() => {
    if (jobId === null) return;
    if (job !== null) seenId.current = jobId;
    // One that was seen and is gone has ended well: another window took it off the list.
    const isOver = job === null ? seenId.current === jobId : job.state !== 'running';
    if (!isOver) return;
    setJobId(null);
    if (job?.state === 'failed') {
      setError(job.error);
      bridge.send('job.dismiss', { jobId });
    } else if (job?.state !== 'cancelled') {
      onDone();
    }
  }, [bridge, job, jobId, onDone]);

  return {
    job,
    isRunning: isStarting || jobId !== null,
    error,
    async start(command) {
      setStarting(true);
      setError(null);
      try {
        setJobId((await command()).jobId);
      } catch (reason) {
        setError(reason);
      } finally {
        setStarting(false);
      }
    },
    cancel() {
      if (jobId !== null) bridge.send('job.cancel', { jobId });
    },
  };
}
