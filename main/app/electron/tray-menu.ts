import type { MenuItemConstructorOptions } from 'electron/main';
import type { AppSnapshot } from '../../../shared/model/app.ts';
import type { VaultSnapshot } from '../../../shared/model/vault.ts';
import type { AppWords } from '../app-words.ts';

/** What the entries of the tray's menu do. */
export type TrayActions = Readonly<{
  show(): void;
  /** Shows the window with the vault's unlock dialog. */
  unlock(vaultId: string): void;
  lock(vaultId: string): void;
  openFolder(mountPoint: string): void;
  lockAll(): void;
  quit(): void;
}>;

/** Locked vaults in the menu; favourites first. A longer menu is slower than the window. */
const MAXIMUM_LOCKED = 8;

/** Returns the tray's menu: mounted vaults, favourites to unlock, lock all, quit. */
export function trayMenu(
  snapshot: AppSnapshot,
  words: AppWords,
  actions: TrayActions,
): readonly MenuItemConstructorOptions[] {
  const mounted = snapshot.vaults.filter(({ state }) => state === 'mounted');
  const favourites = snapshot.vaults
    .filter(({ state, options }) => state === 'locked' && options.isFavourite)
    .slice(0, MAXIMUM_LOCKED);
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return [
    { label: words.show, click: () => actions.show() },
    separator,
    ...mounted.flatMap((vault) => mountedEntries(vault, words, actions)),
    ...favourites.map(({ id, name }) => ({
      label: words.unlockNamed(name),
      click: () => actions.unlock(id),
    })),
    ...(mounted.length + favourites.length > 0 ? [separator] : []),
    { label: words.lockAll, enabled: mounted.length > 0, click: () => actions.lockAll() },
    { label: words.quit, click: () => actions.quit() },
  ];
}

function mountedEntries(
  { id, name, mountPoint, backend }: VaultSnapshot,
  words: AppWords,
  actions: TrayActions,
): readonly MenuItemConstructorOptions[] {
  const open =
    mountPoint === null || backend === 'nbd'
      ? []
      : [{ label: words.openNamed(name), click: () => actions.openFolder(mountPoint) }];
  return [...open, { label: words.lockNamed(name), click: () => actions.lock(id) }];
}

/** Says in a line what is mounted. */
export function trayToolTip({ vaults }: AppSnapshot, words: AppWords): string {
  const count = vaults.filter(({ state }) => state === 'mounted').length;
  return count === 0 ? words.noneMounted : words.someMounted(count);
}
