import { useEffect, useState } from 'react';
import type { JobSnapshot } from '../../shared/model/job.ts';
import { useBridge } from '../bridge/bridge-context.tsx';
import { useSnapshot, useStore } from './store-context.tsx';

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
 * Follows jobs one at a time. A failed one is marked as seen, as its error is shown where it was
 * started; in the history it keeps its reason.
 */
export function useJob(onDone: (job: JobSnapshot) => void): FollowedJob {
  const bridge = useBridge();
  const store = useStore();
  const { jobs } = useSnapshot();
  const [jobId, setJobId] = useState<string | null>(null);
  const [isStarting, setStarting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const job = jobId === null ? null : (store.findJob(jobId) ?? null);
  // One that left the list while it ran, as far as was seen, has ended in between: well.
  const isOver = job !== null && (job.state !== 'running' || !jobs.some(({ id }) => id === job.id));

  useEffect(() => {
    if (job === null || !isOver) return;
    setJobId(null);
    if (job.state === 'failed') {
      setError(job.error);
      bridge.send('job.dismiss', { jobId: job.id });
    } else if (job.state !== 'cancelled') {
      onDone(job);
    }
  }, [bridge, isOver, job, onDone]);

  // Known as soon as main says so: no other part of the window shows the failure in between.
  const failure = job?.state === 'failed' ? job.error : null;
  return {
    job,
    isRunning: isStarting || (jobId !== null && !isOver),
    error: failure ?? error,
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
