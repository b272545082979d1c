/* The verbs that change a mapping's table under load: `refresh` and `resize`. */
#include <linux/if_alg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop.h"
#include "mapping.h"
#include "record.h"
#include "refuse.h"
#include "sysfs.h"
#include "verbs.h"

/* Has the Crypto API make the implementation, if it can: templates are listed only once in use. */
static void instantiate(const char *spec) {
  struct sockaddr_alg address = {.salg_family = AF_ALG, .salg_type = "skcipher"};
  if (strlen(spec) >= sizeof address.salg_name) return;
  strcpy((char *)address.salg_name, spec);
  int fd = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    /* Not there: the list of the kernel will not name it. */
  }
  close(fd);
}

/* Whether the kernel lists a driver as an implementation of XTS with AES, and of nothing else. */
static bool implements_xts_aes(const char *driver) {
  char line[256];
  char value[200];
  bool is_xts = false;
  bool is_found = false;
  FILE *list = fopen("/proc/crypto", "re");
  if (list == NULL) return false;
  while (!is_found && fgets(line, sizeof line, list) != NULL) {
    if (sscanf(line, "name : %199s", value) == 1) is_xts = strcmp(value, "xts(aes)") == 0;
    if (sscanf(line, "driver : %199s", value) == 1) is_found = is_xts && strcmp(value, driver) == 0;
  }
  fclose(list);
  return is_found;
}

/* The cipher for the table: as the header has it, or pinned to one implementation of the same. */
static void choose_cipher(const char *spec, const char *cipher, char *chosen, size_t bytes) {
  if (strcmp(spec, "default") == 0) {
    snprintf(chosen, bytes, "%s", cipher);
    return;
  }
  if (strcmp(cipher, "aes-xts-plain64") != 0)
    refuse(FLAGS_REFUSED, "an implementation can be pinned for aes-xts-plain64 only");
  if (strcmp(spec, "xts(aes)") != 0) {
    instantiate(spec);
    if (!implements_xts_aes(spec)) refuse(FLAGS_REFUSED, "no such implementation of XTS-AES");
  }
  snprintf(chosen, bytes, "capi:%s-plain64", spec);
}

unsigned change_table(const char *name, const struct arguments *arguments, const char *cipher) {
  struct table table;
  char chosen[128];
  char version[32];
  if (!arguments->has_flags && arguments->capi == NULL) return 0;
  if (arguments->capi != NULL) choose_cipher(arguments->capi, cipher, chosen, sizeof chosen);
  unsigned known = 0;
  int minor_version = crypt_target_version(version, sizeof version);
  for (int i = 0; i < FLAG_COUNT; i++)
    if (minor_version >= FLAGS[i].since_minor) known |= 1u << i;
  if (!read_table(name, &table)) refuse(TOOL_FAILED, "cannot read the table");
  bool is_same = true;
  if (arguments->has_flags) {
    is_same = table.flags == (arguments->flags & known);
    table.flags = arguments->flags & known;
  }
  if (arguments->capi != NULL) {
    is_same = is_same && strcmp(table.cipher, chosen) == 0;
    table.cipher = chosen;
  }
  bool is_done = is_same || swap_table(name, &table);
  wipe_table(&table);
  if (!is_done) refuse(FLAGS_REFUSED, "the kernel does not take the table");
  return arguments->has_flags ? arguments->flags & ~known : 0;
}

void verb_refresh(const struct arguments *arguments, const struct caller *caller) {
  struct record record = claim_record(arguments->name, caller->uid);
  if (!find_mapping(arguments->name, NULL)) refuse(MAPPING_UNKNOWN, "the mapping is gone");
  unsigned void_flags = change_table(arguments->name, arguments, record.cipher);
  print_status(arguments->name, void_flags, true);
}

void verb_resize(const struct arguments *arguments, const struct caller *caller) {
  struct table table;
  dev_t loop;
  char loop_name[32];
  struct record record = claim_record(arguments->name, caller->uid);
  if (!record.is_dynamic) refuse(RESIZE_REFUSED, "the header fixes the volume's size");
  if (!read_table(arguments->name, &table)) refuse(MAPPING_UNKNOWN, "the mapping is gone");
  if (!parse_device(table.device, &loop) || !device_name(loop, loop_name, sizeof loop_name))
    refuse(INTERNAL, "no loop device");
  grow_loop(loop_name);
  uint64_t sectors = device_sectors(loop);
  uint64_t unit = table.sector_bytes / 512;
  uint64_t length = sectors <= table.offset_sectors ? 0 : sectors - table.offset_sectors;
  length -= length % unit;
  bool is_shorter = length < table.length_sectors;
  bool is_same = length == table.length_sectors;
  table.length_sectors = length;
  bool is_done = !is_shorter && (is_same || swap_table(arguments->name, &table));
  wipe_table(&table);
  if (is_shorter) refuse(RESIZE_REFUSED, "the container is shorter than the volume");
  if (!is_done) refuse(TOOL_FAILED, "the kernel does not take the new size");
  print_status(arguments->name, 0, false);
}
