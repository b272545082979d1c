import { AF_STRIPES } from '../crypto/af-splitter.ts';
import { encodeBase64 } from '../crypto/base64.ts';
import type { HashName } from '../crypto/hashes.ts';
import type { KdfParameters } from '../crypto/kdf.ts';
import { LUKS2_BINARY_HEADER_BYTES } from './binary-header.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

export const DIGEST_HASH = 'sha256';
/** The volume key is random, so its digest needs no more than to be no shortcut for guessing. */
export const DIGEST_ITERATIONS = 100_000;

export type NewKeyslot = Readonly<{
  keyBytes: number;
  /** Cipher of the area, and length of its key. */
  encryption: string;
  areaKeyBytes: number;
  kdf: KdfParameters;
  afHash: HashName;
  area: Readonly<{ offsetBytes: number; sizeBytes: number }>;
}>;

export type NewContainer = Readonly<{
  keyslot: NewKeyslot;
  digest: Readonly<{ salt: Uint8Array; digest: Uint8Array }>;
  segment: Readonly<{ offsetBytes: number; sectorBytes: number }>;
  headerBytes: number;
  keyslotsAreaBytes: number;
}>;

/** Returns the metadata of a new container with one keyslot, in the reference's member order. */
export function buildMetadata(container: NewContainer): JsonObject {
  return object({
    keyslots: object({ 0: buildKeyslot(container.keyslot) }),
    tokens: object({}),
    segments: object({ 0: buildSegment(container.segment) }),
    digests: object({ 0: buildDigest(container.digest) }),
    config: object({
      json_size: String(container.headerBytes - LUKS2_BINARY_HEADER_BYTES),
      keyslots_size: String(container.keyslotsAreaBytes),
    }),
  });
}

/** Returns a keyslot of type `luks2`, in the reference's member order. */
export function buildKeyslot({
  keyBytes,
  encryption,
  areaKeyBytes,
  kdf,
  afHash,
  area,
}: NewKeyslot): JsonObject {
  return object({
    type: 'luks2',
    key_size: BigInt(keyBytes),
    af: object({ type: 'luks1', stripes: BigInt(AF_STRIPES), hash: afHash }),
    area: object({
      type: 'raw',
      offset: String(area.offsetBytes),
      size: String(area.sizeBytes),
      encryption,
      key_size: BigInt(areaKeyBytes),
    }),
    kdf: buildKdf(kdf),
  });
}

function buildKdf(kdf: KdfParameters): JsonObject {
  const salt = encodeBase64(kdf.salt);
  if (kdf.type === 'pbkdf2')
    return object({ type: kdf.type, hash: kdf.hash, iterations: BigInt(kdf.iterations), salt });
  const { type, time, memoryKib, cpus } = kdf;
  return object({ type, time: BigInt(time), memory: BigInt(memoryKib), cpus: BigInt(cpus), salt });
}

function buildSegment({ offsetBytes, sectorBytes }: NewContainer['segment']): JsonObject {
  return object({
    type: 'crypt',
    offset: String(offsetBytes),
    size: 'dynamic',
    iv_tweak: '0',
    encryption: 'aes-xts-plain64',
    sector_size: BigInt(sectorBytes),
  });
}

function buildDigest({ salt, digest }: NewContainer['digest']): JsonObject {
  return object({
    type: 'pbkdf2',
    keyslots: ['0'],
    segments: ['0'],
    hash: DIGEST_HASH,
    iterations: BigInt(DIGEST_ITERATIONS),
    salt: encodeBase64(salt),
    digest: encodeBase64(digest),
  });
}

function object(members: Readonly<Record<string, JsonValue>>): JsonObject {
  return new Map(Object.entries(members));
}
