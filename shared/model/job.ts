import type { WireError } from '../errors/vault-error.ts';

export type JobKind = 'create' | 'unlock' | 'lock' | 'benchmark' | 'key' | 'resize';
export type JobState = 'running' | 'done' | 'failed' | 'cancelled';
/** What a job is doing now, for the progress line. */
export const JOB_PHASES = [
  'starting',
  'allocating',
  'calibrating',
  'deriving',
  'formatting',
  'syncing',
  'mounting',
  'unmounting',
  'measuring',
  'checking',
] as const;
export type JobPhase = (typeof JOB_PHASES)[number];

/** How long a phase of a job took. */
export type PhaseTime = Readonly<{ phase: JobPhase; tookMs: number }>;

export type JobSnapshot = Readonly<{
  id: string;
  kind: JobKind;
  vaultId: string | null;
  /** File name, for the title of the row. */
  subject: string;
  phase: JobPhase;
  /** 0 to 1, or null where the share done is not known. */
  fraction: number | null;
  state: JobState;
  error: WireError | null;
  /** Bytes that the job goes through in a phase with a fraction; null where it counts none. */
  totalBytes: number | null;
  startedMs: number;
  /** When the present phase began: what rate and time left are reckoned from. */
  phaseStartedMs: number;
  /** What took how long, in order: of the phases that are over. */
  phases: readonly PhaseTime[];
  endedMs: number | null;
  /** A person has seen how it ended. */
  isDismissed: boolean;
}>;
