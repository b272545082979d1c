import { type RefObject, useEffect, useRef } from 'react';

/**
 * Keeps the focus among buttons that come and go: where the one that had it is gone, the first that
 * is there takes it, and gives it on to what comes before it until the person moves it.
 *
 * @returns The group of the buttons.
 */
export function useKeptFocus<T extends HTMLElement>(): RefObject<T | null> {
  const group = useRef<T>(null);
  const held = useRef<Element | null>(null);
  const isStandIn = useRef(false);
  useEffect(() => {
    const node = group.current;
    const onFocus = ({ target }: FocusEvent) => {
      held.current = target instanceof Element ? target : null;
      isStandIn.current = false;
    };
    const onBlur = ({ relatedTarget }: FocusEvent) => {
      // Without a new place it may be that the button has gone.
      if (relatedTarget !== null) held.current = null;
    };
    node?.addEventListener('focusin', onFocus);
    node?.addEventListener('focusout', onBlur);
    return () => {
      node?.removeEventListener('focusin', onFocus);
      node?.removeEventListener('focusout', onBlur);
    };
  }, []);
  useEffect(() => {
    if (held.current === null) return;
    const isLost = !held.current.isConnected && document.activeElement === document.body;
    const isWaiting = isStandIn.current && document.activeElement === held.current;
    const first = group.current?.querySelector<HTMLElement>('button');
    if (!(isLost || isWaiting) || !first || first === document.activeElement) return;
    first.focus();
    isStandIn.current = true;
  });
  return group;
}
