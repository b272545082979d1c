/*
 * The walk over sectors, the same for every implementation. Included by a source file that has
 * defined, for whole batches and as inline functions of constant `rounds` and `is_decrypt`:
 *
 *   encrypt_tweaks(tweaks, keys, rounds)       XTS_TWEAK_BATCH tweaks in place
 *   encrypt_tweak(tweak, keys, rounds)         one tweak in place
 *   transform_sector(schedule, at, sector_bytes, tweak, rounds, is_decrypt)
 */
#ifndef LOCKLINE_SECTORS_H
#define LOCKLINE_SECTORS_H

#include "xts.h"

/* `plain64`: the IV sector number, little-endian, zero-padded. Both architectures are so. */
XTS_INLINE void write_tweaks(uint8_t (*tweaks)[XTS_BLOCK_BYTES], size_t count, uint64_t iv_sector,
                             uint64_t step) {
  for (size_t i = 0; i < count; i += 1) {
    const uint64_t words[2] = {iv_sector + i * step, 0};
    __builtin_memcpy(tweaks[i], words, sizeof words);
  }
}

XTS_INLINE void transform_sectors(const xts_schedule *schedule, uint8_t *at, size_t count,
                                  size_t sector_bytes, uint64_t iv_sector, int rounds,
                                  bool is_decrypt) {
  const uint64_t step = sector_bytes / XTS_IV_SECTOR_BYTES;
  _Alignas(64) uint8_t tweaks[XTS_TWEAK_BATCH][XTS_BLOCK_BYTES];
  while (count > 0) {
    const size_t batch = count < XTS_TWEAK_BATCH ? count : XTS_TWEAK_BATCH;
    if (batch == 1) {
      write_tweaks(tweaks, 1, iv_sector, step);
      encrypt_tweak(tweaks[0], schedule->tweak, rounds);
    } else {
      write_tweaks(tweaks, XTS_TWEAK_BATCH, iv_sector, step);
      encrypt_tweaks(tweaks, schedule->tweak, rounds);
    }
    for (size_t i = 0; i < batch; i += 1, at += sector_bytes)
      transform_sector(schedule, at, sector_bytes, tweaks[i], rounds, is_decrypt);
    iv_sector += batch * step;
    count -= batch;
  }
}

#define XTS_VARIANT(name, rounds, is_decrypt) \
  static void name(const xts_schedule *schedule, uint8_t *at, size_t count, size_t sector_bytes, \
                   uint64_t iv_sector) { \
    transform_sectors(schedule, at, count, sector_bytes, iv_sector, rounds, is_decrypt); \
  }

XTS_VARIANT(encrypt_128, 10, false)
XTS_VARIANT(decrypt_128, 10, true)
XTS_VARIANT(encrypt_256, 14, false)
XTS_VARIANT(decrypt_256, 14, true)

static void transform(const xts_schedule *schedule, uint8_t *at, size_t count, size_t sector_bytes,
                      uint64_t iv_sector) {
  if (schedule->rounds == 14)
    (schedule->is_decrypt ? decrypt_256 : encrypt_256)(schedule, at, count, sector_bytes, iv_sector);
  else
    (schedule->is_decrypt ? decrypt_128 : encrypt_128)(schedule, at, count, sector_bytes, iv_sector);
}

#endif
