/**
 * The keyslots of a LUKS1 header as they are opened: the same steps as in LUKS2, with PBKDF2 and a
 * digest of 20 bytes, and with the volume's own cipher over the key areas.
 *
 * @see LUKS1 on-disk format 1.2.3, section 4
 */

import { CredentialError, FormatError, UnsupportedError } from '../../shared/errors/vault-error.ts';
import { AF_STRIPES } from '../crypto/af-splitter.ts';
import { findHash, type HashName } from '../crypto/hashes.ts';
import { assertKdfWithinLimits } from '../crypto/kdf-limits.ts';
import { findKeyAreaCipher } from '../crypto/key-area-cipher.ts';
import { decodeTextField } from './binary-header.ts';
import {
  isActive,
  LUKS1_DIGEST_BYTES,
  LUKS1_SECTOR_BYTES,
  type Luks1Header,
} from './luks1-header.ts';
import { metadataError } from './metadata-error.ts';
import type { KeyslotChoice } from './open-keyslot.ts';
import type { Verifier } from './prepare-digest.ts';
import type { OpenableKeyslot } from './prepare-keyslot.ts';
import { assertLuks1Areas, luks1AreaSectors } from './read-luks1.ts';

/** Returns the cipher of data and key areas as one name: `aes-xts-plain64`. */
export function luks1Encryption({ cipherName, cipherMode }: Luks1Header): string {
  return `${decodeTextField(cipherName)}-${decodeTextField(cipherMode)}`;
}

/**
 * Returns the keyslots to try, in their order.
 *
 * @throws CredentialError `keyslot-inactive`
 * @throws FormatError `area-overlap`; `metadata-invalid` where areas lie over each other or the data.
 */
export function luks1Candidates(
  header: Luks1Header,
  { keyslotId, isCostAccepted = false }: KeyslotChoice,
): readonly (() => OpenableKeyslot)[] {
  assertLuks1Areas(header);
  const ids = header.keyslots.flatMap((keyslot, id) =>
    isActive(keyslot) && (keyslotId === undefined || keyslotId === id) ? [id] : [],
  );
  if (ids.length === 0)
    throw new CredentialError('keyslot-inactive', keyslotId === undefined ? {} : { keyslotId });
  return ids.map((id) => () => prepareLuks1Keyslot(header, id, isCostAccepted));
}

/**
 * Returns a keyslot in a form that can be opened.
 *
 * @throws FormatError `metadata-invalid`; `digest-invalid`; `kdf-cost-excessive`
 * @throws UnsupportedError `hash-unsupported`; `cipher-unsupported`
 */
export function prepareLuks1Keyslot(
  header: Luks1Header,
  keyslotId: number,
  isCostAccepted = false,
): OpenableKeyslot {
  const keyslot = header.keyslots[keyslotId];
  if (keyslot === undefined) throw new CredentialError('keyslot-inactive', { keyslotId });
  const hash = requireHash(header);
  const verifier = prepareLuks1Verifier(header, isCostAccepted);
  const { keyBytes } = header;
  const cipher = findKeyAreaCipher(luks1Encryption(header), keyBytes);
  const path = `keyslots.${keyslotId}.iterations`;
  if (keyslot.iterations < 1) throw metadataError(path, 'cost-too-low');
  const { iterations, salt } = keyslot;
  const kdf = { type: 'pbkdf2', hash, iterations, salt } as const;
  assertKdfWithinLimits(kdf, keyBytes, isCostAccepted);
  const area = {
    offsetBytes: keyslot.areaOffsetSectors * LUKS1_SECTOR_BYTES,
    readBytes: luks1AreaSectors(header) * LUKS1_SECTOR_BYTES,
    stripeBytes: keyBytes * AF_STRIPES,
  };
  return { keyslotId, keyBytes, area, areaKeyBytes: keyBytes, cipher, afHash: hash, kdf, verifier };
}

/**
 * Returns what the volume key is verified with.
 *
 * @throws FormatError `digest-invalid`; `kdf-cost-excessive`; UnsupportedError `hash-unsupported`
 */
export function prepareLuks1Verifier(header: Luks1Header, isCostAccepted = false): Verifier {
  const hash = requireHash(header);
  const iterations = header.digestIterations;
  if (iterations < 1)
    throw new FormatError('digest-invalid', { digestId: 0, reason: 'iterations' });
  const cost = { type: 'pbkdf2', hash, iterations } as const;
  assertKdfWithinLimits(cost, LUKS1_DIGEST_BYTES, isCostAccepted);
  return { digestId: 0, hash, iterations, salt: header.digestSalt, digest: header.digest };
}

function requireHash(header: Luks1Header): HashName {
  const hash = findHash(decodeTextField(header.hashName));
  if (hash === undefined) throw new UnsupportedError('hash-unsupported');
  return hash;
}
