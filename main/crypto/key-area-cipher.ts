import { UnsupportedError } from '../../shared/errors/vault-error.ts';
import { transformKeyAreaCbc } from './key-area-cbc.ts';
import { transformKeyAreaXts } from './key-area-xts.ts';

/** The cipher that new key areas are written with. */
export const KEY_AREA_ENCRYPTION = 'aes-xts-plain64';

/** Both transform whole 512-byte sectors in place; key and area are borrowed. */
export type KeyAreaCipher = Readonly<{
  encrypt: (areaKey: Uint8Array, area: Uint8Array<ArrayBuffer>) => void;
  decrypt: (areaKey: Uint8Array, area: Uint8Array<ArrayBuffer>) => void;
}>;

type CipherEntry = KeyAreaCipher & Readonly<{ keyBytes: readonly number[] }>;

const XTS: CipherEntry = {
  keyBytes: [32, 64],
  encrypt: (areaKey, area) => transformKeyAreaXts('encrypt', areaKey, area),
  decrypt: (areaKey, area) => transformKeyAreaXts('decrypt', areaKey, area),
};

function cbc(iv: 'plain' | 'essiv-sha256'): CipherEntry {
  return {
    keyBytes: [16, 24, 32],
    encrypt: (areaKey, area) => transformKeyAreaCbc('encrypt', iv, areaKey, area),
    decrypt: (areaKey, area) => transformKeyAreaCbc('decrypt', iv, areaKey, area),
  };
}

/** A key area has fewer than 2^32 sectors, so `plain` and `plain64` are the same there. */
const CIPHERS: ReadonlyMap<string, CipherEntry> = new Map([
  ['aes-xts-plain64', XTS],
  ['aes-xts-plain', XTS],
  ['aes-cbc-plain64', cbc('plain')],
  ['aes-cbc-plain', cbc('plain')],
  ['aes-cbc-essiv:sha256', cbc('essiv-sha256')],
]);

/**
 * Returns the cipher of a key area.
 *
 * SECURITY: an allow list; in particular no null cipher, which would put the volume key in the open.
 *
 * @throws UnsupportedError `cipher-unsupported`
 */
export function findKeyAreaCipher(encryption: string, keyBytes: number): KeyAreaCipher {
  const cipher = CIPHERS.get(encryption);
  if (cipher === undefined || !cipher.keyBytes.includes(keyBytes)) {
    throw new UnsupportedError('cipher-unsupported', { where: 'keyslot-area', keyBytes });
  }
  return cipher;
}
