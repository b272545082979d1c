import { randomFillSync } from 'node:crypto';
import { KIB } from '../../../shared/units.ts';
import { SecretBytes } from '../../bytes/secret-bytes.ts';
import { AF_STRIPES, splitKey } from '../../crypto/af-splitter.ts';
import type { HashName } from '../../crypto/hashes.ts';
import { deriveKey, type KdfParameters } from '../../crypto/kdf.ts';
import { findKeyAreaCipher } from '../../crypto/key-area-cipher.ts';

const AREA_UNIT_BYTES = 4 * KIB;
const KEYSLOT_SALT_BYTES = 32;

/** The hash with which new key areas are split. */
const NEW_AF_HASH: HashName = 'sha256';

/** Returns the bytes that the key area of a volume key takes, padding included. */
function keyAreaBytes(keyBytes: number): number {
  return Math.ceil((keyBytes * AF_STRIPES) / AREA_UNIT_BYTES) * AREA_UNIT_BYTES;
}

/** Returns a fresh salt for the key derivation of a new keyslot. */
export function newKeyslotSalt(): Uint8Array {
  return randomFillSync(new Uint8Array(KEYSLOT_SALT_BYTES));
}

/** How a key area is written: its cipher by name, the key for it, and the hash of the stripes. */
export type AreaSeal = Readonly<{
  encryption: string;
  areaKeyBytes: number;
  afHash: HashName;
  /** Whole sectors, at least as many as the stripes take. */
  areaBytes: number;
}>;

/** Returns how a key area of LUKS2 is written, its size from the length of the volume key. */
export function luks2Seal(keyBytes: number, encryption: string, areaKeyBytes: number): AreaSeal {
  return { encryption, areaKeyBytes, afHash: NEW_AF_HASH, areaBytes: keyAreaBytes(keyBytes) };
}

/**
 * Returns the encrypted stripes of a volume key, padded with random bytes to the area's size.
 *
 * @param volumeKey - Borrowed.
 * @param passphrase - Borrowed: must stay unchanged until the promise settles.
 * @returns `areaBytes` bytes. Owned by the caller, who disposes them.
 * @throws FormatError `kdf-cost-excessive`; UnsupportedError `cipher-unsupported`
 */
export async function sealKeyArea(
  volumeKey: SecretBytes,
  kdf: KdfParameters,
  passphrase: SecretBytes,
  { encryption, areaKeyBytes, afHash, areaBytes }: AreaSeal,
): Promise<SecretBytes> {
  const cipher = findKeyAreaCipher(encryption, areaKeyBytes);
  using areaKey = await deriveKey(passphrase, kdf, areaKeyBytes);
  using stripes = splitKey(volumeKey.bytes, afHash);
  using area = SecretBytes.allocate(areaBytes);
  area.bytes.set(stripes.bytes);
  randomFillSync(area.bytes, stripes.lengthBytes);
  cipher.encrypt(areaKey.bytes, area.bytes);
  return area.move();
}
