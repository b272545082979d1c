/** Properties that a message may leave out, or have as `undefined`. */
export type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Returns an object without the properties that are `undefined`: changes that are none. */
export function withoutUndefined<T extends object>(changes: Loose<T>): Partial<T> {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>; // same keys, only undefined ones dropped
}
