#include "mapping.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "keyring.h"
#include "run.h"
#include "sysfs.h"

enum { LOOP_WAIT_MS = 3000 };

/*
 * The device mapper itself is asked: /sys does not show a mapping that has no table yet, which is
 * what a cryptsetup leaves that was killed between the two. What cannot be asked counts as there.
 */
bool find_mapping(const char *name, dev_t *device) {
  static int control = -1;
  struct dm_ioctl about = {.version = {DM_VERSION_MAJOR, 0, 0}, .data_size = sizeof about};
  snprintf(about.name, sizeof about.name, "%s", name);
  if (control < 0) control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
  bool is_absent = control < 0 ? errno == ENOENT || errno == ENODEV
                               : ioctl(control, DM_DEV_STATUS, &about) != 0 && errno == ENXIO;
  /* The kernel's encoding of 32 bits is glibc's, too. */
  if (device != NULL) *device = (dev_t)about.dev;
  return !is_absent;
}

bool read_table(const char *name, struct table *table) {
  const char *const arguments[] = {"table", "--showkeys", name, NULL};
  const struct run run = {.tool = DMSETUP,
                          .arguments = arguments,
                          .output = table->text,
                          .output_bytes = sizeof table->text};
  if (run_tool(&run) == 0 && parse_table(table)) return true;
  wipe_table(table);
  return false;
}

void wipe_table(struct table *table) { explicit_bzero(table, sizeof *table); }

bool swap_table(const char *name, const struct table *table) {
  char line[MAX_TABLE_BYTES];
  dev_t device;
  int length = print_table(table, line, sizeof line);
  if (length == 0 || !find_mapping(name, &device)) return false;
  const char *const writable[] = {"reload", name, NULL};
  const char *const read_only[] = {"reload", "--readonly", name, NULL};
  const struct run reload = {.tool = DMSETUP,
                             .arguments = is_set_in_sys(device, "ro") ? read_only : writable,
                             .input = line,
                             .input_bytes = (size_t)length,
                             .keyring = find_keyring(name)};
  bool is_loaded = run_tool(&reload) == 0;
  explicit_bzero(line, sizeof line);
  if (!is_loaded) return false;
  /* One call suspends, swaps and resumes: a helper killed here leaves nothing suspended. */
  const char *const resume[] = {"resume", name, NULL};
  const struct run swap = {.tool = DMSETUP, .arguments = resume};
  if (run_tool(&swap) == 0) return true;
  const char *const clear[] = {"clear", name, NULL};
  const struct run forget = {.tool = DMSETUP, .arguments = clear};
  run_tool(&forget);
  return false;
}

/* The loop device below a mapping, by its name in /sys/block; false where there is none. */
static bool find_loop_below(dev_t device, char *loop, size_t bytes) {
  char path[64];
  char name[32];
  bool is_found = false;
  if (!device_name(device, name, sizeof name)) return false;
  snprintf(path, sizeof path, "/sys/block/%s/slaves", name);
  DIR *slaves = opendir(path);
  if (slaves == NULL) return false;
  for (struct dirent *entry; !is_found && (entry = readdir(slaves)) != NULL;) {
    is_found = strncmp(entry->d_name, "loop", 4) == 0 && strlen(entry->d_name) < bytes;
    if (is_found) strcpy(loop, entry->d_name);
  }
  closedir(slaves);
  return is_found;
}

/* The kernel clears it in its own time; until then the container stays locked. */
static void wait_for_loop(const char *loop) {
  char path[64];
  snprintf(path, sizeof path, "/sys/block/%.31s/loop", loop);
  for (int waited = 0; waited < LOOP_WAIT_MS && access(path, F_OK) == 0; waited += 10) usleep(10000);
}

static bool remove_one(const char *name) {
  dev_t device;
  char loop[32];
  if (!find_mapping(name, &device)) return true;
  bool has_loop = find_loop_below(device, loop, sizeof loop);
  const char *const arguments[] = {"remove", "--retry", name, NULL};
  const struct run run = {.tool = DMSETUP, .arguments = arguments};
  run_tool(&run);
  if (find_mapping(name, NULL)) return false;
  if (has_loop) wait_for_loop(loop);
  return true;
}

bool remove_mapping(const char *name) {
  char below[64];
  /* What cryptsetup puts below a volume with integrity, which is refused once it is seen. */
  snprintf(below, sizeof below, "%s_dif", name);
  return remove_one(name) && remove_one(below);
}

int crypt_target_version(char *text, size_t bytes) {
  char output[256];
  const char *const arguments[] = {"target-version", "crypt", NULL};
  const struct run run = {
      .tool = DMSETUP, .arguments = arguments, .output = output, .output_bytes = sizeof output};
  int major_number;
  int minor_number;
  int patch;
  text[0] = 0;
  if (run_tool(&run) != 0) return -1;
  if (sscanf(output, "crypt v%d.%d.%d", &major_number, &minor_number, &patch) != 3) return -1;
  snprintf(text, bytes, "%d.%d.%d", major_number, minor_number, patch);
  return major_number == 1 ? minor_number : -1;
}
