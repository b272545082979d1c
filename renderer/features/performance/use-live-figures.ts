import { useEffect, useMemo, useState } from 'react';
import type { VolumeStatistics } from '../../../shared/model/statistics.ts';
import {
  addSample,
  type LiveFigures,
  passTime,
  type Samples,
  toLiveFigures,
} from './live-figures.ts';

const TICK_MS = 500;

/**
 * Follows the statistics of a vault and returns the figures of its last seconds.
 *
 * @param statistics - Of the newest snapshot; null where it has none, and then the last ones stay.
 */
export function useLiveFigures(statistics: VolumeStatistics | null): LiveFigures | null {
  const [samples, setSamples] = useState<Samples>([]);
  useEffect(() => {
    if (statistics !== null) setSamples((held) => addSample(held, statistics));
  }, [statistics]);
  useEffect(() => {
    const timer = setInterval(() => setSamples((held) => passTime(held, Date.now())), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return useMemo(() => toLiveFigures(samples), [samples]);
}
