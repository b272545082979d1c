import { randomUUID } from 'node:crypto';
import {
  StateError,
  toWireError,
  VaultError,
  type WireError,
} from '../../shared/errors/vault-error.ts';
import type { JobKind, JobSnapshot } from '../../shared/model/job.ts';
import type { Progress } from './vault-operations.ts';

type Job = { snapshot: JobSnapshot; readonly abort: AbortController };

/** What a job does: its progress goes to the board, and the signal ends it. */
export type JobWork = (
  progress: Progress & Required<Pick<Progress, 'onPhase' | 'signal'>>,
) => Promise<void>;

const KEEP_FINISHED_MS = 3_000;

/** The long operations of this process, running and just ended. A failed one stays until dismissed. */
export class JobBoard {
  readonly #jobs = new Map<string, Job>();
  readonly #onChange: () => void;

  /** @param onChange - Called after each change. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  list(): readonly JobSnapshot[] {
    return [...this.#jobs.values()].map((job) => job.snapshot);
  }

  /** Tells whether a job of this kind runs on a vault. */
  isRunning(vaultId: string, kind: JobKind): boolean {
    return this.list().some(
      (job) => job.vaultId === vaultId && job.kind === kind && job.state === 'running',
    );
  }

  /** Returns why the last failed job of a vault failed, until it is dismissed. */
  lastError(vaultId: string): WireError | null {
    return this.list().findLast((job) => job.vaultId === vaultId)?.error ?? null;
  }

  /** Starts a job and returns its id; `ended` settles with the board, and never rejects. */
  start(
    subject: Readonly<{ kind: JobKind; vaultId: string | null; subject: string }>,
    work: JobWork,
  ): Readonly<{ id: string; ended: Promise<JobSnapshot> }> {
    const id = randomUUID();
    const job: Job = {
      abort: new AbortController(),
      snapshot: {
        id,
        ...subject,
        phase: 'starting',
        fraction: null,
        state: 'running',
        error: null,
        startedMs: Date.now(),
      },
    };
    this.#jobs.set(id, job);
    this.#onChange();
    return { id, ended: this.#run(job, work) };
  }

  async #run(job: Job, work: JobWork): Promise<JobSnapshot> {
    try {
      await work({
        signal: job.abort.signal,
        onPhase: (phase, fraction) => this.#update(job, { phase, fraction }),
      });
      this.#update(job, { state: 'done', fraction: 1 });
      this.#dismissLater(job);
    } catch (error) {
      const isCancelled = error instanceof VaultError && error.code === 'cancelled';
      this.#update(job, {
        state: isCancelled ? 'cancelled' : 'failed',
        error: isCancelled ? null : toWireError(error),
      });
      if (isCancelled) this.#dismissLater(job);
    }
    return job.snapshot;
  }

  /** @throws StateError `vault-unknown` where there is no such job. */
  cancel(jobId: string): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) throw new StateError('vault-unknown', {});
    job.abort.abort();
  }

  /** Takes an ended job off the board; a running one stays. */
  dismiss(jobId: string): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined || job.snapshot.state === 'running') return;
    this.#jobs.delete(jobId);
    this.#onChange();
  }

  /** Ends every running job. */
  cancelAll(): void {
    for (const job of this.#jobs.values()) job.abort.abort();
  }

  #dismissLater(job: Job): void {
    setTimeout(() => this.dismiss(job.snapshot.id), KEEP_FINISHED_MS).unref();
  }

  #update(job: Job, changes: Partial<JobSnapshot>): void {
    job.snapshot = { ...job.snapshot, ...changes };
    this.#onChange();
  }
}
