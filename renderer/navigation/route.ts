/** Screens that need nothing to be named; the one of a vault names it and the tab in view. */
export type ScreenName = 'vaults' | 'create' | 'jobs' | 'benchmark' | 'settings';

/** Where the window is. */
export type Route =
  | Readonly<{ screen: ScreenName }>
  | Readonly<{
      screen: 'vault';
      vaultId: string;
      tab: string;
      /** It was just made: a recovery key and a header backup are offered. */
      isNew?: boolean;
    }>;

/** Tells whether two routes show the same page; another tab of a vault is the same page. */
export function isSamePage(one: Route, other: Route): boolean {
  if (one.screen !== 'vault' || other.screen !== 'vault') return one.screen === other.screen;
  return one.vaultId === other.vaultId;
}
