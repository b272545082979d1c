/* What /sys says of block devices. */
#ifndef LOCKLINE_SYSFS_H
#define LOCKLINE_SYSFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Parses "MAJOR:MINOR", as tables and /sys write it. */
bool parse_device(const char *numbers, dev_t *device);

/* Reads the first line of a file; false where there is none. */
bool read_line(const char *path, char *line, size_t bytes);

/* Whether a file below the device's folder holds "1". */
bool is_set_in_sys(dev_t device, const char *file);

/* The device's size in sectors of 512 bytes; 0 where it is not known. */
uint64_t device_sectors(dev_t device);

/* The device's name in /dev. */
bool device_name(dev_t device, char *name, size_t bytes);

#endif
