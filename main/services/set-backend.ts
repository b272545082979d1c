import type { BackendChanges, KernelMount } from '../../shared/model/backend.ts';
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
  if (isOpen && (changes.flags != null || changes.driver !== undefined)) {
    kernel = await refreshMapping(session, {
      ...(changes.flags == null ? {} : { flags: changes.flags }),
      ...(changes.driver === undefined ? {} : { driver: changes.driver ?? 'default' }),
    });
  }
  vaults.preferBackend(record.path, changes);
  return kernel;
}
