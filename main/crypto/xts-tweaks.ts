/** Sectors whose tweaks are encrypted in one go: those of 1 MiB at 512-byte sectors. */
export const TWEAK_BATCH_SECTORS = 2048;
/** Bytes of one XTS tweak. */
export const TWEAK_BYTES = 16;

const WORDS = TWEAK_BYTES / 4;
const IV_SECTOR_BYTES = 512;

/**
 * Writes the `plain64` tweaks of consecutive sectors: IV sector numbers, little-endian, zero-padded.
 *
 * @param words - Borrowed: the tweak buffer as 32-bit words of a little-endian machine; the first
 * `4 * sectors` words are overwritten.
 * @param firstIvSector - IV sector (512-byte unit) of the first sector, a safe integer.
 * @see cryptsetup wiki, DMCrypt, "IV generators": plain64
 */
export function writePlain64Tweaks(
  words: Uint32Array,
  firstIvSector: number,
  sectors: number,
  sectorBytes: number,
): void {
  const step = sectorBytes / IV_SECTOR_BYTES;
  for (let i = 0; i < sectors; i += 1) {
    const ivSector = firstIvSector + i * step;
    words[i * WORDS] = ivSector % 2 ** 32;
    words[i * WORDS + 1] = Math.floor(ivSector / 2 ** 32);
    words[i * WORDS + 2] = 0;
    words[i * WORDS + 3] = 0;
  }
}
