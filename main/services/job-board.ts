import { randomUUID } from 'node:crypto';
import {
  StateError,
  toWireError,
  VaultError,
  type WireError,
} from '../../shared/errors/vault-error.ts';
import type { JobSnapshot } from '../../shared/model/job.ts';
import type { Progress } from './vault-operations.ts';

type Job = { snapshot: JobSnapshot; readonly abort: AbortController };

/**
 * What a job does: its progress goes to the board, with the vault that it has made, and the signal
 * ends it.
 */
export type JobWork = (
  progress: Progress &
    Required<Pick<Progress, 'onPhase' | 'signal'>> &
    Readonly<{ onVault(vaultId: string): void }>,
) => Promise<void>;

/** Ended jobs that the history keeps; the oldest goes first. */
const KEPT_JOBS = 50;

/** The long operations of this process: those that run, and the history of those that ended. */
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

  /** Tells whether a vault has a job; one that makes it has not begun anything on the vault itself. */
  hasOne(vaultId: string): boolean {
    return this.list().some(
      (job) => job.vaultId === vaultId && job.kind !== 'create' && job.state === 'running',
    );
  }

  /** Tells which way a vault is going just now; null where neither way. */
  transitionOf(vaultId: string): 'unlocking' | 'locking' | null {
    const running = this.list().filter((job) => job.vaultId === vaultId && job.state === 'running');
    if (running.some(({ kind }) => kind === 'unlock')) return 'unlocking';
    return running.some(({ kind }) => kind === 'lock') ? 'locking' : null;
  }

  /** Returns why the last job of a vault failed, until that is dismissed. */
  lastError(vaultId: string): WireError | null {
    const last = this.list().findLast((job) => job.vaultId === vaultId);
    return last === undefined || last.isDismissed ? null : last.error;
  }

  /** Starts a job and returns its id; `ended` settles with the board, and never rejects. */
  start(
    subject: Pick<JobSnapshot, 'kind' | 'vaultId' | 'subject' | 'totalBytes'>,
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
        phaseStartedMs: Date.now(),
        phases: [],
        endedMs: null,
        isDismissed: false,
      },
    };
    this.#supersede(job.snapshot);
    this.#jobs.set(id, job);
    this.#onChange();
    return { id, ended: this.#run(job, work) };
  }

  async #run(job: Job, work: JobWork): Promise<JobSnapshot> {
    try {
      await work({
        signal: job.abort.signal,
        onVault: (vaultId) => this.#update(job, { vaultId }),
        onPhase: (phase, fraction) => {
          const isNew = phase !== job.snapshot.phase;
          this.#update(job, isNew ? { ...nextPhase(job.snapshot), phase, fraction } : { fraction });
        },
      });
      this.#end(job, { state: 'done', fraction: 1 });
    } catch (error) {
      const isCancelled = error instanceof VaultError && error.code === 'cancelled';
      this.#end(job, {
        state: isCancelled ? 'cancelled' : 'failed',
        error: isCancelled ? null : toWireError(error),
      });
    }
    return job.snapshot;
  }

  /** @throws StateError `vault-unknown` where there is no such job. */
  cancel(jobId: string): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined) throw new StateError('vault-unknown', {});
    job.abort.abort();
  }

  /** Marks an ended job as seen; a running one stays as it is. */
  dismiss(jobId: string): void {
    const job = this.#jobs.get(jobId);
    if (job === undefined || job.snapshot.state === 'running') return;
    this.#update(job, { isDismissed: true });
  }

  /** Forgets every ended job. */
  clear(): void {
    for (const { id, state } of this.list()) if (state !== 'running') this.#jobs.delete(id);
    this.#onChange();
  }

  /** Ends every running job. */
  cancelAll(): void {
    for (const job of this.#jobs.values()) job.abort.abort();
  }

  /** Whoever tries again has seen why the same did not succeed before. */
  #supersede({ kind, vaultId, subject }: JobSnapshot): void {
    for (const job of this.#jobs.values()) {
      const before = job.snapshot;
      const isSame =
        before.kind === kind && before.vaultId === vaultId && before.subject === subject;
      if (isSame && before.state === 'failed') job.snapshot = { ...before, isDismissed: true };
    }
  }

  #end(job: Job, changes: Partial<JobSnapshot>): void {
    const ended = this.list().filter(({ state }) => state !== 'running');
    for (const { id } of ended.slice(0, ended.length - KEPT_JOBS + 1)) this.#jobs.delete(id);
    const { phaseStartedMs: endedMs, phases } = nextPhase(job.snapshot);
    this.#update(job, { ...changes, phases, endedMs });
  }

  #update(job: Job, changes: Partial<JobSnapshot>): void {
    job.snapshot = { ...job.snapshot, ...changes };
    this.#onChange();
  }
}

/** What changes where the present phase of a job ends now. */
function nextPhase({
  phase,
  phases,
  phaseStartedMs,
}: JobSnapshot): Pick<JobSnapshot, 'phases' | 'phaseStartedMs'> {
  const nowMs = Date.now();
  return {
    phases: [...phases, { phase, tookMs: nowMs - phaseStartedMs }],
    phaseStartedMs: nowMs,
  };
}
