import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { HistoryPoint } from '../../shared/model/statistics.ts';
import { useBridge } from '../bridge/bridge-context.tsx';
import { type Range, readSeries, type SeriesView } from './read-series.ts';
import { useSeriesStore } from './series-context.tsx';

const TICK_MS = 500;
/** For those who want less movement, and where ten seconds are one step anyway. */
const CALM_TICK_MS = 2_000;
const HISTORY_MS = 3_600_000;

/** Follows what a vault does. While it is paused the view stays as it is. */
export function useSeriesView(vaultId: string, range: Range, isPaused: boolean): SeriesView {
  const store = useSeriesStore();
  const history = useHistory(vaultId);
  const isCalm = useReducedMotion() || range === '1h';
  const [view, setView] = useState(() =>
    readSeries(store.find(vaultId), history, range, Date.now()),
  );
  useEffect(() => {
    if (isPaused) return;
    const read = () => setView(readSeries(store.find(vaultId), history, range, Date.now()));
    read();
    const timer = setInterval(read, isCalm ? CALM_TICK_MS : TICK_MS);
    return () => clearInterval(timer);
  }, [store, vaultId, history, range, isPaused, isCalm]);
  return view;
}

const NO_HISTORY: readonly HistoryPoint[] = [];

/** What main has kept of the last hour; without it the charts begin where the window was opened. */
function useHistory(vaultId: string): readonly HistoryPoint[] {
  const bridge = useBridge();
  const [history, setHistory] = useState(NO_HISTORY);
  useEffect(() => {
    let isGone = false;
    bridge.call('vault.history', { vaultId, sinceMs: Date.now() - HISTORY_MS }).then(
      (points) => {
        if (!isGone) setHistory(points);
      },
      () => {},
    );
    return () => {
      isGone = true;
    };
  }, [bridge, vaultId]);
  return history;
}
