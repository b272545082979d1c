/**
 * The JSON area of a header copy: from bytes to validated metadata, and back.
 *
 * Checks what each object is (in the `parse-*` files) and then how objects refer to each other, in
 * the reference's order: requirements, tokens, digests, segments, keyslots, config, areas. Whether
 * the metadata can be *used* (ciphers, costs, digests, bounds of the container) is decided later;
 * a header that lists something unusual is still a valid header.
 *
 * @see LUKS2 specification 1.1.4, sections 2.2 and 3
 */

import { FormatError } from '../../shared/errors/vault-error.ts';
import { MIB } from '../../shared/units.ts';
import { LUKS2_BINARY_HEADER_BYTES } from './binary-header.ts';
import { metadataError } from './metadata-error.ts';
import {
  idsMember,
  numberedObjects,
  objectMember,
  optionalStringsMember,
  stringMember,
  u64Member,
} from './metadata-fields.ts';
import type { Digest, Keyslot, Metadata, Segment, Token } from './metadata-model.ts';
import { parseDigests } from './parse-digests.ts';
import { parseKeyslots } from './parse-keyslots.ts';
import { parseSegments } from './parse-segments.ts';
import { encodeJson, isJsonObject, type JsonObject, parseStrictJson } from './strict-json.ts';

const KEYSLOTS_AREA_LIMIT_BYTES = 128 * MIB;
const KEYSLOTS_AREA_UNIT_BYTES = 4096;

/**
 * Parses and validates the JSON area of one header copy.
 *
 * @param area - Borrowed: the whole area, NUL padding included.
 * @param headerBytes - Bytes of one header copy, this area included.
 * @throws FormatError `metadata-invalid` with path and reason; `area-overlap`
 */
export function parseMetadata(area: Uint8Array, headerBytes: number): Metadata {
  const root = parseStrictJson(jsonText(area));
  if (!isJsonObject(root)) throw metadataError('', 'object-expected');
  const config = parseConfig(root, headerBytes);
  const tokens = parseTokens(root);
  const digests = parseDigests(root);
  const segments = parseSegments(root);
  const keyslots = parseKeyslots(root);
  assertTokenReferences(tokens, keyslots);
  assertDigestReferences(digests, keyslots, segments);
  assertSegmentDigests(segments, digests);
  assertAreas(keyslots, headerBytes, config.keyslotsAreaBytes);
  assertKeyslotsBeforeData(segments, 2 * headerBytes + config.keyslotsAreaBytes);
  return { keyslots, segments, digests, tokens, ...config, root };
}

/**
 * Encodes a document into a JSON area of `areaBytes`, NUL-padded. Returned: a fresh buffer.
 *
 * @throws FormatError `metadata-invalid` where the document does not fit.
 */
export function encodeMetadata(root: JsonObject, areaBytes: number): Uint8Array {
  const text = new TextEncoder().encode(encodeJson(root));
  if (text.length >= areaBytes) throw metadataError('', 'too-large');
  const area = new Uint8Array(areaBytes);
  area.set(text);
  return area;
}

/** Returns the bytes before the first NUL; the object starts at the first byte and only NULs follow it. */
function jsonText(area: Uint8Array): Uint8Array {
  const endBytes = area.indexOf(0);
  if (endBytes < 0) throw metadataError('', 'nul-missing');
  if (area.subarray(endBytes).some((byte) => byte !== 0))
    throw metadataError('', 'bytes-after-nul');
  if (area[0] !== 0x7b) throw metadataError('', 'object-expected');
  return area.subarray(0, endBytes);
}

function parseConfig(
  root: JsonObject,
  headerBytes: number,
): Pick<Metadata, 'keyslotsAreaBytes' | 'flags' | 'requirements'> {
  const config = objectMember(root, 'config', '');
  const requirements = parseRequirements(config);
  const flags = optionalStringsMember(config, 'flags', 'config');
  if (
    u64Member(config, 'json_size', 'config') !== BigInt(headerBytes - LUKS2_BINARY_HEADER_BYTES)
  ) {
    throw metadataError('config.json_size', 'mismatch');
  }
  const keyslotsAreaBytes = u64Member(config, 'keyslots_size', 'config');
  if (keyslotsAreaBytes > BigInt(KEYSLOTS_AREA_LIMIT_BYTES)) {
    throw metadataError('config.keyslots_size', 'too-large');
  }
  if (keyslotsAreaBytes % BigInt(KEYSLOTS_AREA_UNIT_BYTES) !== 0n) {
    throw metadataError('config.keyslots_size', 'not-aligned');
  }
  return { keyslotsAreaBytes: Number(keyslotsAreaBytes), flags, requirements };
}

/** SPEC: the specification shows a list; the reference writes and reads `{"mandatory": [...]}`. */
function parseRequirements(config: JsonObject): readonly string[] {
  if (!config.has('requirements')) return [];
  const requirements = objectMember(config, 'requirements', 'config');
  const mandatory = optionalStringsMember(requirements, 'mandatory', 'config.requirements');
  if (mandatory.filter((name) => /^online-reencrypt(?:-v\d+)?$/.test(name)).length > 1) {
    throw metadataError('config.requirements.mandatory', 'reencrypt-twice');
  }
  return mandatory;
}

function parseTokens(root: JsonObject): ReadonlyMap<number, Token> {
  const tokens = new Map<number, Token>();
  for (const { id, path, value } of numberedObjects(root, 'tokens')) {
    tokens.set(id, {
      id,
      typeName: stringMember(value, 'type', path),
      keyslots: idsMember(value, 'keyslots', path),
    });
  }
  return tokens;
}

function assertTokenReferences(
  tokens: ReadonlyMap<number, Token>,
  keyslots: ReadonlyMap<number, Keyslot>,
): void {
  for (const token of tokens.values()) {
    if (!token.keyslots.every((id) => keyslots.has(id))) {
      throw metadataError(`tokens.${token.id}.keyslots`, 'reference-dangling');
    }
  }
}

function assertDigestReferences(
  digests: ReadonlyMap<number, Digest>,
  keyslots: ReadonlyMap<number, Keyslot>,
  segments: ReadonlyMap<number, Segment>,
): void {
  const assigned = new Set<number>();
  for (const digest of digests.values()) {
    if (!digest.segments.every((id) => segments.has(id))) {
      throw metadataError(`digests.${digest.id}.segments`, 'reference-dangling');
    }
    for (const id of digest.keyslots) {
      if (!keyslots.has(id))
        throw metadataError(`digests.${digest.id}.keyslots`, 'reference-dangling');
      if (assigned.has(id)) throw metadataError(`keyslots.${id}`, 'digest-ambiguous');
      assigned.add(id);
    }
  }
  for (const keyslot of keyslots.values()) {
    if (keyslot.type === 'luks2' && !assigned.has(keyslot.id)) {
      throw metadataError(`keyslots.${keyslot.id}`, 'digest-missing');
    }
  }
}

function assertSegmentDigests(
  segments: ReadonlyMap<number, Segment>,
  digests: ReadonlyMap<number, Digest>,
): void {
  for (const segment of segments.values()) {
    if (segment.crypt === null) continue;
    const count = [...digests.values()].filter((digest) =>
      digest.segments.includes(segment.id),
    ).length;
    if (count !== 1)
      throw metadataError(
        `segments.${segment.id}`,
        count === 0 ? 'digest-missing' : 'digest-ambiguous',
      );
  }
}

function assertAreas(
  keyslots: ReadonlyMap<number, Keyslot>,
  headerBytes: number,
  keyslotsAreaBytes: number,
): void {
  const startBytes = 2 * headerBytes;
  const sorted = [...keyslots.values()].toSorted((a, b) => a.area.offsetBytes - b.area.offsetBytes);
  let previousEndBytes = startBytes;
  for (const { id, area } of sorted) {
    if (area.sizeBytes === 0) throw metadataError(`keyslots.${id}.area.size`, 'empty');
    const isInside =
      area.offsetBytes >= startBytes &&
      area.offsetBytes + area.sizeBytes <= startBytes + keyslotsAreaBytes;
    if (!isInside) throw metadataError(`keyslots.${id}.area`, 'outside-keyslots-area');
    if (area.offsetBytes < previousEndBytes)
      throw new FormatError('area-overlap', { keyslotId: id });
    previousEndBytes = area.offsetBytes + area.sizeBytes;
  }
}

/** A first segment at offset 0 means that the header is detached; then there is nothing to compare. */
function assertKeyslotsBeforeData(segments: ReadonlyMap<number, Segment>, endBytes: number): void {
  for (const segment of segments.values()) {
    if (segment.isBackup || segment.offsetBytes === 0n) continue;
    if (segment.offsetBytes < BigInt(endBytes))
      throw metadataError(`segments.${segment.id}.offset`, 'inside-header');
  }
}
