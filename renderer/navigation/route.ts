/** Screens that need nothing to be named; the one of a vault names it and the tab in view. */
const SCREEN_NAMES = ['vaults', 'create', 'jobs', 'benchmark', 'settings'] as const;
export type ScreenName = (typeof SCREEN_NAMES)[number];

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

/** Returns the route that an entry of the browser's history holds; null where it is none of ours. */
export function parseRoute(state: unknown): Route | null {
  if (typeof state !== 'object' || state === null || !('screen' in state)) return null;
  const screen = SCREEN_NAMES.find((name) => name === state.screen);
  if (screen !== undefined) return { screen };
  if (state.screen !== 'vault' || !('vaultId' in state) || !('tab' in state)) return null;
  const { vaultId, tab } = state;
  return typeof vaultId === 'string' && typeof tab === 'string'
    ? { screen: 'vault', vaultId, tab }
    : null;
}
