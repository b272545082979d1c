import { StateError } from '../../shared/errors/vault-error.ts';
import type { KernelFlagName } from '../../shared/model/dmcrypt.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { type ArmVerdict, compareArms, type Round } from './compare-arms.ts';
import { DirectLoad } from './direct-load.ts';
import { findSessionOfContainer } from './open-sessions.ts';
import { refreshMapping } from './tune-kernel.ts';

const ROUNDS = 5;
/** Before each round, not counted: queues and caches settle. */
const SETTLE_MS = 200;

/** Two sets of flags measured in turn on the live mapping, and which of them is in force now. */
export type FlagMeasurement = Readonly<{
  before: readonly KernelFlagName[];
  after: readonly KernelFlagName[];
  verdict: ArmVerdict;
  kept: readonly KernelFlagName[];
}>;

/**
 * Measures the advised flags against those in force, in turn, on a vault that the helper has opened,
 * under a load of its own. The advised ones stay only where they win outside the noise; else what
 * was in force is again. A win is remembered for the vault's next mount.
 *
 * @param advised - What is to be tried.
 * @throws StateError `not-mounted`; `backend-unsuited`; DeviceError `no-space`, `read-only`
 */
export async function measureFlags(
  vaults: VaultRepository,
  path: string,
  advised: readonly KernelFlagName[],
  { roundMs, signal }: Readonly<{ roundMs: number; signal?: AbortSignal }>,
): Promise<FlagMeasurement> {
  const session = requireKernelSession(path);
  const before = session.kernel.flags;
  const after = advised;
  const rounds: { before: Round[]; after: Round[] } = { before: [], after: [] };
  let kept = before;
  try {
    using load = new DirectLoad(session.mountPoint);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const arm of ['before', 'after'] as const) {
        if (signal?.aborted === true) throw new StateError('cancelled', {});
        await refreshMapping(session, { flags: arm === 'before' ? before : after });
        load.run(SETTLE_MS);
        rounds[arm].push(load.run(roundMs));
      }
    }
    const verdict = compareArms(rounds.before, rounds.after);
    if (verdict.isWin) {
      kept = after;
      vaults.preferBackend(path, { flags: after });
    }
    return { before, after, verdict, kept };
  } finally {
    await refreshMapping(session, { flags: kept });
  }
}

function requireKernelSession(
  path: string,
): SessionDescription & { kernel: NonNullable<SessionDescription['kernel']> } {
  const session = findSessionOfContainer(path);
  if (session === undefined) throw new StateError('not-mounted', { path });
  const { kernel } = session;
  if (kernel === undefined || session.backend !== 'dmcrypt') {
    throw new StateError('backend-unsuited', {});
  }
  return { ...session, kernel };
}
