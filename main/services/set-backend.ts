import { type BackendChanges, changeFlags, type KernelMount } from '../../shared/model/backend.ts';
import type { SessionDescription } from '../session/session-description.ts';
import type { VaultRecord, VaultRepository } from '../store/vault-repository.ts';
import { refreshMapping } from './tune-kernel.ts';

/**
 * Stores how a vault on the list is to be mounted; flags and implementation of one that the helper
 * has opened change at once.
 *
 * @param session - Of this vault; `undefined` while it is locked.
 * @returns The mapping in force; null where the kernel does not serve the vault.
 * @throws UnsupportedError `flags-refused`, MountError `helper-denied`: then nothing is stored.
 */
export async function setVaultBackend(
  vaults: VaultRepository,
  { record, session }: Readonly<{ record: VaultRecord; session: SessionDescription | undefined }>,
  changes: BackendChanges,
): Promise<KernelMount | null> {
  const isOpen = session?.backend === 'dmcrypt';
  let kernel = session?.kernel ?? null;
  const { flagChanges, ...rest } = changes;
  // Counted on what is in force; the preference may be another one since the mount.
  const flags =
    isOpen && flagChanges !== undefined
      ? changeFlags(kernel?.flags ?? [], flagChanges)
      : rest.flags;
  const wanted = isOpen && flags !== undefined ? { ...rest, flags } : changes;
  if (isOpen && (wanted.flags != null || wanted.driver !== undefined)) {
    kernel = await refreshMapping(session, {
      ...(wanted.flags == null ? {} : { flags: wanted.flags }),
      ...(wanted.driver === undefined ? {} : { driver: wanted.driver ?? 'default' }),
    });
  }
  vaults.preferBackend(record.path, wanted);
  return kernel;
}
