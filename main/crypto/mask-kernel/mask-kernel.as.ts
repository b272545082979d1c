// AssemblyScript, compiled by resources/build/build-kernel.ts; not part of the TypeScript program.

/**
 * XORs consecutive sectors in place with their XTS masks: T, T*a, T*a^2, ... in GF(2^128), where T
 * is the encrypted tweak of the sector and a the primitive element. IEEE Std 1619-2007, 5.2.
 *
 * @param data - Address of the first sector.
 * @param tweaks - Address of one encrypted 16-byte tweak per sector.
 * @param sectors - Number of sectors.
 * @param blocks - 16-byte blocks per sector.
 */
export function applyMasks(data: usize, tweaks: usize, sectors: i32, blocks: i32): void {
  const polynomial = i64x2(0x87, 1);
  for (let sector = 0; sector < sectors; sector++) {
    let mask = v128.load(tweaks + (<usize>sector << 4));
    for (let block = 0; block < blocks; block++) {
      v128.store(data, v128.xor(v128.load(data), mask));
      data += 16;
      // Each lane's top bit, moved to the other lane, picks what the doubling carries in.
      const top = i64x2.shr_s(mask, 63);
      const carry = v128.and(v128.shuffle<u64>(top, top, 1, 0), polynomial);
      mask = v128.xor(i64x2.shl(mask, 1), carry);
    }
  }
}
