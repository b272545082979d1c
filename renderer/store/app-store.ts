import type { AppSnapshot } from '../../shared/model/app.ts';

/** Read-only mirror of main's snapshots, as `useSyncExternalStore` wants it. */
export interface AppStore {
  getSnapshot(): AppSnapshot;
  subscribe(listener: () => void): () => void;
  /** Takes a snapshot in; one that is older than what is held is dropped. */
  accept(snapshot: AppSnapshot): void;
}

/** Returns a mirror that starts with `initial`. */
export function createAppStore(initial: AppSnapshot): AppStore {
  const listeners = new Set<() => void>();
  let held = initial;
  return {
    getSnapshot: () => held,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    accept(snapshot) {
      if (snapshot.revision <= held.revision) return;
      held = snapshot;
      for (const listener of listeners) listener();
    },
  };
}
