/*
 * Runs the ARMv8 implementation on standard input, without a C library: so that a bare cross
 * compiler is enough. One request after another: 64 key bytes, then as 64-bit numbers the key's
 * length, whether to decrypt, the sector size, the IV sector and the length of the data, then data.
 */
#include "xts.h"

typedef struct {
  uint8_t key[64];
  uint64_t key_bytes, is_decrypt, sector_bytes, iv_sector, bytes;
} request;

static uint8_t data[1 << 17];

static long system_call(long number, long a, const void *b, long c) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = (long)b;
  register long x2 __asm__("x2") = c;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
}

enum { SYS_READ = 63, SYS_WRITE = 64, SYS_EXIT = 93 };

/* Of the C library's: every processor that this is run on has AES. */
unsigned long getauxval(unsigned long type) { return type == 16 ? 1UL << 3 : 0; }

void *memcpy(void *to, const void *from, size_t bytes) {
  volatile uint8_t *const target = to;
  const uint8_t *const source = from;
  for (size_t i = 0; i < bytes; i += 1) target[i] = source[i];
  return to;
}

static bool move_whole(long number, long fd, uint8_t *at, size_t bytes) {
  for (size_t done = 0; done < bytes;) {
    const long count = system_call(number, fd, at + done, (long)(bytes - done));
    if (count <= 0) return false;
    done += (size_t)count;
  }
  return true;
}

void _start(void) {
  static xts_schedule schedule;
  static request r;
  const xts_implementation *const armv8 = xts_implementations[0];
  if (!armv8->is_supported()) system_call(SYS_EXIT, 2, 0, 0);
  while (move_whole(SYS_READ, 0, (uint8_t *)&r, sizeof r)) {
    if (r.bytes > sizeof data || !move_whole(SYS_READ, 0, data, r.bytes)) break;
    armv8->expand(&schedule, r.key, r.key_bytes, r.is_decrypt != 0);
    armv8->transform(&schedule, data, r.bytes / r.sector_bytes, r.sector_bytes, r.iv_sector);
    move_whole(SYS_WRITE, 1, data, r.bytes);
  }
  system_call(SYS_EXIT, 0, 0, 0);
}
