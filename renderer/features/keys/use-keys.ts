import { useCallback, useEffect, useState } from 'react';
import type { KeyInfo, KeyListing } from '../../../shared/model/keys.ts';
import { useBridge } from '../../bridge/bridge-context.tsx';
import { t } from '../../i18n/translate.ts';

/** The keys of a vault, read from its header. */
export type Keys = Readonly<{
  /** Null until they are read for the first time. */
  listing: KeyListing | null;
  error: unknown;
  reload: () => void;
}>;

/** Reads the keys of a vault, and again whenever `reload` is called. */
export function useKeys(vaultId: string): Keys {
  const bridge = useBridge();
  const [round, setRound] = useState(0);
  const [listing, setListing] = useState<KeyListing | null>(null);
  const [error, setError] = useState<unknown>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round reads again
  useEffect(() => {
    let isCurrent = true;
    setError(null);
    bridge.call('key.list', { vaultId }).then(
      (value) => isCurrent && setListing(value),
      (reason: unknown) => isCurrent && setError(reason),
    );
    return () => {
      isCurrent = false;
    };
  }, [bridge, vaultId, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { listing, error, reload };
}

/** What a key is called: its name, else the number of its keyslot. */
export function keyName({ keyslotId, label }: KeyInfo): string {
  return label.name === '' ? t('keys.keyslot', { id: keyslotId }) : label.name;
}

/** Tells whether no other key opens the vault. */
export function isLastKey({ keyslotId }: KeyInfo, { keys }: KeyListing): boolean {
  return keys.every((key) => key.keyslotId === keyslotId || !key.isBound);
}
