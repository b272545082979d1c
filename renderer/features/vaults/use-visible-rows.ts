import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from 'react';

/** Rows beyond both edges of the view, so that Tab, arrows and a quick scroll find them there. */
const OVERSCAN_PX = 900;
const ROW = '[data-vault-id]';

/** The rows to render, and the room that those before and after them take. */
export type VisibleRows = Readonly<{
  list: RefObject<HTMLUListElement | null>;
  first: number;
  /** Index after the last. */
  end: number;
  beforePx: number;
  afterPx: number;
}>;

/**
 * Follows which rows of a long list are in view. Heights are measured where a row has been rendered,
 * and estimated where not.
 *
 * @param ids - Of all rows, in order.
 * @param estimatePx - Height of a row that was never rendered, its gap included.
 */
export function useVisibleRows(ids: readonly string[], estimatePx: number): VisibleRows {
  const list = useRef<HTMLUListElement>(null);
  const heights = useRef(new Map<string, number>());
  const [view, setView] = useState({ topPx: 0, heightPx: 1000 });

  const look = useCallback(() => {
    const scroller = list.current?.closest('main');
    if (!list.current || !scroller) return;
    const topPx = scroller.getBoundingClientRect().top - list.current.getBoundingClientRect().top;
    const heightPx = scroller.clientHeight;
    setView((held) => {
      const isNear = Math.abs(held.topPx - topPx) < OVERSCAN_PX / 3;
      return isNear && held.heightPx === heightPx ? held : { topPx, heightPx };
    });
  }, []);
  useLayoutEffect(() => {
    const scroller = list.current?.closest('main');
    if (!scroller) return;
    look();
    scroller.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      scroller.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [look]);
  useLayoutEffect(() => {
    const gapPx =
      list.current === null ? 0 : Number.parseFloat(getComputedStyle(list.current).rowGap);
    for (const row of list.current?.querySelectorAll<HTMLElement>(ROW) ?? []) {
      heights.current.set(row.dataset['vaultId'] ?? '', row.offsetHeight + (gapPx || 0));
    }
  });

  const heightOf = (id: string) => heights.current.get(id) ?? estimatePx;
  return { list, ...findRange(ids, heightOf, view) };
}

function findRange(
  ids: readonly string[],
  heightOf: (id: string) => number,
  { topPx, heightPx }: Readonly<{ topPx: number; heightPx: number }>,
): Omit<VisibleRows, 'list'> {
  const fromPx = topPx - OVERSCAN_PX;
  const toPx = topPx + heightPx + OVERSCAN_PX;
  let offsetPx = 0;
  let first = 0;
  let beforePx = 0;
  let end = 0;
  let afterPx = 0;
  for (const [index, id] of ids.entries()) {
    const bottomPx = offsetPx + heightOf(id);
    if (bottomPx < fromPx) {
      first = index + 1;
      beforePx = bottomPx;
    }
    if (offsetPx <= toPx) end = index + 1;
    else afterPx += heightOf(id);
    offsetPx = bottomPx;
  }
  return { first: Math.min(first, end), end, beforePx, afterPx };
}
