import type { VolumeCipher } from '../crypto/volume-cipher.ts';

const IV_SECTOR_BYTES = 512;
const PLAIN_LIMIT_SECTORS = 2 ** 32;

/**
 * Returns the cipher to serve a volume in: `plain` is `plain64` as long as no IV sector needs more
 * than 32 bits, and that is what every provider has.
 */
export function servedCipher(
  cipher: VolumeCipher,
  range: Readonly<{ lengthBytes: number; ivTweakSectors: number }>,
): VolumeCipher {
  const { lengthBytes, ivTweakSectors } = range;
  const isSmall =
    ivTweakSectors >= 0 && ivTweakSectors + lengthBytes / IV_SECTOR_BYTES <= PLAIN_LIMIT_SECTORS;
  if (!isSmall) return cipher;
  if (cipher === 'aes-xts-plain') return 'aes-xts-plain64';
  return cipher === 'aes-cbc-plain' ? 'aes-cbc-plain64' : cipher;
}
