#include "sysfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { MAX_SYS_PATH = 128 };

bool parse_device(const char *numbers, dev_t *device) {
  unsigned major_number;
  unsigned minor_number;
  if (sscanf(numbers, "%u:%u", &major_number, &minor_number) != 2) return false;
  *device = makedev(major_number, minor_number);
  return true;
}

bool read_line(const char *path, char *line, size_t bytes) {
  FILE *file = fopen(path, "re");
  if (file == NULL) return false;
  bool is_read = fgets(line, (int)bytes, file) != NULL;
  fclose(file);
  if (is_read) line[strcspn(line, "\n")] = 0;
  return is_read;
}

static void sys_path(char *path, dev_t device, const char *file) {
  snprintf(path, MAX_SYS_PATH, "/sys/dev/block/%u:%u%s%s", major(device), minor(device),
           file[0] ? "/" : "", file);
}

bool is_set_in_sys(dev_t device, const char *file) {
  char path[MAX_SYS_PATH];
  char line[16];
  sys_path(path, device, file);
  return read_line(path, line, sizeof line) && strcmp(line, "1") == 0;
}

uint64_t device_sectors(dev_t device) {
  char path[MAX_SYS_PATH];
  char line[32];
  sys_path(path, device, "size");
  return read_line(path, line, sizeof line) ? strtoull(line, NULL, 10) : 0;
}

bool device_name(dev_t device, char *name, size_t bytes) {
  char path[MAX_SYS_PATH];
  char target[512];
  sys_path(path, device, "");
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (length <= 0) return false;
  target[length] = 0;
  const char *last = strrchr(target, '/');
  if (last == NULL || strlen(last + 1) >= bytes) return false;
  strcpy(name, last + 1);
  return true;
}
