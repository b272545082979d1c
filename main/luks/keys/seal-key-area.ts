import { randomFillSync } from 'node:crypto';
import { KIB } from '../../../shared/units.ts';
import { SecretBytes } from '../../bytes/secret-bytes.ts';
import { AF_STRIPES, splitKey } from '../../crypto/af-splitter.ts';
import type { HashName } from '../../crypto/hashes.ts';
import { deriveKey, type KdfParameters } from '../../crypto/kdf.ts';
import { transformKeyAreaXts } from '../../crypto/key-area-xts.ts';

const AREA_UNIT_BYTES = 4 * KIB;
const KEYSLOT_SALT_BYTES = 32;

/** The hash with which new key areas are split. */
export const NEW_AF_HASH: HashName = 'sha256';

/** Returns the bytes that the key area of a volume key takes, padding included. */
export function keyAreaBytes(keyBytes: number): number {
  return Math.ceil((keyBytes * AF_STRIPES) / AREA_UNIT_BYTES) * AREA_UNIT_BYTES;
}

/** Returns a fresh salt for the key derivation of a new keyslot. */
export function newKeyslotSalt(): Uint8Array {
  return randomFillSync(new Uint8Array(KEYSLOT_SALT_BYTES));
}

/**
 * Returns the encrypted stripes of a volume key, padded with random bytes to the area's size.
 *
 * @param volumeKey - Borrowed.
 * @param passphrase - Borrowed: must stay unchanged until the promise settles.
 * @param areaKeyBytes - 32 or 64: AES-128-XTS or AES-256-XTS over the area.
 * @returns {@link keyAreaBytes} bytes. Owned by the caller, who disposes them.
 * @throws FormatError `kdf-cost-excessive`
 */
export async function sealKeyArea(
  volumeKey: SecretBytes,
  kdf: KdfParameters,
  passphrase: SecretBytes,
  areaKeyBytes: 32 | 64,
): Promise<SecretBytes> {
  using areaKey = await deriveKey(passphrase, kdf, areaKeyBytes);
  using stripes = splitKey(volumeKey.bytes, NEW_AF_HASH);
  using area = SecretBytes.allocate(keyAreaBytes(volumeKey.lengthBytes));
  area.bytes.set(stripes.bytes);
  randomFillSync(area.bytes, stripes.lengthBytes);
  transformKeyAreaXts('encrypt', areaKey.bytes, area.bytes);
  return area.move();
}
