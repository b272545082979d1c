import type { AppSnapshot } from '../../shared/model/app.ts';
import type { JobSnapshot } from '../../shared/model/job.ts';
import { shareUnchanged } from './share-unchanged.ts';

/** Jobs remembered after they left main's list; the oldest is forgotten first. */
const REMEMBERED_JOBS = 64;

/** Read-only mirror of main's snapshots, as `useSyncExternalStore` wants it. */
export interface AppStore {
  getSnapshot(): AppSnapshot;
  subscribe(listener: () => void): () => void;
  /**
   * Returns a job as it was last seen, also one that has left main's list since: it may end and
   * leave before the answer that names it has arrived.
   */
  findJob(jobId: string): JobSnapshot | undefined;
  /** Takes a snapshot in; one that is older than what is held is dropped. */
  accept(snapshot: AppSnapshot): void;
}

/** Returns a mirror that starts with `initial`. */
export function createAppStore(initial: AppSnapshot): AppStore {
  const listeners = new Set<() => void>();
  const seenJobs = new Map<string, JobSnapshot>();
  let held = initial;
  const rememberJobs = () => {
    for (const job of held.jobs) {
      seenJobs.delete(job.id);
      seenJobs.set(job.id, job);
    }
    for (const id of [...seenJobs.keys()].slice(0, -REMEMBERED_JOBS)) seenJobs.delete(id);
  };
  rememberJobs();
  return {
    getSnapshot: () => held,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    findJob: (jobId) => seenJobs.get(jobId),
    accept(snapshot) {
      if (snapshot.revision <= held.revision) return;
      held = { ...snapshot, vaults: shareUnchanged(held.vaults, snapshot.vaults) };
      rememberJobs();
      for (const listener of listeners) listener();
    },
  };
}
