/*
 * AES-XTS over consecutive sectors (IEEE Std 1619-2007) with `plain64` tweaks, by the processor's
 * own AES instructions. No tables: a processor without them gets no implementation here.
 *
 * Sectors are 512, 1024, 2048 or 4096 bytes: always a multiple of 32 blocks, so that there is no
 * ciphertext stealing and no tail.
 */
#ifndef LOCKLINE_XTS_H
#define LOCKLINE_XTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  XTS_BLOCK_BYTES = 16,
  XTS_MAX_ROUND_KEYS = 15,
  /* Sectors whose tweaks are encrypted together, so that their AES latencies overlap. */
  XTS_TWEAK_BATCH = 32,
  /* Bytes per IV sector, whatever the sector size is. */
  XTS_IV_SECTOR_BYTES = 512
};

/* Round keys in the order of use; for decryption those of the equivalent inverse cipher. */
typedef struct {
  _Alignas(64) uint8_t data[XTS_MAX_ROUND_KEYS][XTS_BLOCK_BYTES];
  _Alignas(64) uint8_t tweak[XTS_MAX_ROUND_KEYS][XTS_BLOCK_BYTES];
  /* 10 for AES-128, 14 for AES-256. */
  uint32_t rounds;
  uint32_t is_decrypt;
} xts_schedule;

typedef struct {
  const char *name;
  /* Whether this processor, and the system's register saving, allow it. */
  bool (*is_supported)(void);
  /* `key`: data key then tweak key, `key_bytes` 32 or 64 in all; borrowed. */
  void (*expand)(xts_schedule *schedule, const uint8_t *key, size_t key_bytes, bool is_decrypt);
  /* In place; `first_iv_sector` in 512-byte units. */
  void (*transform)(const xts_schedule *schedule, uint8_t *sectors, size_t count,
                    size_t sector_bytes, uint64_t first_iv_sector);
} xts_implementation;

/* All that were compiled for this architecture, fastest first; ends with NULL. */
extern const xts_implementation *const xts_implementations[];

#define XTS_INLINE static inline __attribute__((always_inline))

#endif
