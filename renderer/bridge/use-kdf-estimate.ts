import { useEffect, useState } from 'react';
import type { KdfChoice } from '../../shared/model/create-options.ts';
import type { KdfEstimate } from '../../shared/model/kdf-estimate.ts';
import { useBridge } from './bridge-context.tsx';

/** Pause in moving a slider after which main is asked to measure. */
const SETTLE_MS = 300;

/**
 * Returns what an unlock will cost on this machine; null while main measures.
 *
 * @param isShown - Nothing is measured while nobody looks.
 */
export function useKdfEstimate(
  type: KdfChoice['type'],
  targetMs: number,
  isShown: boolean,
): KdfEstimate | null {
  const bridge = useBridge();
  const [estimate, setEstimate] = useState<KdfEstimate | null>(null);
  useEffect(() => {
    if (!isShown) return;
    let isCurrent = true;
    setEstimate(null);
    const timer = setTimeout(() => {
      bridge.call('kdf.estimate', { choice: { type, targetMs } }).then(
        (value) => isCurrent && setEstimate(value),
        // Without an estimate the slider still says the time that is aimed at.
        () =>
          isCurrent &&
          setEstimate({ type, memoryKib: 0, iterations: 0, parallel: 1, milliseconds: targetMs }),
      );
    }, SETTLE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [bridge, type, targetMs, isShown]);
  return estimate;
}
