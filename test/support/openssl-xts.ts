import { createCipheriv } from 'node:crypto';

/**
 * Encrypts sectors by AES-XTS one at a time, with the OpenSSL of Node: what providers are held to.
 *
 * @param key - Data key then tweak key, 32 or 64 bytes.
 * @param ivSector - Of the first sector, in 512-byte units.
 */
export function openSslXts(
  key: Uint8Array,
  plain: Uint8Array,
  sectorBytes: number,
  ivSector: number,
): Buffer {
  const sectors: Buffer[] = [];
  for (let at = 0; at < plain.length; at += sectorBytes) {
    const tweak = Buffer.alloc(16);
    tweak.writeBigUInt64LE(BigInt(ivSector) + BigInt(at / 512));
    const cipher = createCipheriv(`aes-${key.length * 4}-xts`, key, tweak);
    sectors.push(cipher.update(plain.subarray(at, at + sectorBytes)));
  }
  return Buffer.concat(sectors);
}
