import type { WireError } from '../../shared/errors/vault-error.ts';
import type { BenchmarkReport } from '../../shared/model/benchmark.ts';
import type { FilesystemReport } from '../../shared/model/filesystem-check.ts';
import type { JobPhase } from '../../shared/model/job.ts';
import type { KdfEstimate } from '../../shared/model/kdf-estimate.ts';
import type { HeaderResults } from './header-requests.ts';
import type { KeyResults } from './key-requests.ts';
import type { SessionDescription } from './session-description.ts';

/** What each verb of a vault process answers. */
export type SessionResults = KeyResults &
  HeaderResults & {
    create: Readonly<{ uuid: string; containerBytes: number }>;
    test: Readonly<{ keyslotId: number }>;
    fsck: FilesystemReport;
    estimate: KdfEstimate;
    bench: BenchmarkReport;
    mount: SessionDescription;
    nbd: SessionDescription;
  };

/** Receives what a long operation does now, and the share done (0 to 1) where it is known. */
export type OnPhase = (phase: JobPhase, fraction: number | null) => void;

/** What a vault process says on its event pipe: one JSON document a line. */
export type SessionEvent =
  | Readonly<{ event: 'phase'; phase: JobPhase; fraction: number | null }>
  | Readonly<{ event: 'done'; result: SessionResults[keyof SessionResults] }>
  | Readonly<{ event: 'failed'; error: WireError }>;
