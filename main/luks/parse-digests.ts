import { metadataError } from './metadata-error.ts';
import { idsMember, numberedObjects, stringMember } from './metadata-fields.ts';
import type { Digest } from './metadata-model.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

const DIGEST_COUNT_LIMIT = 8;

/**
 * Parses the digests of a metadata document. What only verification needs is not judged here.
 *
 * @throws FormatError `metadata-invalid`
 * @see prepare-digest.ts
 */
export function parseDigests(root: JsonObject): ReadonlyMap<number, Digest> {
  const digests = new Map<number, Digest>();
  for (const { id, path, value } of numberedObjects(root, 'digests')) {
    digests.set(id, {
      id,
      typeName: stringMember(value, 'type', path),
      keyslots: idsMember(value, 'keyslots', path),
      segments: idsMember(value, 'segments', path),
      hash: stringOrNull(value.get('hash')),
      iterations: countOrNull(value.get('iterations')),
      salt: stringOrNull(value.get('salt')),
      digest: stringOrNull(value.get('digest')),
    });
  }
  if (digests.size > DIGEST_COUNT_LIMIT) throw metadataError('digests', 'too-many');
  return digests;
}

function stringOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function countOrNull(value: JsonValue | undefined): number | null {
  return typeof value === 'bigint' && value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : null;
}
