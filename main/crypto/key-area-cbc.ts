/**
 * AES-CBC over a key area, as older tools made them. New containers have XTS areas; a keyslot that
 * is added to an old one is written in the cipher of its others.
 *
 * @see cryptsetup wiki, DMCrypt, "IV generators": plain, plain64, essiv
 */

import { createCipheriv, createDecipheriv, hash } from 'node:crypto';
import { transformEcb } from './ecb.ts';
import { KEY_AREA_SECTOR_BYTES } from './key-area-xts.ts';

const BLOCK_BYTES = 16;

/**
 * Encrypts or decrypts whole 512-byte sectors in place; the first one has sector number 0.
 *
 * @param key - Borrowed: 16, 24 or 32 bytes.
 * @param area - Borrowed and overwritten: a multiple of 512 bytes.
 */
export function transformKeyAreaCbc(
  direction: 'encrypt' | 'decrypt',
  iv: 'plain' | 'essiv-sha256',
  key: Uint8Array,
  area: Uint8Array,
): void {
  const create = direction === 'encrypt' ? createCipheriv : createDecipheriv;
  const vectors = initialVectors(iv, key, area.length / KEY_AREA_SECTOR_BYTES);
  for (let at = 0; at < area.length; at += KEY_AREA_SECTOR_BYTES) {
    const sector = area.subarray(at, at + KEY_AREA_SECTOR_BYTES);
    const vectorAt = (at / KEY_AREA_SECTOR_BYTES) * BLOCK_BYTES;
    const cipher = create(
      `aes-${key.length * 8}-cbc`,
      key,
      vectors.subarray(vectorAt, vectorAt + BLOCK_BYTES),
    );
    cipher.setAutoPadding(false);
    const transformed = cipher.update(sector);
    cipher.final();
    sector.set(transformed);
    transformed.fill(0);
  }
}

function initialVectors(
  iv: 'plain' | 'essiv-sha256',
  key: Uint8Array,
  sectors: number,
): Uint8Array {
  const plain = new Uint8Array(sectors * BLOCK_BYTES);
  const view = new DataView(plain.buffer);
  for (let sector = 0; sector < sectors; sector += 1)
    view.setUint32(sector * BLOCK_BYTES, sector, true);
  if (iv === 'plain') return plain;
  const ivKey = hash('sha256', key, 'buffer');
  try {
    return transformEcb('encrypt', ivKey, plain);
  } finally {
    ivKey.fill(0);
  }
}
