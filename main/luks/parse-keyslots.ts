import { metadataError } from './metadata-error.ts';
import {
  integerMember,
  numberedObjects,
  objectMember,
  stringMember,
  u64Member,
} from './metadata-fields.ts';
import type { Keyslot, KeyslotKdf, KeyslotPriority, Luks2Keyslot } from './metadata-model.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

const I32 = { minimum: 0, maximum: 2 ** 31 - 1 } as const;
const ANY_I32 = { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 } as const;
const COST = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** Parses the keyslots of a metadata document. @throws FormatError `metadata-invalid` */
export function parseKeyslots(root: JsonObject): ReadonlyMap<number, Keyslot> {
  const keyslots = new Map<number, Keyslot>();
  for (const { id, path, value } of numberedObjects(root, 'keyslots')) {
    keyslots.set(id, parseKeyslot(id, value, path));
  }
  return keyslots;
}

function parseKeyslot(id: number, value: JsonObject, path: string): Keyslot {
  const typeName = stringMember(value, 'type', path);
  const keyBytes = integerMember(value, 'key_size', path, I32);
  const priority = parsePriority(value.get('priority'));
  const area = objectMember(value, 'area', path);
  const areaPath = `${path}.area`;
  const areaType = stringMember(area, 'type', areaPath);
  const range = {
    offsetBytes: safeBytes(u64Member(area, 'offset', areaPath), `${areaPath}.offset`),
    sizeBytes: safeBytes(u64Member(area, 'size', areaPath), `${areaPath}.size`),
  };
  if (typeName !== 'luks2') return { type: 'other', typeName, id, keyBytes, priority, area: range };
  if (areaType !== 'raw') throw metadataError(`${areaPath}.type`, 'area-type-unknown');
  return {
    type: 'luks2',
    id,
    keyBytes,
    priority,
    af: parseAf(value, path),
    area: {
      ...range,
      encryption: stringMember(area, 'encryption', areaPath),
      keyBytes: integerMember(area, 'key_size', areaPath, I32),
    },
    kdf: parseKdf(value, path),
  };
}

function parseAf(keyslot: JsonObject, keyslotPath: string): Luks2Keyslot['af'] {
  const path = `${keyslotPath}.af`;
  const af = objectMember(keyslot, 'af', keyslotPath);
  if (stringMember(af, 'type', path) !== 'luks1')
    throw metadataError(`${path}.type`, 'af-type-unknown');
  return {
    stripes: integerMember(af, 'stripes', path, ANY_I32),
    hash: stringMember(af, 'hash', path),
  };
}

function parseKdf(keyslot: JsonObject, keyslotPath: string): KeyslotKdf {
  const path = `${keyslotPath}.kdf`;
  const kdf = objectMember(keyslot, 'kdf', keyslotPath);
  const type = stringMember(kdf, 'type', path);
  const salt = stringMember(kdf, 'salt', path);
  if (type === 'pbkdf2') {
    const hash = stringMember(kdf, 'hash', path);
    return { type, hash, iterations: integerMember(kdf, 'iterations', path, COST), salt };
  }
  if (type === 'argon2i' || type === 'argon2id') {
    return {
      type,
      time: integerMember(kdf, 'time', path, COST),
      memoryKib: integerMember(kdf, 'memory', path, COST),
      cpus: integerMember(kdf, 'cpus', path, COST),
      salt,
    };
  }
  return { type: 'unknown', name: type };
}

/** SPEC: a priority that is no number, or an unknown one, counts as normal, as for the reference. */
function parsePriority(value: JsonValue | undefined): KeyslotPriority {
  if (value === 0n) return 'ignore';
  return value === 2n ? 'prefer' : 'normal';
}

function safeBytes(value: bigint, path: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw metadataError(path, 'offset-out-of-range');
  return Number(value);
}
