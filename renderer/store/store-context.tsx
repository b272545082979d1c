import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react';
import type { AppSnapshot } from '../../shared/model/app.ts';
import type { AppStore } from './app-store.ts';

const StoreContext = createContext<AppStore | null>(null);

/** Gives the mirror of main's state to all below. */
export function StoreProvider({ store, children }: { store: AppStore; children: ReactNode }) {
  return <StoreContext value={store}>{children}</StoreContext>;
}

/** Returns the mirror itself. */
export function useStore(): AppStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('no StoreProvider above');
  return store;
}

/** Returns the present snapshot and follows it. */
export function useSnapshot(): AppSnapshot {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.getSnapshot);
}
