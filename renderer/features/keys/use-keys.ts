import { useCallback, useEffect, useRef, useState } from 'react';
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
  const [listing, setListing] = useState<KeyListing | null>(null);
  const [error, setError] = useState<unknown>(null);
  /** The last reading that was begun: an earlier one that comes later says nothing. */
  const latest = useRef<symbol>(null);
  const reload = useCallback(() => {
    const reading = Symbol('reading');
    latest.current = reading;
    setError(null);
    bridge.call('key.list', { vaultId }).then(
      (value) => latest.current === reading && setListing(value),
      (reason: unknown) => latest.current === reading && setError(reason),
    );
  }, [bridge, vaultId]);
  useEffect(() => {
    reload();
    return () => {
      latest.current = null;
    };
  }, [reload]);
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
