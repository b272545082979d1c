import { useEffect } from 'react';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import type { VaultActions } from './vault-actions.ts';
import { canUnlock } from './vault-state.ts';

const ROW = '[data-vault-id]';
const ROW_FOCUS = '[data-row-focus]';

/**
 * Keys on the vault that has the focus: arrows move between vaults, one letter acts on this one.
 * Nothing happens while the focus is anywhere else, so the letters get in nobody's way.
 */
export function useRowKeys(vaults: readonly VaultSnapshot[], actions: VaultActions): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
      const row = document.activeElement?.closest<HTMLElement>(ROW);
      const vault = vaults.find(({ id }) => id === row?.dataset['vaultId']);
      if (row === null || row === undefined || vault === undefined) return;
      if (moveFocus(row, event.key) || act(vault, event.key, actions)) event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [vaults, actions]);
}

function moveFocus(row: Element, key: string): boolean {
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return false;
  const next = key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling;
  next?.querySelector<HTMLElement>(ROW_FOCUS)?.focus();
  return true;
}

function act(vault: VaultSnapshot, key: string, actions: VaultActions): boolean {
  const isMounted = vault.state === 'mounted';
  const commands: Readonly<Record<string, (() => void) | false>> = {
    u: canUnlock(vault.state) && (() => actions.unlock(vault)),
    l: isMounted && (() => actions.lock(vault)),
    o: isMounted && (() => actions.openFolder(vault)),
    d: () => actions.open(vault),
    p: () => actions.open(vault, 'performance'),
    f: () => actions.toggleFavourite(vault),
  };
  const command = commands[key.toLowerCase()];
  if (!command) return false;
  command();
  return true;
}
