/**
 * Looks for damage in bytes that have to look random, as an encrypted key area does.
 *
 * Each block's byte values are counted and compared with what chance gives (Pearson's chi-squared
 * with 255 degrees of freedom). Zeros, text, another file's content or a run of one byte stand out
 * by orders of magnitude; single flipped bits cannot be seen by anybody without the key.
 */

const BLOCK_BYTES = 4096;
const PIECE_BYTES = 512;
const VALUES = 256;
/**
 * Mean 255, standard deviation 22.6: ten deviations above happen by chance in less than one of 10^17
 * blocks.
 */
const BLOCK_LIMIT = 481;
/** The piece of a suspicious block that is to blame for it: twice the expected value. */
const PIECE_LIMIT = 510;

/**
 * Returns the offset in the bytes of the first piece that does not look random, or `null`.
 *
 * @param bytes - Borrowed. A rest shorter than a block is looked at with the block before it.
 */
export function findNonRandom(bytes: Uint8Array): number | null {
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const start = Math.max(0, Math.min(at, bytes.length - BLOCK_BYTES));
    const block = bytes.subarray(start, Math.min(start + BLOCK_BYTES, bytes.length));
    if (chiSquared(block) > BLOCK_LIMIT) return start + blamePiece(block);
  }
  return null;
}

function blamePiece(block: Uint8Array): number {
  let [worst, worstAt] = [0, 0];
  for (let at = 0; at < block.length; at += PIECE_BYTES) {
    const value = chiSquared(block.subarray(at, at + PIECE_BYTES));
    if (value > PIECE_LIMIT) return at;
    if (value > worst) [worst, worstAt] = [value, at];
  }
  return worstAt;
}

function chiSquared(bytes: Uint8Array): number {
  const counts = new Uint32Array(VALUES);
  for (const byte of bytes) counts[byte] = (counts[byte] ?? 0) + 1;
  const expected = bytes.length / VALUES;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
