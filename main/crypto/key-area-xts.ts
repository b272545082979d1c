/**
 * AES-XTS over a key area of at most some hundred KiB, in plain JavaScript over two AES-ECB objects:
 * Electron's BoringSSL has no `aes-*-xts`. Volume data goes through an XTS provider instead.
 *
 * @see IEEE 1619-2018; cryptsetup wiki, DMCrypt, "IV generators": plain, plain64
 */

import { SecretBytes } from '../bytes/secret-bytes.ts';
import { transformEcb } from './ecb.ts';

export const KEY_AREA_SECTOR_BYTES = 512;

const BLOCK_BYTES = 16;
const BLOCK_WORDS = BLOCK_BYTES / 4;
const SECTOR_BLOCKS = KEY_AREA_SECTOR_BYTES / BLOCK_BYTES;
/** The feedback polynomial x^128 + x^7 + x^2 + x + 1, without its highest term. */
const FEEDBACK = 0x87;

/**
 * Encrypts or decrypts whole 512-byte sectors in place; the first one has IV 0.
 *
 * @param key - Borrowed: data key then tweak key, 32 or 64 bytes.
 * @param area - Borrowed and overwritten: a multiple of 512 bytes, aligned to 4.
 */
export function transformKeyAreaXts(
  direction: 'encrypt' | 'decrypt',
  key: Uint8Array,
  area: Uint8Array<ArrayBuffer>,
): void {
  const half = key.length / 2;
  using masks = SecretBytes.allocate(area.length);
  fillMasks(key.subarray(half), masks.bytes);
  const words = wordsOf(area);
  const maskWords = wordsOf(masks.bytes);
  xorWords(words, maskWords);
  const transformed = transformEcb(direction, key.subarray(0, half), area);
  area.set(transformed);
  transformed.fill(0);
  xorWords(words, maskWords);
}

/** Fills in the mask of each block: the sector's encrypted tweak, doubled once per block. */
function fillMasks(tweakKey: Uint8Array, masks: Uint8Array<ArrayBuffer>): void {
  const sectors = masks.length / KEY_AREA_SECTOR_BYTES;
  const plain = new Uint8Array(sectors * BLOCK_BYTES);
  const plainView = new DataView(plain.buffer);
  for (let sector = 0; sector < sectors; sector += 1)
    plainView.setUint32(sector * BLOCK_BYTES, sector, true);
  const tweaks = transformEcb('encrypt', tweakKey, plain);
  const view = new DataView(tweaks.buffer, tweaks.byteOffset, tweaks.length);
  const out = new DataView(masks.buffer, masks.byteOffset, masks.length);
  for (let sector = 0; sector < sectors; sector += 1) {
    let w0 = view.getUint32(sector * BLOCK_BYTES, true);
    let w1 = view.getUint32(sector * BLOCK_BYTES + 4, true);
    let w2 = view.getUint32(sector * BLOCK_BYTES + 8, true);
    let w3 = view.getUint32(sector * BLOCK_BYTES + 12, true);
    for (let block = 0; block < SECTOR_BLOCKS; block += 1) {
      const at = (sector * SECTOR_BLOCKS + block) * BLOCK_BYTES;
      out.setUint32(at, w0, true);
      out.setUint32(at + 4, w1, true);
      out.setUint32(at + 8, w2, true);
      out.setUint32(at + 12, w3, true);
      const carry = (w3 >>> 31) * FEEDBACK;
      w3 = (w3 << 1) | (w2 >>> 31);
      w2 = (w2 << 1) | (w1 >>> 31);
      w1 = (w1 << 1) | (w0 >>> 31);
      w0 = (w0 << 1) ^ carry;
    }
  }
  tweaks.fill(0);
}

function wordsOf(bytes: Uint8Array<ArrayBuffer>): Uint32Array {
  return new Uint32Array(
    bytes.buffer,
    bytes.byteOffset,
    (bytes.length / BLOCK_BYTES) * BLOCK_WORDS,
  );
}

function xorWords(target: Uint32Array, source: Uint32Array): void {
  for (let index = 0; index < target.length; index += 1) {
    target[index] = (target[index] ?? 0) ^ (source[index] ?? 0);
  }
}
