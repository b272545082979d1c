/* The one line of a crypt mapping's table: read from the kernel, changed, loaded again. */
#ifndef LOCKLINE_TABLE_H
#define LOCKLINE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

enum { MAX_TABLE_BYTES = 2048, MAX_OTHER_WORDS = 8 };

/* Fields point into `text`, which holds the key where `key` does not begin with a colon. */
struct table {
  char text[MAX_TABLE_BYTES];
  uint64_t length_sectors; /* of 512 bytes, as all numbers in a table */
  uint64_t offset_sectors;
  const char *cipher;
  const char *key;
  const char *iv_offset;
  const char *device;
  unsigned flags;
  uint64_t sector_bytes;
  bool has_large_iv_sectors;
  int other_count;
  const char *others[MAX_OTHER_WORDS]; /* optional words that are no flags of ours */
};

/* Reads `text` into the other fields. False where it is not one line of a crypt mapping. */
bool parse_table(struct table *table);

/* Writes the line for the kernel. Returns its length, or 0 where it does not fit. */
int print_table(const struct table *table, char *line, int bytes);

#endif
