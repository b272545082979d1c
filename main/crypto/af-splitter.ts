/**
 * The anti-forensic splitter of LUKS: a key becomes `stripes` blocks of its own length, all of which
 * are needed to get it back, so that destroying any part of a key area destroys the key.
 *
 * @see LUKS1 on-disk format 1.2.3, section 2.4
 */

import { randomFillSync } from 'node:crypto';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import { HASH_BYTES, type HashName, hashOnce } from './hashes.ts';

/** The only stripe count that LUKS headers use. */
export const AF_STRIPES = 4000;

const COUNTER_BYTES = 4;

/**
 * Splits a key into random-looking stripes.
 *
 * @param key - Borrowed.
 * @returns `key.length * stripes` bytes. Owned by the caller, who disposes them.
 */
export function splitKey(key: Uint8Array, hash: HashName, stripes = AF_STRIPES): SecretBytes {
  using split = SecretBytes.allocate(key.length * stripes);
  const lastAt = key.length * (stripes - 1);
  randomFillSync(split.bytes, 0, lastAt);
  using mixed = diffuseStripes(split.bytes, key.length, hash, stripes);
  for (let index = 0; index < key.length; index += 1) {
    split.bytes[lastAt + index] = (key[index] ?? 0) ^ (mixed.bytes[index] ?? 0);
  }
  return split.move();
}

/**
 * Merges stripes back into the key. Damaged stripes give another key: only a digest can tell.
 *
 * @param split - Borrowed: `keyBytes * stripes` bytes.
 * @returns The key. Owned by the caller, who disposes it.
 */
export function mergeKey(
  split: Uint8Array,
  keyBytes: number,
  hash: HashName,
  stripes = AF_STRIPES,
): SecretBytes {
  using key = diffuseStripes(split, keyBytes, hash, stripes);
  xorInto(key.bytes, split, keyBytes * (stripes - 1));
  return key.move();
}

/** Folds all stripes but the last one. */
function diffuseStripes(
  split: Uint8Array,
  keyBytes: number,
  hash: HashName,
  stripes: number,
): SecretBytes {
  using state = SecretBytes.allocate(keyBytes);
  using block = SecretBytes.allocate(COUNTER_BYTES + HASH_BYTES[hash]);
  for (let stripe = 0; stripe < stripes - 1; stripe += 1) {
    xorInto(state.bytes, split, stripe * keyBytes);
    diffuse(state.bytes, hash, block.bytes);
  }
  return state.move();
}

/** Replaces each digest-sized piece of the state by the hash of its number and itself. */
function diffuse(state: Uint8Array, hash: HashName, block: Uint8Array<ArrayBuffer>): void {
  const digestBytes = HASH_BYTES[hash];
  const counter = new DataView(block.buffer);
  for (let at = 0; at < state.length; at += digestBytes) {
    const piece = state.subarray(at, at + digestBytes);
    counter.setUint32(0, at / digestBytes);
    block.set(piece, COUNTER_BYTES);
    const digest = hashOnce(hash, block.subarray(0, COUNTER_BYTES + piece.length));
    piece.set(digest.subarray(0, piece.length));
    digest.fill(0);
  }
}

function xorInto(state: Uint8Array, source: Uint8Array, sourceAt: number): void {
  for (let index = 0; index < state.length; index += 1) {
    state[index] = (state[index] ?? 0) ^ (source[sourceAt + index] ?? 0);
  }
}
