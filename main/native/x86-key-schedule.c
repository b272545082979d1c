#include "x86.h"

#include <wmmintrin.h>

XTS_INLINE __m128i spread(__m128i word, __m128i assist) {
  word = _mm_xor_si128(word, _mm_slli_si128(word, 4));
  word = _mm_xor_si128(word, _mm_slli_si128(word, 8));
  return _mm_xor_si128(word, assist);
}

/* The round constant is an immediate of the instruction, so each step is spelt out. */
#define STEP_128(i, rcon) \
  k = spread(k, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(k, rcon), 0xff)); \
  _mm_store_si128(keys + (i), k)

static void expand_128(__m128i *keys, const uint8_t *key) {
  __m128i k = _mm_loadu_si128((const __m128i *)key);
  _mm_store_si128(keys, k);
  STEP_128(1, 0x01);
  STEP_128(2, 0x02);
  STEP_128(3, 0x04);
  STEP_128(4, 0x08);
  STEP_128(5, 0x10);
  STEP_128(6, 0x20);
  STEP_128(7, 0x40);
  STEP_128(8, 0x80);
  STEP_128(9, 0x1b);
  STEP_128(10, 0x36);
}

#define EVEN_STEP_256(i, rcon) \
  a = spread(a, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(b, rcon), 0xff)); \
  _mm_store_si128(keys + (i), a)
#define ODD_STEP_256(i) \
  b = spread(b, _mm_shuffle_epi32(_mm_aeskeygenassist_si128(a, 0), 0xaa)); \
  _mm_store_si128(keys + (i), b)

static void expand_256(__m128i *keys, const uint8_t *key) {
  __m128i a = _mm_loadu_si128((const __m128i *)key);
  __m128i b = _mm_loadu_si128((const __m128i *)key + 1);
  _mm_store_si128(keys, a);
  _mm_store_si128(keys + 1, b);
  EVEN_STEP_256(2, 0x01);
  ODD_STEP_256(3);
  EVEN_STEP_256(4, 0x02);
  ODD_STEP_256(5);
  EVEN_STEP_256(6, 0x04);
  ODD_STEP_256(7);
  EVEN_STEP_256(8, 0x08);
  ODD_STEP_256(9);
  EVEN_STEP_256(10, 0x10);
  ODD_STEP_256(11);
  EVEN_STEP_256(12, 0x20);
  ODD_STEP_256(13);
  EVEN_STEP_256(14, 0x40);
}

/* In place: last key first, and InvMixColumns over all but the outer two. */
static void invert(__m128i *keys, uint32_t rounds) {
  for (uint32_t low = 0, high = rounds; low < high; low += 1, high -= 1) {
    __m128i key = keys[low];
    keys[low] = keys[high];
    keys[high] = key;
  }
  for (uint32_t i = 1; i < rounds; i += 1) keys[i] = _mm_aesimc_si128(keys[i]);
}

void x86_expand(xts_schedule *schedule, const uint8_t *key, size_t key_bytes, bool is_decrypt) {
  const size_t half = key_bytes / 2;
  void (*expand)(__m128i *, const uint8_t *) = half == 16 ? expand_128 : expand_256;
  schedule->rounds = half == 16 ? 10 : 14;
  schedule->is_decrypt = is_decrypt;
  expand((__m128i *)schedule->data, key);
  expand((__m128i *)schedule->tweak, key + half);
  if (is_decrypt) invert((__m128i *)schedule->data, schedule->rounds);
}
