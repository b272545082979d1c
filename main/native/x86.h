/* What the x86 implementations share. */
#ifndef LOCKLINE_X86_H
#define LOCKLINE_X86_H

#include "xts.h"

#include <wmmintrin.h>

/* FIPS 197, 5.2 and 5.3.5, by AESKEYGENASSIST and AESIMC. */
void x86_expand(xts_schedule *schedule, const uint8_t *key, size_t key_bytes, bool is_decrypt);

/* One block of the forward cipher, in place; 16-byte aligned. */
XTS_INLINE void x86_encrypt_block(uint8_t *block, const uint8_t (*keys)[XTS_BLOCK_BYTES],
                                  int rounds) {
  const __m128i *const key = (const __m128i *)keys;
  __m128i x = _mm_xor_si128(_mm_load_si128((const __m128i *)block), _mm_load_si128(key));
#pragma GCC unroll 14
  for (int round = 1; round < rounds; round += 1)
    x = _mm_aesenc_si128(x, _mm_load_si128(key + round));
  _mm_store_si128((__m128i *)block, _mm_aesenclast_si128(x, _mm_load_si128(key + rounds)));
}

bool x86_has_aes_ni(void);
bool x86_has_aes_ni_avx(void);
bool x86_has_vaes_256(void);
bool x86_has_vaes_512(void);

extern const xts_implementation aes_ni_implementation;
extern const xts_implementation aes_ni_avx_implementation;
extern const xts_implementation vaes_256_implementation;
extern const xts_implementation vaes_512_implementation;

#endif
