#include "x86.h"

#include <cpuid.h>

/* CPUID leaf 1, ecx. */
#define HAS_PCLMULQDQ (1u << 1)
#define HAS_AES (1u << 25)
#define HAS_OSXSAVE (1u << 27)
#define HAS_AVX (1u << 28)
/* CPUID leaf 7, ebx and ecx. */
#define HAS_AVX2 (1u << 5)
#define HAS_AVX512F (1u << 16)
#define HAS_AVX512BW (1u << 30)
#define HAS_VAES (1u << 9)
#define HAS_VPCLMULQDQ (1u << 10)
/* Register state that the system saves, XCR0: SSE and AVX; opmask and both halves of ZMM too. */
#define SAVES_YMM 0x06u
#define SAVES_ZMM 0xe6u

static uint32_t leaf_1_ecx(void) {
  uint32_t eax, ebx, ecx = 0, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) ? ecx : 0;
}

static bool has_leaf_7(uint32_t want_ebx, uint32_t want_ecx) {
  uint32_t eax, ebx = 0, ecx = 0, edx;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return false;
  return (ebx & want_ebx) == want_ebx && (ecx & want_ecx) == want_ecx;
}

static bool saves_state(uint32_t wanted) {
  if ((leaf_1_ecx() & HAS_OSXSAVE) == 0) return false;
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & wanted) == wanted;
}

bool x86_has_aes_ni(void) {
  const uint32_t wanted = HAS_AES | HAS_PCLMULQDQ;
  return (leaf_1_ecx() & wanted) == wanted;
}

bool x86_has_aes_ni_avx(void) {
  return x86_has_aes_ni() && (leaf_1_ecx() & HAS_AVX) != 0 && saves_state(SAVES_YMM);
}

bool x86_has_vaes_256(void) {
  return x86_has_aes_ni_avx() && has_leaf_7(HAS_AVX2, HAS_VAES | HAS_VPCLMULQDQ);
}

bool x86_has_vaes_512(void) {
  return x86_has_vaes_256() && saves_state(SAVES_ZMM) && has_leaf_7(HAS_AVX512F | HAS_AVX512BW, 0);
}

const xts_implementation *const xts_implementations[] = {
    &vaes_512_implementation,
    &vaes_256_implementation,
    &aes_ni_avx_implementation,
    &aes_ni_implementation,
    NULL,
};
