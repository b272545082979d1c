import type { VaultSnapshot } from '../../../shared/model/vault.ts';

/** What can be asked for a vault; carried out by whoever shows the list. */
export type VaultActions = Readonly<{
  unlock(vault: VaultSnapshot): void;
  lock(vault: VaultSnapshot): void;
  openFolder(vault: VaultSnapshot): void;
  /** Shows the vault's own page; at its overview where no tab is named. */
  open(vault: VaultSnapshot, tab?: string): void;
  toggleFavourite(vault: VaultSnapshot): void;
  remove(vault: VaultSnapshot): void;
}>;
