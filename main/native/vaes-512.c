/* VAES on 512-bit registers: 32 blocks in flight, four to a register. */
#include "x86.h"

#include <immintrin.h>

#define REGISTERS 8
#define BLOCKS_PER_REGISTER 4
#define BLOCKS (REGISTERS * BLOCKS_PER_REGISTER)

XTS_INLINE __m512i round_key(const uint8_t *key) {
  return _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)key));
}

/*
 * Carries the bits that a left shift of both halves pushed out: those of the low half into the high
 * one, those of the high half back into the low one times x^7 + x^2 + x + 1 (IEEE 1619, 5.2).
 */
XTS_INLINE __m512i reduce(__m512i shifted, __m512i carry) {
  const __m512i polynomial = _mm512_set1_epi64(0x87);
  const __m512i folded = _mm512_clmulepi64_epi128(carry, polynomial, 0x01);
  return _mm512_ternarylogic_epi64(shifted, folded, _mm512_bslli_epi128(carry, 8), 0x96);
}

/* The masks of the first 32 blocks: the encrypted tweak times x^0 to x^31, each straight from it. */
XTS_INLINE void first_masks(__m512i *masks, const uint8_t *tweak) {
  const __m512i base = _mm512_broadcast_i32x4(_mm_load_si128((const __m128i *)tweak));
  const __m512i lanes = _mm512_set_epi64(3, 3, 2, 2, 1, 1, 0, 0);
#pragma GCC unroll 8
  for (int i = 0; i < REGISTERS; i += 1) {
    const __m512i left =
        _mm512_add_epi64(lanes, _mm512_set1_epi64(i * BLOCKS_PER_REGISTER));
    const __m512i right = _mm512_sub_epi64(_mm512_set1_epi64(64), left);
    masks[i] = reduce(_mm512_sllv_epi64(base, left), _mm512_srlv_epi64(base, right));
  }
}

XTS_INLINE __m512i cipher_round(__m512i x, __m512i key, bool is_decrypt) {
  return is_decrypt ? _mm512_aesdec_epi128(x, key) : _mm512_aesenc_epi128(x, key);
}

XTS_INLINE __m512i last_round(__m512i x, __m512i key, bool is_decrypt) {
  return is_decrypt ? _mm512_aesdeclast_epi128(x, key) : _mm512_aesenclast_epi128(x, key);
}

XTS_INLINE void cipher(__m512i *x, const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds,
                       bool is_decrypt) {
#pragma GCC unroll 14
  for (int round = 1; round < rounds; round += 1) {
    const __m512i key = round_key(keys[round]);
#pragma GCC unroll 8
    for (int i = 0; i < REGISTERS; i += 1) x[i] = cipher_round(x[i], key, is_decrypt);
  }
  const __m512i key = round_key(keys[rounds]);
#pragma GCC unroll 8
  for (int i = 0; i < REGISTERS; i += 1) x[i] = last_round(x[i], key, is_decrypt);
}

XTS_INLINE void encrypt_tweaks(uint8_t (*tweaks)[XTS_BLOCK_BYTES],
                               const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds) {
  __m512i x[REGISTERS];
  const __m512i key = round_key(keys[0]);
#pragma GCC unroll 8
  for (int i = 0; i < REGISTERS; i += 1)
    x[i] = _mm512_xor_si512(_mm512_load_si512((const __m512i *)tweaks + i), key);
  cipher(x, keys, rounds, false);
#pragma GCC unroll 8
  for (int i = 0; i < REGISTERS; i += 1) _mm512_store_si512((__m512i *)tweaks + i, x[i]);
}

XTS_INLINE void encrypt_tweak(uint8_t *tweak, const uint8_t (*keys)[XTS_BLOCK_BYTES], int rounds) {
  x86_encrypt_block(tweak, keys, rounds);
}

XTS_INLINE void transform_sector(const xts_schedule *schedule, uint8_t *at, size_t sector_bytes,
                                 const uint8_t *tweak, int rounds, bool is_decrypt) {
  __m512i masks[REGISTERS];
  first_masks(masks, tweak);
  for (const uint8_t *end = at + sector_bytes; at < end; at += BLOCKS * XTS_BLOCK_BYTES) {
    __m512i x[REGISTERS];
    const __m512i key = round_key(schedule->data[0]);
#pragma GCC unroll 8
    for (int i = 0; i < REGISTERS; i += 1)
      x[i] = _mm512_ternarylogic_epi64(_mm512_loadu_si512((const __m512i *)at + i), masks[i], key,
                                       0x96);
    cipher(x, schedule->data, rounds, is_decrypt);
#pragma GCC unroll 8
    for (int i = 0; i < REGISTERS; i += 1) {
      _mm512_storeu_si512((__m512i *)at + i, _mm512_xor_si512(x[i], masks[i]));
      masks[i] = reduce(_mm512_slli_epi64(masks[i], BLOCKS), _mm512_srli_epi64(masks[i], 64 - BLOCKS));
    }
  }
}

#include "sectors.h"

const xts_implementation vaes_512_implementation = {"vaes-512", x86_has_vaes_512, x86_expand,
                                                    transform};
