import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AF_STRIPES, mergeKey, splitKey } from '../../../main/crypto/af-splitter.ts';
import { findHash, HASH_BYTES, type HashName } from '../../../main/crypto/hashes.ts';

const HASHES = Object.keys(HASH_BYTES).filter((name) => findHash(name)) as HashName[]; // keys of HASH_BYTES

/** The specification's merge, written down once more as plainly as it reads there. */
function mergePlainly(
  split: Uint8Array,
  keyBytes: number,
  hash: HashName,
  stripes: number,
): Buffer {
  let state = Buffer.alloc(keyBytes);
  for (let stripe = 0; stripe < stripes; stripe += 1) {
    const piece = split.subarray(stripe * keyBytes, (stripe + 1) * keyBytes);
    state = Buffer.from(state.map((byte, index) => byte ^ (piece[index] ?? 0)));
    if (stripe === stripes - 1) break;
    const blocks: Buffer[] = [];
    for (let at = 0, block = 0; at < keyBytes; at += HASH_BYTES[hash], block += 1) {
      const part = state.subarray(at, at + HASH_BYTES[hash]);
      const counter = Buffer.alloc(4);
      counter.writeUInt32BE(block);
      blocks.push(createHash(hash).update(counter).update(part).digest().subarray(0, part.length));
    }
    state = Buffer.concat(blocks);
  }
  return state;
}

describe('AF-splitter', () => {
  it('merges what it splits, for any key, hash and stripe count', () => {
    const anyKey = fc.uint8Array({ minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(
        anyKey,
        fc.constantFrom(...HASHES),
        fc.integer({ min: 1, max: 40 }),
        (key, hash, stripes) => {
          using split = splitKey(key, hash, stripes);
          using merged = mergeKey(split.bytes, key.length, hash, stripes);
          expect(Buffer.from(merged.bytes).equals(key)).toBe(true);
        },
      ),
      { numRuns: 200, seed: 20_240 },
    );
  });

  it.each(HASHES)('agrees with the specification read plainly, with %s', (hash) => {
    const split = randomBytes(50 * 64);
    using merged = mergeKey(split, 64, hash, 50);
    expect(Buffer.from(merged.bytes).equals(mergePlainly(split, 64, hash, 50))).toBe(true);
  });

  it('gives another key where any one bit of any stripe is flipped', () => {
    const key = randomBytes(64);
    using split = splitKey(key, 'sha256');
    expect(split.lengthBytes).toBe(64 * AF_STRIPES);
    for (const at of [0, 1, 64 * 1999 + 7, split.lengthBytes - 1]) {
      const damaged = split.bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      using merged = mergeKey(damaged, 64, 'sha256');
      expect(Buffer.from(merged.bytes).equals(key)).toBe(false);
    }
  });

  it('splits the same key differently each time', () => {
    const key = randomBytes(32);
    using a = splitKey(key, 'sha1', 4);
    using b = splitKey(key, 'sha1', 4);
    expect(Buffer.from(a.bytes).equals(b.bytes)).toBe(false);
  });
});
