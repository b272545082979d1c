/* The verbs that only look: `status` and `probe`. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#include "mapping.h"
#include "mounts.h"
#include "record.h"
#include "refuse.h"
#include "run.h"
#include "sysfs.h"
#include "verbs.h"

void print_flags(const char *key, unsigned flags) {
  const char *separator = "";
  printf("%s=", key);
  for (int i = 0; i < FLAG_COUNT; i++) {
    if ((flags & (1u << i)) == 0) continue;
    printf("%s%s", separator, FLAGS[i].word);
    separator = ",";
  }
  printf("\n");
}

static void print_kernel_side(const char *name, dev_t device) {
  struct table table;
  dev_t loop;
  char loop_name[32];
  struct mount_entry entry;
  if (!read_table(name, &table)) refuse(TOOL_FAILED, "cannot read the table");
  printf("device=/dev/dm-%u\n", minor(device));
  printf("cipher=%s\n", table.cipher);
  print_flags("flags", table.flags);
  printf("sector-bytes=%" PRIu64 "\n", table.sector_bytes);
  printf("iv-large-sectors=%d\n", table.has_large_iv_sectors ? 1 : 0);
  printf("size-bytes=%" PRIu64 "\n", table.length_sectors * 512);
  printf("offset-bytes=%" PRIu64 "\n", table.offset_sectors * 512);
  printf("key-location=%s\n", table.key[0] == ':' ? "keyring" : "table");
  if (parse_device(table.device, &loop) && device_name(loop, loop_name, sizeof loop_name))
    printf("loop=/dev/%s\ndirect-io=%d\n", loop_name, is_set_in_sys(loop, "loop/dio") ? 1 : 0);
  wipe_table(&table);
  printf("read-only=%d\n", is_set_in_sys(device, "ro") ? 1 : 0);
  if (find_mount(device, &entry))
    printf("filesystem=%s\nmount-point=%s\n", entry.filesystem, entry.path);
}

void print_status(const char *name, unsigned void_flags, bool has_void_flags) {
  struct record record;
  dev_t device;
  if (!peek_record(name, &record)) refuse(MAPPING_UNKNOWN, "no such mapping");
  printf("name=%s\nuid=%u\n", name, record.uid);
  if (record.owner != 0) printf("owner-pid=%d\n", record.owner);
  printf("phase=%s\n", phase_word(record.phase));
  if (find_mapping(name, &device)) print_kernel_side(name, device);
  if (has_void_flags) print_flags("void-flags", void_flags);
}

static void print_if_theirs(const char *name, void *context) {
  const struct caller *caller = context;
  struct record record;
  if (peek_record(name, &record) && (caller->uid == 0 || record.uid == caller->uid))
    print_status(name, 0, false);
}

void verb_status(const struct arguments *arguments, const struct caller *caller) {
  struct record record;
  if (arguments->name == NULL) {
    each_record(print_if_theirs, (void *)caller);
    return;
  }
  if (!peek_record(arguments->name, &record) || (caller->uid != 0 && record.uid != caller->uid))
    refuse(MAPPING_UNKNOWN, "no such mapping of the caller's");
  print_status(arguments->name, 0, false);
}

static void print_tool(const char *key, enum tool tool, const char *option) {
  char output[512] = "";
  char version[32] = "";
  const char *const words[] = {option, NULL};
  const struct run run = {
      .tool = tool, .arguments = words, .output = output, .output_bytes = sizeof output};
  if (has_tool(tool) && run_tool(&run) == 0) {
    const char *number = strpbrk(output, "0123456789");
    int digits = number == NULL ? 0 : (int)strspn(number, "0123456789.");
    if (digits > 0) snprintf(version, sizeof version, "%.*s", digits, number);
  }
  printf("%s=%s\n", key, version);
}

void verb_probe(const struct arguments *arguments, const struct caller *caller) {
  struct utsname kernel;
  char version[32];
  (void)arguments;
  (void)caller;
  if (uname(&kernel) != 0) refuse(INTERNAL, "no kernel version");
  printf("protocol=1\nkernel=%s\n", kernel.release);
  print_tool("cryptsetup", CRYPTSETUP, "--version");
  print_tool("dmsetup", DMSETUP, "--version");
  int minor_version = has_tool(DMSETUP) ? crypt_target_version(version, sizeof version) : -1;
  unsigned known = 0;
  for (int i = 0; i < FLAG_COUNT; i++)
    if (minor_version >= FLAGS[i].since_minor) known |= 1u << i;
  printf("dm-crypt=%s\n", minor_version < 0 ? "" : version);
  print_flags("flags", known);
}
