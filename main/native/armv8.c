/*
 * ARMv8 crypto extensions: 8 blocks in flight.
 *
 * AESE and AESD begin with AddRoundKey where x86 ends a round with it, so that key `r` of the
 * schedule goes into instruction `r` and the last one is added by hand; the keys are the same.
 */
#include "xts.h"

#include <arm_neon.h>
#ifdef __linux__
#include <sys/auxv.h>
#endif

#define BLOCKS 8
/* Linux, asm/hwcap.h. */
#define ARM64_HWCAP_AES (1UL << 3)

static bool has_aes(void) {
#ifdef __linux__
  return (getauxval(AT_HWCAP) & ARM64_HWCAP_AES) != 0;
#else
  /* Every 64-bit processor of Apple has them. */
  return true;
#endif
}

/* SubBytes of one word: with four equal columns ShiftRows changes nothing. */
static uint32_t sub_word(uint32_t word) {
  const uint8x16_t columns = vreinterpretq_u8_u32(vdupq_n_u32(word));
  return vgetq_lane_u32(vreinterpretq_u32_u8(vaeseq_u8(columns, vdupq_n_u8(0))), 0);
}

/* FIPS 197, 5.2, on little-endian words. */
static void expand_key(uint8_t (*keys)[XTS_BLOCK_BYTES], const uint8_t *key, uint32_t key_words,
                       uint32_t rounds) {
  static const uint8_t constants[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b, 0x36};
  uint32_t *const words = (uint32_t *)keys;
  __builtin_memcpy(words, key, key_words * 4);
  for (uint32_t i = key_words; i < 4 * (rounds + 1); i += 1) {
    uint32_t word = words[i - 1];
    if (i % key_words == 0) {
      word = sub_word(word >> 8 | word << 24) ^ constants[i / key_words - 1];
    } else if (key_words == 8 && i % 8 == 4) {
      word = sub_word(word);
    }
    words[i] = words[i - key_words] ^ word;
  }
}

/* FIPS 197, 5.3.5: last key first, and InvMixColumns over all but the outer two. */
static void invert(uint8_t (*keys)[XTS_BLOCK_BYTES], uint32_t rounds) {
  for (uint32_t low = 0, high = rounds; low < high; low += 1, high -= 1) {
    const uint8x16_t key = vld1q_u8(keys[low]);
    vst1q_u8(keys[low], vld1q_u8(keys[high]));
    vst1q_u8(keys[high], key);
  }
  for (uint32_t i = 1; i < rounds; i += 1) vst1q_u8(keys[i], vaesimcq_u8(vld1q_u8(keys[i])));
}

static void expand(xts_schedule *schedule, const uint8_t *key, size_t key_bytes, bool is_decrypt) {
  const uint32_t half = (uint32_t)key_bytes / 2;
  schedule->rounds = half == 16 ? 10 : 14;
  schedule->is_decrypt = is_decrypt;
  expand_key(schedule->data, key, half / 4, schedule->rounds);
  expand_key(schedule->tweak, key + half, half / 4, schedule->rounds);
  if (is_decrypt) invert(schedule->data, schedule->rounds);
}

XTS_INLINE uint8x16_t times_x(uint8x16_t mask) {
  const uint64x2_t folds = vcombine_u64(vcreate_u64(0x87), vcreate_u64(1));
  const uint64x2_t words = vreinterpretq_u64_u8(mask);
  const uint64x2_t signs = vreinterpretq_u64_s64(vshrq_n_s64(vreinterpretq_s64_u64(words), 63));
  const uint64x2_t carry = vandq_u64(vextq_u64(signs, signs, 1), folds);
  return vreinterpretq_u8_u64(veorq_u64(vshlq_n_u64(words, 1), carry));
}

/* Times x^8: the byte pushed out of the low half goes up, the one out of the high half is folded. */
XTS_INLINE uint8x16_t times_x8(uint8x16_t mask) {
  const uint64x2_t words = vreinterpretq_u64_u8(mask);
  const uint64x2_t pushed = vshrq_n_u64(words, 56);
  const uint64x2_t carry = vextq_u64(pushed, pushed, 1);
  const poly8x8_t high = vreinterpret_p8_u64(vget_low_u64(carry));
  const uint64x2_t folded = vreinterpretq_u64_p16(vmull_p8(high, vdup_n_p8(0x87)));
  const uint64x2_t low = vsetq_lane_u64(0, carry, 0);
  return vreinterpretq_u8_u64(veorq_u64(veorq_u64(vshlq_n_u64(words, 8), folded), low));
}

XTS_INLINE uint8x16_t cipher_round(uint8x16_t x, uint8x16_t key, bool is_decrypt) {
  return is_decrypt ? vaesimcq_u8(vaesdq_u8(x, key)) : vaesmcq_u8(vaeseq_u8(x, key));
}

/* All but the last AddRoundKey. */
XTS_INLINE void cipher(uint8x16_t *x, int blocks, const uint8_t (*keys)[XTS_BLOCK_BYTES],
                       int rounds, bool is_decrypt) {
#pragma GCC unroll 14
  for (int round = 0; round < rounds - 1; round += 1) {
    const uint8x16_t key = vld1q_u8(keys[round]);
#pragma GCC unroll 8
    for (int i = 0; i < blocks; i += 1) x[i] = cipher_round(x[i], key, is_decrypt);
  }
  const uint8x16_t key = vld1q_u8(keys[rounds - 1]);
#pragma GCC unroll 8
  for (int i = 0; i < blocks; i += 1)
    x[i] = is_decrypt ? vaesdq_u8(x[i], key) : vaeseq_u8(x[i], key);
}

XTS_INLINE void encrypt_blocks(uint8_t *at, int blocks, const uint8_t (*keys)[XTS_BLOCK_BYTES],
                               int rounds) {
  uint8x16_t x[BLOCKS];
#pragma GCC unroll 8
  for (int i = 0; i < blocks; i += 1) x[i] = vld1q_u8(at + i * XTS_BLOCK_BYTES);
  cipher(x, blocks, keys, rounds, false);
#pragma GCC unroll 8
  for (int i = 0; i < blocks; i += 1)
    vst1q_u8(at + i * XTS_BLOCK_BYTES, veorq_u8(x[i], vld1q_u8(keys[rounds])));
}

XTS_INLINE void encrypt_tweak(uint8_t *tweak, const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds) {
  encrypt_blocks(tweak, 1, keys, rounds);
}

XTS_INLINE void encrypt_tweaks(uint8_t (*tweaks)[XTS_BLOCK_BYTES],
                               const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds) {
  for (int i = 0; i < XTS_TWEAK_BATCH; i += BLOCKS) encrypt_blocks(tweaks[i], BLOCKS, keys, rounds);
}

XTS_INLINE void transform_sector(const xts_schedule *schedule, uint8_t *at, size_t sector_bytes,
                                 const uint8_t *tweak, int rounds, bool is_decrypt) {
  uint8x16_t masks[BLOCKS];
  masks[0] = vld1q_u8(tweak);
#pragma GCC unroll 8
  for (int i = 1; i < BLOCKS; i += 1) masks[i] = times_x(masks[i - 1]);
  for (const uint8_t *end = at + sector_bytes; at < end; at += BLOCKS * XTS_BLOCK_BYTES) {
    uint8x16_t x[BLOCKS];
#pragma GCC unroll 8
    for (int i = 0; i < BLOCKS; i += 1) x[i] = veorq_u8(vld1q_u8(at + i * XTS_BLOCK_BYTES), masks[i]);
    cipher(x, BLOCKS, schedule->data, rounds, is_decrypt);
    const uint8x16_t last_key = vld1q_u8(schedule->data[rounds]);
#pragma GCC unroll 8
    for (int i = 0; i < BLOCKS; i += 1) {
      vst1q_u8(at + i * XTS_BLOCK_BYTES, veorq_u8(x[i], veorq_u8(masks[i], last_key)));
      masks[i] = times_x8(masks[i]);
    }
  }
}

#include "sectors.h"

static const xts_implementation armv8_implementation = {"armv8", has_aes, expand, transform};

const xts_implementation *const xts_implementations[] = {&armv8_implementation, NULL};
