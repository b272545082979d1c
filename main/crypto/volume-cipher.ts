/** The ciphers that volumes are served in, as headers and dm-crypt spell them. */
export const VOLUME_CIPHERS = [
  'aes-xts-plain64',
  'aes-xts-plain',
  'aes-cbc-essiv:sha256',
  'aes-cbc-plain64',
  'aes-cbc-plain',
] as const;
export type VolumeCipher = (typeof VOLUME_CIPHERS)[number];

/** What new volumes are encrypted with. */
export const DEFAULT_VOLUME_CIPHER = 'aes-xts-plain64' satisfies VolumeCipher;

/** Two keys of AES-128 or of AES-256. */
const XTS_KEY_BYTES = [32, 64] as const;
const CBC_KEY_BYTES = [16, 24, 32] as const;

/**
 * Returns the cipher of this name, or `undefined` where it is not ours.
 *
 * SECURITY: an allow list; no null cipher, no mode without a position-dependent tweak.
 */
export function findVolumeCipher(encryption: string): VolumeCipher | undefined {
  return VOLUME_CIPHERS.find((cipher) => cipher === encryption);
}

/** Tells whether a cipher is AES-XTS; the others are AES-CBC. */
export function isXts(cipher: VolumeCipher): boolean {
  return cipher === 'aes-xts-plain64' || cipher === 'aes-xts-plain';
}

/** Returns the lengths of volume key that a cipher takes. */
export function volumeKeyBytes(cipher: VolumeCipher): readonly number[] {
  return isXts(cipher) ? XTS_KEY_BYTES : CBC_KEY_BYTES;
}
