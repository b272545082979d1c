import type { VaultSnapshot } from '../../../shared/model/vault.ts';

/** Parts of the list. */
export const VAULT_FILTERS = ['all', 'mounted', 'favourites'] as const;
export type VaultFilter = (typeof VAULT_FILTERS)[number];

/**
 * Returns the vaults of a part of the list in which every word of `search` occurs, in name, path or
 * label: favourites first, then what is open, each as main orders them: the last used first.
 */
export function findVaults(
  vaults: readonly VaultSnapshot[],
  filter: VaultFilter,
  search: string,
): readonly VaultSnapshot[] {
  const words = fold(search).split(/\s+/).filter(Boolean);
  return vaults
    .filter((vault) => isIn(vault, filter) && hasWords(vault, words))
    .toSorted((one, other) => rankOf(one) - rankOf(other));
}

function isIn({ state, options }: VaultSnapshot, filter: VaultFilter): boolean {
  if (filter === 'favourites') return options.isFavourite;
  return filter === 'all' || state === 'mounted' || state === 'locking';
}

function hasWords({ name, path, label }: VaultSnapshot, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = fold(`${name} ${path} ${label ?? ''}`);
  return words.every((word) => text.includes(word));
}

/** Case and accents do not count: `zoe` finds `Zoë`. */
function fold(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
}

function rankOf({ options, state }: VaultSnapshot): number {
  return (options.isFavourite ? 0 : 2) + (state === 'mounted' || state === 'locking' ? 0 : 1);
}
