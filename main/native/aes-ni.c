/*
 * AES-NI on 128-bit registers: 8 blocks in flight. Compiled twice: for AVX too, whose forms of the
 * same instructions with three operands save the copies.
 *
 * PERF: the masks of the next 8 blocks are computed between the rounds of these, and both masks of
 * a block are folded into its first and last round key beforehand. Without that the masks wait for
 * the last round and the rounds for the masks: 0.87 instead of 1.05 of OpenSSL at 4 KiB sectors.
 * AVX adds nothing on a quiet machine and 0.1 where the core is shared with another thread.
 */
#include "x86.h"

#include <immintrin.h>

#define BLOCKS 8

/* Times x^8: the byte pushed out of the low half goes up, the one out of the high half is folded. */
XTS_INLINE __m128i times_x8(__m128i mask) {
  const __m128i polynomial = _mm_set1_epi64x(0x87);
  const __m128i carry = _mm_srli_epi64(mask, 64 - BLOCKS);
  const __m128i folded = _mm_clmulepi64_si128(carry, polynomial, 0x01);
  return _mm_xor_si128(_mm_xor_si128(_mm_slli_epi64(mask, BLOCKS), folded),
                       _mm_slli_si128(carry, 8));
}

XTS_INLINE __m128i times_x(__m128i mask) {
  const __m128i folds = _mm_set_epi32(0, 1, 0, 0x87);
  const __m128i signs = _mm_srai_epi32(_mm_shuffle_epi32(mask, 0x13), 31);
  return _mm_xor_si128(_mm_add_epi64(mask, mask), _mm_and_si128(signs, folds));
}

XTS_INLINE __m128i cipher_round(__m128i x, __m128i key, bool is_decrypt) {
  return is_decrypt ? _mm_aesdec_si128(x, key) : _mm_aesenc_si128(x, key);
}

XTS_INLINE __m128i last_round(__m128i x, __m128i key, bool is_decrypt) {
  return is_decrypt ? _mm_aesdeclast_si128(x, key) : _mm_aesenclast_si128(x, key);
}

XTS_INLINE void cipher(__m128i *x, const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds,
                       bool is_decrypt) {
#pragma GCC unroll 14
  for (int round = 1; round < rounds; round += 1) {
    const __m128i key = _mm_load_si128((const __m128i *)keys[round]);
#pragma GCC unroll 8
    for (int i = 0; i < BLOCKS; i += 1) x[i] = cipher_round(x[i], key, is_decrypt);
  }
  const __m128i key = _mm_load_si128((const __m128i *)keys[rounds]);
#pragma GCC unroll 8
  for (int i = 0; i < BLOCKS; i += 1) x[i] = last_round(x[i], key, is_decrypt);
}

XTS_INLINE void encrypt_tweak(uint8_t *tweak, const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds) {
  x86_encrypt_block(tweak, keys, rounds);
}

XTS_INLINE void encrypt_tweaks(uint8_t (*tweaks)[XTS_BLOCK_BYTES],
                               const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds) {
  const __m128i key = _mm_load_si128((const __m128i *)keys[0]);
  for (const uint8_t *end = tweaks[XTS_TWEAK_BATCH]; *tweaks < end; tweaks += BLOCKS) {
    __m128i *const at = (__m128i *)tweaks;
    __m128i x[BLOCKS];
#pragma GCC unroll 8
    for (int i = 0; i < BLOCKS; i += 1) x[i] = _mm_xor_si128(_mm_load_si128(at + i), key);
    cipher(x, keys, rounds, false);
#pragma GCC unroll 8
    for (int i = 0; i < BLOCKS; i += 1) _mm_store_si128(at + i, x[i]);
  }
}

/* Eight blocks, and meanwhile the masks of the next eight. Both kinds hold the first round key. */
XTS_INLINE void transform_blocks(__m128i *blocks, const __m128i *keys, const __m128i *masks,
                                 __m128i *next_masks, int rounds, bool is_decrypt) {
  const __m128i first_key = _mm_load_si128(keys);
  const __m128i key_step = _mm_xor_si128(times_x8(first_key), first_key);
  const __m128i key_change = _mm_xor_si128(first_key, _mm_load_si128(keys + rounds));
  __m128i x[BLOCKS];
#pragma GCC unroll 8
  for (int i = 0; i < BLOCKS; i += 1) x[i] = _mm_xor_si128(_mm_loadu_si128(blocks + i), masks[i]);
#pragma GCC unroll 14
  for (int round = 1; round < rounds; round += 1) {
    const __m128i key = _mm_load_si128(keys + round);
#pragma GCC unroll 8
    for (int i = 0; i < BLOCKS; i += 1) x[i] = cipher_round(x[i], key, is_decrypt);
    if (round <= BLOCKS)
      next_masks[round - 1] = _mm_xor_si128(times_x8(masks[round - 1]), key_step);
  }
#pragma GCC unroll 8
  for (int i = 0; i < BLOCKS; i += 1) {
    const __m128i last_key = _mm_xor_si128(masks[i], key_change);
    _mm_storeu_si128(blocks + i, last_round(x[i], last_key, is_decrypt));
  }
}

XTS_INLINE void transform_sector(const xts_schedule *schedule, uint8_t *at, size_t sector_bytes,
                                 const uint8_t *tweak, int rounds, bool is_decrypt) {
  const __m128i *const keys = (const __m128i *)schedule->data;
  __m128i masks[2][BLOCKS];
  __m128i mask = _mm_load_si128((const __m128i *)tweak);
#pragma GCC unroll 8
  for (int i = 0; i < BLOCKS; i += 1, mask = times_x(mask))
    masks[0][i] = _mm_xor_si128(mask, _mm_load_si128(keys));
  __m128i *blocks = (__m128i *)at;
  for (const __m128i *end = (__m128i *)(at + sector_bytes); blocks < end; blocks += 2 * BLOCKS) {
    transform_blocks(blocks, keys, masks[0], masks[1], rounds, is_decrypt);
    transform_blocks(blocks + BLOCKS, keys, masks[1], masks[0], rounds, is_decrypt);
  }
}

#include "sectors.h"

#ifdef __AVX__
const xts_implementation aes_ni_avx_implementation = {"aes-ni-avx", x86_has_aes_ni_avx, x86_expand,
                                                      transform};
#else
const xts_implementation aes_ni_implementation = {"aes-ni", x86_has_aes_ni, x86_expand, transform};
#endif
