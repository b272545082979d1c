/**
 * Returns the newer list with each item that has not changed replaced by the older one, so that what
 * is rendered of it need not be rendered again.
 *
 * @param older - Items of the same kind, by `id`.
 */
export function shareUnchanged<T extends Readonly<{ id: string }>>(
  older: readonly T[],
  newer: readonly T[],
): readonly T[] {
  const byId = new Map(older.map((item) => [item.id, item]));
  return newer.map((item) => {
    const known = byId.get(item.id);
    return known !== undefined && isSame(known, item) ? known : item;
  });
}

function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  const entries = Object.entries(one);
  if (entries.length !== Object.keys(other).length) return false;
  const values: Readonly<Record<string, unknown>> = { ...other };
  return entries.every(([key, value]) => isSame(value, values[key]));
}
