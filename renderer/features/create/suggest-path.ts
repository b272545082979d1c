import type { VaultSnapshot } from '../../../shared/model/vault.ts';

/** Returns a path for a new vault that no known one has: `Vault.luks`, `Vault 2.luks` and so on. */
export function suggestPath(
  folder: string,
  vaults: readonly Pick<VaultSnapshot, 'path'>[],
): string {
  const taken = new Set(vaults.map(({ path }) => path));
  const pathOf = (number: number) => `${folder}/${number === 1 ? 'Vault' : `Vault ${number}`}.luks`;
  let number = 1;
  while (taken.has(pathOf(number))) number += 1;
  return pathOf(number);
}
