import type { AppSnapshot } from '../../shared/model/app.ts';
import type { AppStore } from '../store/app-store.ts';
import { VaultSeries } from './vault-series.ts';

/** What mounted vaults did while the window was open. */
export interface SeriesStore extends Disposable {
  /** Returns the series of a vault; undefined where it was never seen mounted. */
  find(vaultId: string): VaultSeries | undefined;
}

/** Follows the mirror of main's state from now on. */
export function createSeriesStore(store: AppStore): SeriesStore {
  const series = new Map<string, VaultSeries>();
  const follow = () => take(series, store.getSnapshot());
  follow();
  const stop = store.subscribe(follow);
  return {
    find: (vaultId) => series.get(vaultId),
    [Symbol.dispose]: () => stop(),
  };
}

function take(series: Map<string, VaultSeries>, { vaults }: AppSnapshot): void {
  for (const { id, statistics, engine } of vaults) {
    if (statistics === null) continue;
    const known = series.get(id) ?? new VaultSeries();
    series.set(id, known);
    known.add(statistics, engine);
  }
  // What is off the list is forgotten with it.
  if (series.size === 0) return;
  const listed = new Set(vaults.map(({ id }) => id));
  for (const id of series.keys()) if (!listed.has(id)) series.delete(id);
}
