import { createContext, type ReactNode, useContext } from 'react';
import type { SeriesStore } from './series-store.ts';

const SeriesContext = createContext<SeriesStore | null>(null);

/** Gives what mounted vaults did to all below. */
export function SeriesProvider({ series, children }: { series: SeriesStore; children: ReactNode }) {
  return <SeriesContext value={series}>{children}</SeriesContext>;
}

/** Returns what mounted vaults did while the window was open. */
export function useSeriesStore(): SeriesStore {
  const series = useContext(SeriesContext);
  if (series === null) throw new Error('no SeriesProvider above');
  return series;
}
