/** Typed access to members of metadata objects: each throws `metadata-invalid` with the path. */

import { metadataError } from './metadata-error.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './strict-json.ts';

const U64_LIMIT = 2n ** 64n;

/** Largest id of keyslots, tokens and segments. The reference aborts on tokens beyond it. */
export const OBJECT_ID_LIMIT = 31;

/** Returns the member as an object. @throws FormatError `metadata-invalid` */
export function objectMember(parent: JsonObject, name: string, path: string): JsonObject {
  const value = parent.get(name);
  if (!isJsonObject(value)) throw metadataError(join(path, name), wanted(value, 'object-expected'));
  return value;
}

/** Returns the member as a string. @throws FormatError `metadata-invalid` */
export function stringMember(parent: JsonObject, name: string, path: string): string {
  const value = parent.get(name);
  if (typeof value !== 'string')
    throw metadataError(join(path, name), wanted(value, 'string-expected'));
  return value;
}

/** Returns the member as an integer within bounds. @throws FormatError `metadata-invalid` */
export function integerMember(
  parent: JsonObject,
  name: string,
  path: string,
  bounds: Readonly<{ minimum: number; maximum: number }>,
): number {
  const value = parent.get(name);
  if (typeof value !== 'bigint')
    throw metadataError(join(path, name), wanted(value, 'integer-expected'));
  if (value < BigInt(bounds.minimum) || value > BigInt(bounds.maximum)) {
    throw metadataError(join(path, name), 'integer-out-of-range');
  }
  return Number(value);
}

/**
 * Returns the member as an unsigned 64-bit number, which metadata hold as a decimal string.
 *
 * @throws FormatError `metadata-invalid`
 */
export function u64Member(parent: JsonObject, name: string, path: string): bigint {
  const value = parseU64(stringMember(parent, name, path));
  if (value === undefined) throw metadataError(join(path, name), 'u64-expected');
  return value;
}

/** Returns the number, or `undefined` where the text is not a plain decimal of 64 bits. */
function parseU64(text: string): bigint | undefined {
  if (!/^(?:0|[1-9]\d{0,19})$/.test(text)) return undefined;
  const value = BigInt(text);
  return value < U64_LIMIT ? value : undefined;
}

/** Returns the member as a list of strings. @throws FormatError `metadata-invalid` */
export function stringsMember(parent: JsonObject, name: string, path: string): readonly string[] {
  const value = parent.get(name);
  if (!Array.isArray(value)) throw metadataError(join(path, name), wanted(value, 'array-expected'));
  return value.map((item: JsonValue) => {
    if (typeof item !== 'string') throw metadataError(join(path, name), 'string-expected');
    return item;
  });
}

/** As {@link stringsMember}, empty where the member is absent. */
export function optionalStringsMember(
  parent: JsonObject,
  name: string,
  path: string,
): readonly string[] {
  return parent.has(name) ? stringsMember(parent, name, path) : [];
}

/** Returns the member as references to numbered objects. @throws FormatError `metadata-invalid` */
export function idsMember(parent: JsonObject, name: string, path: string): readonly number[] {
  const ids = stringsMember(parent, name, path).map((text) => parseId(text, join(path, name)));
  if (new Set(ids).size !== ids.length)
    throw metadataError(join(path, name), 'duplicate-reference');
  return ids;
}

/** Yields the members of a top-level object, named by number. @throws FormatError `metadata-invalid` */
export function* numberedObjects(
  root: JsonObject,
  name: string,
): Generator<Readonly<{ id: number; path: string; value: JsonObject }>> {
  const parent = objectMember(root, name, '');
  for (const [key, value] of parent) {
    const path = join(name, key);
    if (!isJsonObject(value)) throw metadataError(path, 'object-expected');
    yield { id: parseId(key, path), path, value };
  }
}

function parseId(text: string, path: string): number {
  if (!/^(?:0|[1-9]\d?)$/.test(text)) throw metadataError(path, 'id-expected');
  const id = Number(text);
  if (id > OBJECT_ID_LIMIT) throw metadataError(path, 'id-too-large');
  return id;
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function wanted(value: JsonValue | undefined, reason: string): string {
  return value === undefined ? 'missing' : reason;
}
