import type { EngineChanges, EngineSnapshot } from '../../shared/model/engine.ts';
import type { Settings } from '../../shared/model/settings.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRecord, VaultRepository } from '../store/vault-repository.ts';
import { tuneVault } from './tune-vault.ts';

/**
 * Changes the engine of a vault on the list: in force at once where it is mounted, and from the
 * next unlock where it is not.
 *
 * @param session - Of this vault; `undefined` while it is locked.
 * @returns The engine in force; null while the vault is locked.
 */
export async function tuneKnownVault(
  vaults: VaultRepository,
  { record, session }: Readonly<{ record: VaultRecord; session: SessionDescription | undefined }>,
  changes: EngineChanges,
  settings: Settings,
): Promise<EngineSnapshot | null> {
  const tuned =
    session && (await tuneVault(vaults, session.mountPoint, withSettings(changes, settings)));
  // What is left to the settings is stored as that, and follows them from the next unlock on.
  vaults.preferEngine(record.path, changes);
  return tuned?.engine ?? null;
}

/** The vault process does not know the settings: what is left to them goes there in full. */
function withSettings(changes: EngineChanges, settings: Settings): EngineChanges {
  return {
    ...changes,
    ...(changes.read === null ? { read: settings.readEngine } : {}),
    ...(changes.write === null ? { write: settings.writeEngine } : {}),
    ...(changes.provider === null ? { provider: settings.provider } : {}),
    ...(changes.threads === null ? { threads: settings.threads } : {}),
  };
}
