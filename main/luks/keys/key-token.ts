/**
 * Tokens of ours in a LUKS2 header. They hold what a keyslot itself has no room for, so that it
 * travels with the file; other programs list them and leave them alone.
 *
 * | type | members beside `type` and `keyslots` |
 * | --- | --- |
 * | `lockline-key` | `name`: text of the user's; `created`: ISO 8601; `kind`: how the key is entered |
 * | `lockline-wipe` | `offset`, `size`: decimal, a run of the keyslots area that still holds a retired key |
 */

import { displayText } from '../../../shared/display-text.ts';
import { KEY_KINDS, type KeyKind, type KeyLabel } from '../../../shared/model/keys.ts';
import type { Metadata } from '../metadata-model.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../strict-json.ts';

const KEY_TOKEN_TYPE = 'lockline-key';
const WIPE_TOKEN_TYPE = 'lockline-wipe';

export type ByteRange = Readonly<{ offsetBytes: number; sizeBytes: number }>;

/** Returns the token that names a keyslot. */
export function buildKeyToken(keyslotId: number, label: KeyLabel): JsonObject {
  return new Map<string, JsonValue>([
    ['type', KEY_TOKEN_TYPE],
    ['keyslots', [String(keyslotId)]],
    ['name', label.name],
    ['created', label.createdAt ?? ''],
    ['kind', label.kind],
  ]);
}

/** Returns the token that remembers an area whose old key has to be overwritten. */
export function buildWipeToken(area: ByteRange): JsonObject {
  return new Map<string, JsonValue>([
    ['type', WIPE_TOKEN_TYPE],
    ['keyslots', []],
    ['offset', String(area.offsetBytes)],
    ['size', String(area.sizeBytes)],
  ]);
}

/** Returns what a header says of a keyslot's key; a keyslot that others made has no name. */
export function findKeyLabel(metadata: Metadata, keyslotId: number): KeyLabel {
  const tokenId = findKeyTokenId(metadata, keyslotId);
  const token = tokenId === null ? undefined : tokenAt(metadata, tokenId);
  return {
    name: displayText(textMember(token, 'name')),
    createdAt: dateMember(token, 'created'),
    kind: KEY_KINDS.find((kind) => kind === token?.get('kind')) ?? ('unknown' satisfies KeyKind),
  };
}

/** Returns the id of the token of ours that names only this keyslot, or `null`. */
export function findKeyTokenId(metadata: Metadata, keyslotId: number): number | null {
  const token = [...metadata.tokens.values()].find(
    ({ typeName, keyslots }) =>
      typeName === KEY_TOKEN_TYPE && keyslots.length === 1 && keyslots[0] === keyslotId,
  );
  return token?.id ?? null;
}

/** Returns the areas that still wait to be overwritten, by the id of their token. */
export function findWipes(metadata: Metadata): ReadonlyMap<number, ByteRange | null> {
  const wipes = new Map<number, ByteRange | null>();
  for (const { id, typeName } of metadata.tokens.values()) {
    if (typeName === WIPE_TOKEN_TYPE) wipes.set(id, rangeOf(tokenAt(metadata, id)));
  }
  return wipes;
}

/** A token of ours that somebody else wrote wrongly names no range. */
function rangeOf(token: JsonObject | undefined): ByteRange | null {
  const offsetBytes = numberMember(token, 'offset');
  const sizeBytes = numberMember(token, 'size');
  return offsetBytes === null || sizeBytes === null ? null : { offsetBytes, sizeBytes };
}

function tokenAt(metadata: Metadata, tokenId: number): JsonObject | undefined {
  const tokens = metadata.root.get('tokens');
  const token = isJsonObject(tokens) ? tokens.get(String(tokenId)) : undefined;
  return isJsonObject(token) ? token : undefined;
}

function textMember(token: JsonObject | undefined, name: string): string {
  const value = token?.get(name);
  return typeof value === 'string' ? value : '';
}

function dateMember(token: JsonObject | undefined, name: string): string | null {
  const text = textMember(token, name);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?Z$/.test(text) ? text : null;
}

function numberMember(token: JsonObject | undefined, name: string): number | null {
  const text = textMember(token, name);
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
