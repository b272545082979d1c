import { useCallback, useEffect, useRef, useState } from 'react';
import type { PathGrant, PathPurpose } from '../../shared/model/host.ts';
import { useBridge, useCapabilities } from './bridge-context.tsx';

/** Pause in typing after which a path is looked at. */
const TYPING_PAUSE_MS = 250;

/** A path in the making: typed or chosen in a dialog, and main's leave to use it. */
export type PathChoice = Readonly<{
  text: string;
  grant: PathGrant | null;
  /** Why main does not take the typed path. */
  error: unknown;
  type(text: string): void;
  /** Returns the grant at once, also in a pause of typing; null where there is none to have. */
  obtain(): Promise<PathGrant | null>;
  /** Opens the system's dialog. */
  choose(): Promise<void>;
}>;

/** Obtains a grant for one purpose, from a dialog or, where there is none, from a typed path. */
export function usePathGrant(purpose: PathPurpose, initialText = ''): PathChoice {
  const bridge = useBridge();
  const { hasNativeDialogs } = useCapabilities();
  const [text, setText] = useState(hasNativeDialogs ? '' : initialText);
  const [grant, setGrant] = useState<PathGrant | null>(null);
  const [error, setError] = useState<unknown>(null);
  const suggestedName = useRef(initialText.split('/').at(-1) ?? '');

  useEffect(() => {
    if (hasNativeDialogs || text.trim() === '') return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      bridge.call('path.grant', { purpose, path: text }).then(
        (granted) => isCurrent && setGrant(granted),
        (reason: unknown) => isCurrent && setError(reason),
      );
    }, TYPING_PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [bridge, hasNativeDialogs, purpose, text]);

  const type = useCallback((typed: string) => {
    setText(typed);
    setGrant(null);
    setError(null);
  }, []);
  const obtain = async () => {
    if (grant !== null || hasNativeDialogs || text.trim() === '') return grant;
    try {
      return await bridge.call('path.grant', { purpose, path: text });
    } catch (reason) {
      setError(reason);
      return null;
    }
  };
  const choose = useCallback(async () => {
    const name = suggestedName.current;
    const chosen = await bridge.call('path.choose', { purpose, suggestedName: name });
    if (chosen === null) return;
    setText(chosen.path);
    setGrant(chosen);
    setError(null);
  }, [bridge, purpose]);
  return { text, grant, error, type, obtain, choose };
}
