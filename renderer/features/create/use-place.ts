import { useEffect, useState } from 'react';
import type { PathGrant } from '../../../shared/model/host.ts';
import type { PlaceInfo } from '../../../shared/model/place.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';

type Place = Readonly<{ info: PlaceInfo | null; error: unknown }>;

/** Asks main how much is free at a granted path, and whether something is there already. */
export function usePlace(grant: PathGrant | null): Place {
  const bridge = useBridge();
  const [place, setPlace] = useState<Place>({ info: null, error: null });
  useEffect(() => {
    setPlace({ info: null, error: null });
    if (grant === null) return;
    let isCurrent = true;
    bridge.call('path.place', { grantId: grant.grantId }).then(
      (info) => isCurrent && setPlace({ info, error: null }),
      (error: unknown) => isCurrent && setPlace({ info: null, error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [bridge, grant]);
  return place;
}
