import { useCallback, useEffect, useRef, useState } from 'react';
import { isSamePage, parseRoute, type Route } from './route.ts';

/** The route, and the way to another one. */
export type Navigation = Readonly<{ route: Route; go: (route: Route) => void }>;

/**
 * Holds the route, each page of it an entry of the browser's history: its buttons go back and
 * forward, and a page that is loaded again is the same one. On another page the focus goes to its heading, which is then read out; back in
 * the list it goes to the vault whose page was left.
 */
export function useRoute(initial: Route): Navigation {
  const [route, setRoute] = useState<Route>(() => parseRoute(history.state) ?? initial);
  const before = useRef(route);
  useEffect(() => {
    const onMove = ({ state }: PopStateEvent) => setRoute(parseRoute(state) ?? initial);
    window.addEventListener('popstate', onMove);
    return () => window.removeEventListener('popstate', onMove);
  }, [initial]);
  useEffect(() => {
    const left = before.current;
    before.current = route;
    if (isSamePage(left, route)) return;
    const vaultId = left.screen === 'vault' && route.screen === 'vaults' ? left.vaultId : null;
    findRow(vaultId)?.scrollIntoView({ block: 'nearest' });
    const target = findRow(vaultId) ?? document.querySelector<HTMLElement>('[data-screen-title]');
    target?.focus();
  }, [route]);
  const go = useCallback((next: Route) => {
    if (isSamePage(before.current, next)) history.replaceState(next, '');
    else history.pushState(next, '');
    setRoute(next);
  }, []);
  return { route, go };
}

function findRow(vaultId: string | null): HTMLElement | null {
  if (vaultId === null) return null;
  return document.querySelector<HTMLElement>(
    `[data-vault-id="${CSS.escape(vaultId)}"] [data-row-focus]`,
  );
}
