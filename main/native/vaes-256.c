/* VAES on 256-bit registers: 16 blocks in flight, two to a register. */
#include "x86.h"

#include <immintrin.h>

#define REGISTERS 8
#define BLOCKS_PER_REGISTER 2
#define BLOCKS (REGISTERS * BLOCKS_PER_REGISTER)

XTS_INLINE __m256i round_key(const uint8_t *key) {
  return _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)key));
}

/*
 * Carries the bits that a left shift of both halves pushed out: those of the low half into the high
 * one, those of the high half back into the low one times x^7 + x^2 + x + 1 (IEEE 1619, 5.2).
 */
XTS_INLINE __m256i reduce(__m256i shifted, __m256i carry) {
  const __m256i polynomial = _mm256_set1_epi64x(0x87);
  const __m256i folded = _mm256_clmulepi64_epi128(carry, polynomial, 0x01);
  return _mm256_xor_si256(_mm256_xor_si256(shifted, folded), _mm256_bslli_epi128(carry, 8));
}

/* The masks of the first 16 blocks: the encrypted tweak times x^0 to x^15, each straight from it. */
XTS_INLINE void first_masks(__m256i *masks, const uint8_t *tweak) {
  const __m256i base = _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)tweak));
  const __m256i lanes = _mm256_set_epi64x(1, 1, 0, 0);
#pragma GCC unroll 8
  for (int i = 0; i < REGISTERS; i += 1) {
    const __m256i left =
        _mm256_add_epi64(lanes, _mm256_set1_epi64x(i * BLOCKS_PER_REGISTER));
    const __m256i right = _mm256_sub_epi64(_mm256_set1_epi64x(64), left);
    masks[i] = reduce(_mm256_sllv_epi64(base, left), _mm256_srlv_epi64(base, right));
  }
}

XTS_INLINE __m256i cipher_round(__m256i x, __m256i key, bool is_decrypt) {
  return is_decrypt ? _mm256_aesdec_epi128(x, key) : _mm256_aesenc_epi128(x, key);
}

XTS_INLINE __m256i last_round(__m256i x, __m256i key, bool is_decrypt) {
  return is_decrypt ? _mm256_aesdeclast_epi128(x, key) : _mm256_aesenclast_epi128(x, key);
}

XTS_INLINE void cipher(__m256i *x, const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds,
                       bool is_decrypt) {
#pragma GCC unroll 14
  for (int round = 1; round < rounds; round += 1) {
    const __m256i key = round_key(keys[round]);
#pragma GCC unroll 8
    for (int i = 0; i < REGISTERS; i += 1) x[i] = cipher_round(x[i], key, is_decrypt);
  }
  const __m256i key = round_key(keys[rounds]);
#pragma GCC unroll 8
  for (int i = 0; i < REGISTERS; i += 1) x[i] = last_round(x[i], key, is_decrypt);
}

XTS_INLINE void encrypt_tweaks(uint8_t (*tweaks)[XTS_BLOCK_BYTES],
                               const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds) {
  __m256i x[REGISTERS];
  const __m256i key = round_key(keys[0]);
  for (const uint8_t *end = tweaks[XTS_TWEAK_BATCH]; *tweaks < end; tweaks += BLOCKS) {
    __m256i *const at = (__m256i *)tweaks;
#pragma GCC unroll 8
    for (int i = 0; i < REGISTERS; i += 1) x[i] = _mm256_xor_si256(_mm256_load_si256(at + i), key);
    cipher(x, keys, rounds, false);
#pragma GCC unroll 8
    for (int i = 0; i < REGISTERS; i += 1) _mm256_store_si256(at + i, x[i]);
  }
}

XTS_INLINE void encrypt_tweak(uint8_t *tweak, const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds) {
  x86_encrypt_block(tweak, keys, rounds);
}

XTS_INLINE void transform_sector(const xts_schedule *schedule, uint8_t *at, size_t sector_bytes,
                                 const uint8_t *tweak, int rounds, bool is_decrypt) {
  __m256i masks[REGISTERS];
  first_masks(masks, tweak);
  for (const uint8_t *end = at + sector_bytes; at < end; at += BLOCKS * XTS_BLOCK_BYTES) {
    __m256i x[REGISTERS];
    const __m256i key = round_key(schedule->data[0]);
#pragma GCC unroll 8
    for (int i = 0; i < REGISTERS; i += 1)
      x[i] = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)at + i),
                              _mm256_xor_si256(masks[i], key));
    cipher(x, schedule->data, rounds, is_decrypt);
#pragma GCC unroll 8
    for (int i = 0; i < REGISTERS; i += 1) {
      _mm256_storeu_si256((__m256i *)at + i, _mm256_xor_si256(x[i], masks[i]));
      masks[i] = reduce(_mm256_slli_epi64(masks[i], BLOCKS), _mm256_srli_epi64(masks[i], 64 - BLOCKS));
    }
  }
}

#include "sectors.h"

const xts_implementation vaes_256_implementation = {"vaes-256", x86_has_vaes_256, x86_expand,
                                                    transform};
