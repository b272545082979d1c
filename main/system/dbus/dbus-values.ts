/**
 * The types of D-Bus that are used here, by their codes: `b` boolean, `u` 32 bits, `s` text, `o`
 * object path, `g` signature, `h` index of a descriptor, `ay` bytes, `as` texts, `aay` lists of
 * bytes, `v` any of them, `a{sv}` names with any of them.
 *
 * @see D-Bus specification, "Type system"
 */

/** A value with its type: what a variant holds. */
export type DbusVariant =
  | Readonly<{ type: 'b'; value: boolean }>
  | Readonly<{ type: 'u' | 'h'; value: number }>
  | Readonly<{ type: 's' | 'o' | 'g'; value: string }>
  | Readonly<{ type: 'ay'; value: Uint8Array }>
  | Readonly<{ type: 'a{sv}'; value: DbusDictionary }>;

export type DbusDictionary = Readonly<Record<string, DbusVariant>>;

/** A value of an answer: numbers of 64 bits are `bigint`, bytes are views on the message. */
export type DbusValue =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly DbusValue[]
  | ReadonlyMap<DbusValue, DbusValue>;

/** Bytes to whose multiples each type is aligned in a message. */
export function alignmentOf(code: string): number {
  if ('ygv'.includes(code)) return 1;
  if ('nq'.includes(code)) return 2;
  return 'xtd({'.includes(code) ? 8 : 4;
}
