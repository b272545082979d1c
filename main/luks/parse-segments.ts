import { metadataError } from './metadata-error.ts';
import {
  integerMember,
  numberedObjects,
  optionalStringsMember,
  stringMember,
  u64Member,
} from './metadata-fields.ts';
import type { Segment } from './metadata-model.ts';
import type { JsonObject } from './strict-json.ts';

/** Offsets and sizes are multiples of this. */
const SEGMENT_UNIT_BYTES = 512;
const BACKUP_FLAG_PREFIX = 'backup-';
const SECTOR_SIZE_BOUNDS = { minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;

/**
 * Parses the segments of a metadata document and checks how they lie to each other: numbered from 0
 * without a gap, backups last, no overlap, only the last one dynamic.
 *
 * @throws FormatError `metadata-invalid`; `area-overlap`
 */
export function parseSegments(root: JsonObject): ReadonlyMap<number, Segment> {
  const segments = new Map<number, Segment>();
  for (const { id, path, value } of numberedObjects(root, 'segments')) {
    segments.set(id, parseSegment(id, value, path));
  }
  assertNumbering(segments);
  assertNoOverlap([...segments.values()].filter((segment) => !segment.isBackup));
  return segments;
}

function parseSegment(id: number, value: JsonObject, path: string): Segment {
  const typeName = stringMember(value, 'type', path);
  const offsetBytes = u64Member(value, 'offset', path);
  const sizeBytes = parseSize(value, path);
  const flags = optionalStringsMember(value, 'flags', path);
  if (offsetBytes % BigInt(SEGMENT_UNIT_BYTES) !== 0n)
    throw metadataError(`${path}.offset`, 'not-aligned');
  const crypt = typeName === 'crypt' ? parseCrypt(value, path) : null;
  if (crypt !== null && sizeBytes !== 'dynamic' && sizeBytes % BigInt(crypt.sectorBytes) !== 0n) {
    throw metadataError(`${path}.size`, 'not-aligned');
  }
  const isBackup = flags.some((flag) => flag.startsWith(BACKUP_FLAG_PREFIX));
  return { id, typeName, offsetBytes, sizeBytes, flags, isBackup, crypt };
}

function parseSize(value: JsonObject, path: string): bigint | 'dynamic' {
  if (stringMember(value, 'size', path) === 'dynamic') return 'dynamic';
  const sizeBytes = u64Member(value, 'size', path);
  if (sizeBytes === 0n || sizeBytes % BigInt(SEGMENT_UNIT_BYTES) !== 0n) {
    throw metadataError(`${path}.size`, 'not-aligned');
  }
  return sizeBytes;
}

function parseCrypt(value: JsonObject, path: string): NonNullable<Segment['crypt']> {
  const encryption = stringMember(value, 'encryption', path);
  if (encryption === '') throw metadataError(`${path}.encryption`, 'empty');
  const sectorBytes = integerMember(value, 'sector_size', path, SECTOR_SIZE_BOUNDS);
  if (sectorBytes % SEGMENT_UNIT_BYTES !== 0)
    throw metadataError(`${path}.sector_size`, 'not-aligned');
  const ivTweak = u64Member(value, 'iv_tweak', path);
  return { encryption, sectorBytes, ivTweak, hasIntegrity: value.has('integrity') };
}

function assertNumbering(segments: ReadonlyMap<number, Segment>): void {
  let isAfterBackup = false;
  for (let id = 0; id < segments.size; id += 1) {
    const segment = segments.get(id);
    if (segment === undefined) throw metadataError(`segments.${id}`, 'missing');
    if (isAfterBackup && !segment.isBackup) throw metadataError(`segments.${id}`, 'after-backup');
    isAfterBackup = segment.isBackup;
  }
  if (segments.get(0)?.isBackup !== false) throw metadataError('segments.0', 'missing');
}

function assertNoOverlap(segments: readonly Segment[]): void {
  const sorted = segments.toSorted((a, b) => (a.offsetBytes < b.offsetBytes ? -1 : 1));
  for (const [index, segment] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined) return;
    if (segment.sizeBytes === 'dynamic')
      throw metadataError(`segments.${segment.id}.size`, 'dynamic-not-last');
    if (segment.offsetBytes + segment.sizeBytes > next.offsetBytes) {
      throw metadataError(`segments.${next.id}`, 'segments-overlap');
    }
  }
}
