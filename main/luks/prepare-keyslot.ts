/**
 * A keyslot as it is written becomes one that can be opened: names of ciphers and hashes resolved,
 * salts decoded, sizes and costs bounded, its digest found. Nothing is derived or read before.
 */

import { FormatError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import { AF_STRIPES } from '../crypto/af-splitter.ts';
import { decodeBase64 } from '../crypto/base64.ts';
import { findHash, type HashName } from '../crypto/hashes.ts';
import type { KdfParameters } from '../crypto/kdf.ts';
import { assertKdfWithinLimits, KDF_LIMITS } from '../crypto/kdf-limits.ts';
import { findKeyAreaCipher, type KeyAreaCipher } from '../crypto/key-area-cipher.ts';
import { KEY_AREA_SECTOR_BYTES } from '../crypto/key-area-xts.ts';
import { metadataError } from './metadata-error.ts';
import type { Keyslot, KeyslotKdf, Luks2Keyslot, Metadata } from './metadata-model.ts';
import { prepareDigest, type Verifier } from './prepare-digest.ts';

/** The longest volume key of any cipher that a header may name. */
const VOLUME_KEY_LIMIT_BYTES = 512;

export type OpenableKeyslot = Readonly<{
  keyslotId: number;
  keyBytes: number;
  /** Encrypted stripes: whole sectors from `offsetBytes`, of which `stripeBytes` count. */
  area: Readonly<{ offsetBytes: number; readBytes: number; stripeBytes: number }>;
  areaKeyBytes: number;
  cipher: KeyAreaCipher;
  afHash: HashName;
  kdf: KdfParameters;
  verifier: Verifier;
}>;

/**
 * Returns the keyslot in a form that can be opened.
 *
 * @param isCostAccepted - Whether a person has accepted how long that takes.
 * @throws FormatError `metadata-invalid`; `digest-invalid`; `kdf-cost-excessive`
 * @throws UnsupportedError `kdf-unsupported`; `hash-unsupported`; `cipher-unsupported`
 */
export function prepareKeyslot(
  metadata: Metadata,
  keyslot: Keyslot,
  isCostAccepted = false,
): OpenableKeyslot {
  if (keyslot.type !== 'luks2')
    throw new UnsupportedError('kdf-unsupported', { keyslotId: keyslot.id });
  const verifier = prepareVerifier(metadata, keyslot.id, isCostAccepted);
  const cipher = findKeyAreaCipher(keyslot.area.encryption, keyslot.area.keyBytes);
  const afHash = requireHash(keyslot.af.hash, keyslot.id);
  const area = prepareArea(keyslot);
  const kdf = prepareKdf(keyslot);
  assertKdfWithinLimits(kdf, keyslot.area.keyBytes, isCostAccepted);
  return {
    keyslotId: keyslot.id,
    keyBytes: keyslot.keyBytes,
    area,
    areaKeyBytes: keyslot.area.keyBytes,
    cipher,
    afHash,
    kdf,
    verifier,
  };
}

function prepareVerifier(metadata: Metadata, keyslotId: number, isCostAccepted: boolean): Verifier {
  const digest = [...metadata.digests.values()].find(({ keyslots }) =>
    keyslots.includes(keyslotId),
  );
  if (digest === undefined)
    throw new FormatError('digest-invalid', { keyslotId, reason: 'missing' });
  return prepareDigest(digest, isCostAccepted);
}

function prepareArea(keyslot: Luks2Keyslot): OpenableKeyslot['area'] {
  const path = `keyslots.${keyslot.id}`;
  if (keyslot.af.stripes !== AF_STRIPES)
    throw metadataError(`${path}.af.stripes`, 'stripes-unsupported');
  if (keyslot.keyBytes < 1 || keyslot.keyBytes > VOLUME_KEY_LIMIT_BYTES) {
    throw metadataError(`${path}.key_size`, 'key-size-unsupported');
  }
  const stripeBytes = keyslot.keyBytes * AF_STRIPES;
  const readBytes = Math.ceil(stripeBytes / KEY_AREA_SECTOR_BYTES) * KEY_AREA_SECTOR_BYTES;
  if (readBytes > keyslot.area.sizeBytes) throw metadataError(`${path}.area.size`, 'too-small');
  return { offsetBytes: keyslot.area.offsetBytes, readBytes, stripeBytes };
}

function prepareKdf(keyslot: Luks2Keyslot): KdfParameters {
  const { kdf } = keyslot;
  if (kdf.type === 'unknown')
    throw new UnsupportedError('kdf-unsupported', { keyslotId: keyslot.id });
  const path = `keyslots.${keyslot.id}.kdf`;
  const salt = prepareSalt(kdf, path);
  if (kdf.type === 'pbkdf2') {
    if (kdf.iterations < 1) throw metadataError(`${path}.iterations`, 'cost-too-low');
    return {
      type: kdf.type,
      hash: requireHash(kdf.hash, keyslot.id),
      iterations: kdf.iterations,
      salt,
    };
  }
  const hasLeastCost = kdf.time >= 1 && kdf.cpus >= 1 && kdf.memoryKib >= 8 * kdf.cpus;
  if (!hasLeastCost && kdf.cpus <= KDF_LIMITS.argon2.lanes)
    throw metadataError(path, 'cost-too-low');
  return { type: kdf.type, time: kdf.time, memoryKib: kdf.memoryKib, cpus: kdf.cpus, salt };
}

function prepareSalt(kdf: Exclude<KeyslotKdf, { type: 'unknown' }>, path: string): Uint8Array {
  const bounds = KDF_LIMITS[kdf.type === 'pbkdf2' ? 'pbkdf2' : 'argon2'].saltBytes;
  const salt = decodeBase64(kdf.salt);
  if (salt === undefined || salt.length < bounds.minimum || salt.length > bounds.maximum) {
    throw metadataError(`${path}.salt`, 'salt-invalid');
  }
  return salt;
}

function requireHash(name: string, keyslotId: number): HashName {
  const hash = findHash(name);
  if (hash === undefined) throw new UnsupportedError('hash-unsupported', { keyslotId });
  return hash;
}
