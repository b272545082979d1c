import type { VaultSnapshot } from '../../../shared/model/vault.ts';

/** What can be asked for a vault; carried out by whoever shows the list. */
export type VaultActions = Readonly<{
  unlock(vault: VaultSnapshot): void;
  lock(vault: VaultSnapshot): void;
  openFolder(vault: VaultSnapshot): void;
  showDetails(vault: VaultSnapshot): void;
  /** Where the crypto runs, and how fast it is. */
  showPerformance(vault: VaultSnapshot): void;
  remove(vault: VaultSnapshot): void;
}>;
