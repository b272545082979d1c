/** A small generator of repeatable random numbers for tests: never for anything secret. */
export type SeededRandom = Readonly<{
  /** A whole number from 0 to `limit - 1`. */
  below: (limit: number) => number;
  bytes: (length: number) => Uint8Array<ArrayBuffer>;
}>;

/** mulberry32: 32 bits of state, the same sequence for the same seed everywhere. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (limit) => next() % limit,
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
  };
}
