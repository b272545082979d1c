#include "fused-transfer.h"

#include <errno.h>
#include <unistd.h>

/* PERF: a chunk is still in the second-level cache when its other half of the work begins. */
#define CHUNK_BYTES ((size_t)128 * 1024)

static size_t read_whole(int fd, uint64_t position, uint8_t *memory, size_t bytes, int *error) {
  size_t done = 0;
  while (done < bytes) {
    const ssize_t count = pread(fd, memory + done, bytes - done, (off_t)(position + done));
    if (count > 0) {
      done += (size_t)count;
    } else if (count == 0) {
      *error = 0;
      return done;
    } else if (errno != EINTR) {
      *error = errno;
      return done;
    }
  }
  return done;
}

static size_t write_whole(int fd, uint64_t position, const uint8_t *memory, size_t bytes,
                          int *error) {
  size_t done = 0;
  while (done < bytes) {
    const ssize_t count = pwrite(fd, memory + done, bytes - done, (off_t)(position + done));
    if (count > 0) {
      done += (size_t)count;
    } else if (count == 0) {
      *error = EIO;
      return done;
    } else if (errno != EINTR) {
      *error = errno;
      return done;
    }
  }
  return done;
}

size_t fused_transfer(const xts_transform *transform, int fd, uint64_t position, uint8_t *memory,
                      size_t bytes, uint64_t first_iv_sector, int *error) {
  const xts_schedule *const schedule = transform->schedule;
  for (size_t done = 0; done < bytes;) {
    const size_t chunk = bytes - done < CHUNK_BYTES ? bytes - done : CHUNK_BYTES;
    const size_t sectors = chunk / transform->sector_bytes;
    const uint64_t iv_sector = first_iv_sector + done / XTS_IV_SECTOR_BYTES;
    uint8_t *const at = memory + done;
    if (schedule->is_decrypt) {
      const size_t moved = read_whole(fd, position + done, at, chunk, error);
      if (moved < chunk) return done + moved;
      transform->implementation->transform(schedule, at, sectors, transform->sector_bytes,
                                           iv_sector);
    } else {
      transform->implementation->transform(schedule, at, sectors, transform->sector_bytes,
                                           iv_sector);
      const size_t moved = write_whole(fd, position + done, at, chunk, error);
      if (moved < chunk) return done + moved;
    }
    done += chunk;
  }
  return bytes;
}
