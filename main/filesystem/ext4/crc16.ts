/** CRC-16 (ANSI, reflected) that group descriptors had before ext4 had checksums everywhere. */

const POLYNOMIAL = 0xa001;

export const CRC16_START = 0xffff;

/** Carries a checksum on over `bytes[from..to)`. */
export function crc16(crc: number, bytes: Uint8Array, from = 0, to = bytes.length): number {
  let value = crc;
  for (let at = from; at < to; at += 1) {
    value ^= bytes[at] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) {
      value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
    }
  }
  return value;
}
