/* Reading and decrypting, or encrypting and writing, in one go. */
#ifndef LOCKLINE_FUSED_TRANSFER_H
#define LOCKLINE_FUSED_TRANSFER_H

#include "xts.h"

typedef struct {
  const xts_implementation *implementation;
  const xts_schedule *schedule;
  size_t sector_bytes;
} xts_transform;

/*
 * Moves `bytes` (whole sectors) between a file and memory, through the cipher, by the direction of
 * the schedule. Returns the bytes moved. Fewer than asked: `*error` is the errno, or 0 at the end of
 * the file, and what memory holds is undefined.
 */
size_t fused_transfer(const xts_transform *transform, int fd, uint64_t position, uint8_t *memory,
                      size_t bytes, uint64_t first_iv_sector, int *error);

#endif
