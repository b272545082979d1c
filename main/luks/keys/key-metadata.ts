/** Changes of a metadata document that concern keyslots. Each returns a new document; members that
 * are not known here stay as and where they are. */

import { StateError } from '../../../shared/errors/vault-error.ts';
import type { KeyLabel } from '../../../shared/model/keys.ts';
import { OBJECT_ID_LIMIT, objectMember } from '../metadata-fields.ts';
import type { KeyslotPriority, Metadata } from '../metadata-model.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../strict-json.ts';
import { type ByteRange, buildKeyToken, buildWipeToken, findKeyTokenId } from './key-token.ts';

const PRIORITY_NUMBERS = { ignore: 0n, normal: 1n, prefer: 2n } as const satisfies Record<
  KeyslotPriority,
  bigint
>;

/** @throws StateError `keyslots-full` */
export function freeId(taken: ReadonlyMap<number, unknown>, what: 'keyslots' | 'tokens'): number {
  for (let id = 0; id <= OBJECT_ID_LIMIT; id += 1) if (!taken.has(id)) return id;
  throw new StateError('keyslots-full', { what });
}

/** Puts a keyslot in, bound to a digest; an existing one of this number is replaced. */
export function withKeyslot(
  root: JsonObject,
  keyslotId: number,
  keyslot: JsonObject,
  digestId: number,
): JsonObject {
  const digests = mapMembers(objectMember(root, 'digests', ''), (name, digest) => {
    if (name !== String(digestId)) return digest;
    const others = references(digest, 'keyslots').filter((id) => id !== String(keyslotId));
    return withMember(digest, 'keyslots', [...others, String(keyslotId)]);
  });
  const keyslots = withMember(objectMember(root, 'keyslots', ''), String(keyslotId), keyslot);
  return withMember(withMember(root, 'keyslots', keyslots), 'digests', digests);
}

/**
 * Takes a keyslot out, and every reference to it. A token of ours that named it goes with it; one
 * of others stays. A digest that then verifies nothing goes too, as the reference does it.
 */
export function withoutKeyslot(metadata: Metadata, keyslotId: number): JsonObject {
  const { root } = metadata;
  const ownToken = findKeyTokenId(metadata, keyslotId);
  const isKept = (id: JsonValue) => id !== String(keyslotId);
  const unreference = (_name: string, object: JsonObject) =>
    withMember(object, 'keyslots', references(object, 'keyslots').filter(isKept));
  const tokens = new Map(mapMembers(objectMember(root, 'tokens', ''), unreference));
  if (ownToken !== null) tokens.delete(String(ownToken));
  const digests = new Map(mapMembers(objectMember(root, 'digests', ''), unreference));
  for (const [name, digest] of digests) {
    const isUsed = ['keyslots', 'segments'].some(
      (member) => isJsonObject(digest) && references(digest, member).length > 0,
    );
    if (!isUsed) digests.delete(name);
  }
  const keyslots = new Map(objectMember(root, 'keyslots', ''));
  keyslots.delete(String(keyslotId));
  return withMembers(root, { keyslots, tokens, digests });
}

/** Sets the order in which a keyslot is tried; `normal` is written as no member at all. */
export function withPriority(
  root: JsonObject,
  keyslotId: number,
  priority: KeyslotPriority,
): JsonObject {
  const keyslots = mapMembers(objectMember(root, 'keyslots', ''), (name, keyslot) => {
    if (name !== String(keyslotId)) return keyslot;
    if (priority !== 'normal') return withMember(keyslot, 'priority', PRIORITY_NUMBERS[priority]);
    return new Map([...keyslot].filter(([member]) => member !== 'priority'));
  });
  return withMember(root, 'keyslots', keyslots);
}

/** Says that a keyslot's key area lies elsewhere. */
export function withAreaOffset(
  root: JsonObject,
  keyslotId: number,
  { offsetBytes }: ByteRange,
): JsonObject {
  const keyslots = mapMembers(objectMember(root, 'keyslots', ''), (name, keyslot) => {
    if (name !== String(keyslotId)) return keyslot;
    const area = objectMember(keyslot, 'area', `keyslots.${name}`);
    return withMember(keyslot, 'area', withMember(area, 'offset', String(offsetBytes)));
  });
  return withMember(root, 'keyslots', keyslots);
}

/**
 * Gives a keyslot its name, date and kind.
 *
 * @throws StateError `keyslots-full` where no token is free.
 */
export function withKeyLabel(
  root: JsonObject,
  metadata: Metadata,
  keyslotId: number,
  label: KeyLabel,
): JsonObject {
  const tokenId = findKeyTokenId(metadata, keyslotId) ?? freeId(metadata.tokens, 'tokens');
  return withToken(root, tokenId, buildKeyToken(keyslotId, label));
}

/** Notes that an area still holds a retired key. @throws StateError `keyslots-full` */
export function withWipe(root: JsonObject, tokenId: number, area: ByteRange): JsonObject {
  return withToken(root, tokenId, buildWipeToken(area));
}

/** Takes tokens out. */
export function withoutTokens(root: JsonObject, tokenIds: readonly number[]): JsonObject {
  const tokens = new Map(objectMember(root, 'tokens', ''));
  for (const id of tokenIds) tokens.delete(String(id));
  return withMember(root, 'tokens', tokens);
}

function withToken(root: JsonObject, tokenId: number, token: JsonObject): JsonObject {
  const tokens = withMember(objectMember(root, 'tokens', ''), String(tokenId), token);
  return withMember(root, 'tokens', tokens);
}

function withMembers(parent: JsonObject, members: Readonly<Record<string, JsonValue>>): JsonObject {
  return new Map([...parent, ...Object.entries(members)]);
}

function withMember(parent: JsonObject, name: string, value: JsonValue): JsonObject {
  return new Map([...parent, [name, value]]);
}

function mapMembers(
  parent: JsonObject,
  change: (name: string, object: JsonObject) => JsonValue,
): JsonObject {
  return new Map(
    [...parent].map(([name, value]) => [name, isJsonObject(value) ? change(name, value) : value]),
  );
}

function references(object: JsonObject, name: string): readonly JsonValue[] {
  const value = object.get(name);
  return Array.isArray(value) ? value : [];
}
