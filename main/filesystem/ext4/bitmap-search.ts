/** Bits of a bitmap block: 1 is in use. `held` has bits that are free and must not be taken yet. */

/** A run of bits. */
export type BitRun = { from: number; count: number };

export function isSet(bitmap: Uint8Array, bit: number): boolean {
  return ((bitmap[bit >>> 3] ?? 0xff) & (1 << (bit & 7))) !== 0;
}

export function setRun(bitmap: Uint8Array, from: number, count: number): void {
  for (let bit = from; bit < from + count; ) {
    if ((bit & 7) === 0 && from + count - bit >= 8) {
      bitmap[bit >>> 3] = 0xff;
      bit += 8;
    } else {
      bitmap[bit >>> 3] = (bitmap[bit >>> 3] ?? 0) | (1 << (bit & 7));
      bit += 1;
    }
  }
}

export function clearRun(bitmap: Uint8Array, from: number, count: number): void {
  for (let bit = from; bit < from + count; ) {
    if ((bit & 7) === 0 && from + count - bit >= 8) {
      bitmap[bit >>> 3] = 0;
      bit += 8;
    } else {
      bitmap[bit >>> 3] = (bitmap[bit >>> 3] ?? 0) & ~(1 << (bit & 7));
      bit += 1;
    }
  }
}

/** Tells whether all bits of a run have one value. */
export function isRun(bitmap: Uint8Array, from: number, count: number, isUsed: boolean): boolean {
  for (let bit = from; bit < from + count; bit += 1)
    if (isSet(bitmap, bit) !== isUsed) return false;
  return true;
}

/** Returns the runs of bits that are set, in ascending order. */
export function setRuns(bitmap: Uint8Array): BitRun[] {
  const runs: BitRun[] = [];
  const bits = 8 * bitmap.length;
  for (let bit = 0; bit < bits; ) {
    if ((bit & 7) === 0 && bitmap[bit >>> 3] === 0) bit += 8;
    else if (!isSet(bitmap, bit)) bit += 1;
    else {
      const from = bit;
      while (bit < bits && isSet(bitmap, bit)) bit += 1;
      runs.push({ from, count: bit - from });
    }
  }
  return runs;
}

/**
 * Finds a free run in `[from..to)`: the first with `wanted` bits, else the longest.
 *
 * @returns `count` 0 where nothing is free.
 */
export function findFreeRun(
  bitmap: Uint8Array,
  held: Uint8Array | undefined,
  range: Readonly<{ from: number; to: number }>,
  wanted: number,
): BitRun {
  const best: BitRun = { from: 0, count: 0 };
  let start = -1;
  let bit = range.from;
  while (bit < range.to) {
    const byte = (bitmap[bit >>> 3] ?? 0xff) | (held?.[bit >>> 3] ?? 0);
    const isAligned = (bit & 7) === 0 && range.to - bit >= 8;
    if (isAligned && byte === 0xff) {
      if (keepBest(best, start, bit, wanted)) return best;
      start = -1;
      bit += 8;
    } else if (isAligned && byte === 0) {
      if (start < 0) start = bit;
      bit += 8;
      if (bit - start >= wanted) break;
    } else {
      if ((byte & (1 << (bit & 7))) === 0) {
        if (start < 0) start = bit;
      } else {
        if (keepBest(best, start, bit, wanted)) return best;
        start = -1;
      }
      bit += 1;
      if (start >= 0 && bit - start >= wanted) break;
    }
  }
  keepBest(best, start, Math.min(bit, range.to), wanted);
  return best;
}

function keepBest(best: BitRun, start: number, end: number, wanted: number): boolean {
  if (start < 0 || end - start <= best.count) return false;
  best.from = start;
  best.count = Math.min(end - start, wanted);
  return best.count === wanted;
}
