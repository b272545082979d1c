import type { EngineChanges, EngineSnapshot } from '../../shared/model/engine.ts';
import { callSession } from '../session/control-client.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRepository } from '../store/vault-repository.ts';
import { requireSession } from './open-sessions.ts';

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
  const engine = await callSession(session, { verb: 'tune', changes });
  const { path, uuid, label } = session;
  vaults.remember(path, { uuid, label });
  vaults.preferEngine(path, changes);
  return { session, engine };
}
