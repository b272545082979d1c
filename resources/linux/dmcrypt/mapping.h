/* A mapping of the device mapper, by its name: the kernel says what it is, dmsetup changes it. */
#ifndef LOCKLINE_MAPPING_H
#define LOCKLINE_MAPPING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "table.h"

/* Whether a mapping of this name is there, with a table or without; its device number goes to `device`, if not NULL. */
bool find_mapping(const char *name, dev_t *device);

/* Reads the table with its key. Wipe it after use: wipe_table. Returns false where it cannot. */
bool read_table(const char *name, struct table *table);
void wipe_table(struct table *table);

/*
 * Loads a changed table and swaps it in, under load. Where the kernel refuses it, the former one
 * stays and this is false.
 */
bool swap_table(const char *name, const struct table *table);

/* Removes a mapping, and what lies below it; false where it is in use. True where there is none. */
bool remove_mapping(const char *name);

/* Minor version of the crypt target, whose module is loaded for it; -1 where there is none. */
int crypt_target_version(char *text, size_t bytes);

#endif
