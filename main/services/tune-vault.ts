import { StateError } from '../../shared/errors/vault-error.ts';
import { type KernelMount, kernelEngine } from '../../shared/model/backend.ts';
import type { EngineChanges, EngineSnapshot } from '../../shared/model/engine.ts';
import { callSession } from '../session/control-client.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { requireSession } from './open-sessions.ts';
import { tuneKernel } from './tune-kernel.ts';

/**
 * The kernel's engine in the words of ours: inline is the flag of that direction, threaded its
 * absence. Providers and threads are the kernel's business.
 */
async function tuneMapping(
  vaults: VaultRepository,
  fileOrFolder: string,
  present: KernelMount,
  changes: EngineChanges,
): Promise<TunedVault> {
  if (changes.provider != null || changes.threads != null) {
    throw new StateError('backend-unsuited', {});
  }
  const flags = new Set(present.flags);
  for (const [flag, mode] of [
    ['no_read_workqueue', changes.read],
    ['no_write_workqueue', changes.write],
  ] as const) {
    if (mode === 'inline') flags.add(flag);
    else if (mode === 'threaded') flags.delete(flag);
  }
  const { session, kernel } = await tuneKernel(vaults, fileOrFolder, { flags: [...flags] });
  return { session, engine: kernelEngine(kernel) };
}

/** A vault whose engine was changed. */
export type TunedVault = Readonly<{ session: SessionDescription; engine: EngineSnapshot }>;

/**
 * Changes the engine of a mounted vault while it is in use, and remembers the change for its next
 * mount.
 *
 * @param fileOrFolder - The container or its mount point; absolute.
 * @param changes - What is not named stays as it is; `null` leaves the choice to Lockline again.
 * @throws StateError `not-mounted`
 */
export async function tuneVault(
  vaults: VaultRepository,
  fileOrFolder: string,
  changes: EngineChanges,
): Promise<TunedVault> {
  const session = requireSession(fileOrFolder);
  if (session.kernel !== undefined)
    return tuneMapping(vaults, fileOrFolder, session.kernel, changes);
  const engine = await callSession(session, { verb: 'tune', changes });
  const { path, uuid, label } = session;
  vaults.remember(path, { uuid, label });
  vaults.preferEngine(path, changes);
  return { session, engine };
}
