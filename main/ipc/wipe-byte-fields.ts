const MAXIMUM_DEPTH = 8;

/**
 * Overwrites every byte field of a plain message with zeros, refused messages included.
 *
 * @param value - Whatever came in; other than bytes nothing of it is changed.
 */
export function wipeByteFields(value: unknown, depth = 0): void {
  if (value instanceof Uint8Array) {
    value.fill(0);
    return;
  }
  if (typeof value !== 'object' || value === null || depth >= MAXIMUM_DEPTH) return;
  for (const item of Object.values(value)) wipeByteFields(item, depth + 1);
}
