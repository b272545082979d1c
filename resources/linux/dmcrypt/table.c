#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"

/* Cuts the next word off; NULL at the end. */
static char *next_word(char **rest) {
  char *word = *rest + strspn(*rest, " ");
  if (*word == 0) return NULL;
  char *end = word + strcspn(word, " ");
  *rest = end;
  if (*end != 0) {
    *end = 0;
    *rest = end + 1;
  }
  return word;
}

static bool parse_number(const char *word, uint64_t *value) {
  if (word == NULL || *word == 0 || word[strspn(word, "0123456789")] != 0 || strlen(word) > 19)
    return false;
  *value = strtoull(word, NULL, 10);
  return true;
}

static bool take_word(struct table *table, const char *word) {
  static const char SECTOR_SIZE[] = "sector_size:";
  unsigned bit = flag_bit(word);
  table->flags |= bit;
  if (bit != 0) return true;
  if (table->other_count == MAX_OTHER_WORDS) return false;
  table->others[table->other_count++] = word;
  if (strcmp(word, "iv_large_sectors") == 0) table->has_large_iv_sectors = true;
  if (strncmp(word, SECTOR_SIZE, sizeof SECTOR_SIZE - 1) == 0)
    return parse_number(word + sizeof SECTOR_SIZE - 1, &table->sector_bytes);
  return true;
}

bool parse_table(struct table *table) {
  char *rest = table->text;
  uint64_t start;
  uint64_t count = 0;
  size_t length = strlen(rest);
  if (length > 0 && rest[length - 1] == '\n') rest[length - 1] = 0;
  if (strchr(rest, '\n') != NULL) return false;
  table->flags = 0;
  table->other_count = 0;
  table->sector_bytes = 512;
  table->has_large_iv_sectors = false;
  if (!parse_number(next_word(&rest), &start) || start != 0) return false;
  if (!parse_number(next_word(&rest), &table->length_sectors)) return false;
  const char *target = next_word(&rest);
  if (target == NULL || strcmp(target, "crypt") != 0) return false;
  table->cipher = next_word(&rest);
  table->key = next_word(&rest);
  table->iv_offset = next_word(&rest);
  table->device = next_word(&rest);
  if (table->cipher == NULL || table->key == NULL || table->iv_offset == NULL ||
      table->device == NULL)
    return false;
  if (!parse_number(next_word(&rest), &table->offset_sectors)) return false;
  const char *word = next_word(&rest);
  if (word == NULL) return true;
  if (!parse_number(word, &count)) return false;
  for (uint64_t i = 0; i < count; i++) {
    word = next_word(&rest);
    if (word == NULL || !take_word(table, word)) return false;
  }
  return next_word(&rest) == NULL;
}

int print_table(const struct table *table, char *line, int bytes) {
  int count = table->other_count;
  for (int i = 0; i < FLAG_COUNT; i++)
    if (table->flags & (1u << i)) count++;
  int at = snprintf(line, (size_t)bytes, "0 %" PRIu64 " crypt %s %s %s %s %" PRIu64 " %d",
                    table->length_sectors, table->cipher, table->key, table->iv_offset,
                    table->device, table->offset_sectors, count);
  for (int i = 0; i < FLAG_COUNT && at < bytes; i++)
    if (table->flags & (1u << i))
      at += snprintf(line + at, (size_t)(bytes - at), " %s", FLAGS[i].word);
  for (int i = 0; i < table->other_count && at < bytes; i++)
    at += snprintf(line + at, (size_t)(bytes - at), " %s", table->others[i]);
  if (at + 1 >= bytes) return 0;
  line[at] = '\n';
  line[at + 1] = 0;
  return at + 1;
}
