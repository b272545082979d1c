/* The verb `open`: from a container and a volume key to a mapping that has been tried. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "keyring.h"
#include "loop.h"
#include "mapping.h"
#include "mounts.h"
#include "record.h"
#include "refuse.h"
#include "run.h"
#include "sysfs.h"
#include "verbs.h"

enum { MAX_KEY_BYTES = 64, MAX_SECTOR_BYTES = 4096, INPUT_LIMIT_MS = 30000 };

/* Standard input: the volume key, then the plaintext of the last sector. */
static struct {
  unsigned char bytes[MAX_KEY_BYTES + MAX_SECTOR_BYTES + 1];
  size_t length;
} secret;

static void wipe_secret(const char *name) {
  (void)name;
  explicit_bzero(&secret, sizeof secret);
}

static void read_secret(int key_bytes) {
  long long deadline = now_ms() + INPUT_LIMIT_MS;
  mlock(&secret, sizeof secret);
  undo_with(wipe_secret, NULL);
  for (;;) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    long long left = deadline - now_ms();
    if (left <= 0 || poll(&input, 1, (int)left) <= 0)
      refuse(KEY_MISSING, "standard input stays open");
    size_t room = sizeof secret.bytes - secret.length;
    ssize_t got = read(STDIN_FILENO, secret.bytes + secret.length, room);
    if (got < 0) refuse(KEY_MISSING, "standard input cannot be read");
    if (got == 0) break;
    secret.length += (size_t)got;
    if (secret.length == sizeof secret.bytes) refuse(KEY_MISSING, "standard input is too long");
  }
  size_t sector = secret.length - (size_t)key_bytes;
  if (secret.length < (size_t)key_bytes ||
      (sector != 512 && sector != 1024 && sector != 2048 && sector != 4096))
    refuse(KEY_MISSING, "standard input is no volume key with the last sector behind it");
}

/* A mapping that could not be removed keeps its record, by which `clean` finds it. */
static void undo_record(const char *name) {
  if (!find_mapping(name, NULL)) remove_record(name);
}
static void undo_mapping(const char *name) { remove_mapping(name); }
static void undo_key(const char *name) { forget_key(name); }
static void undo_mount(const char *name) {
  dev_t device;
  if (find_mapping(name, &device)) unmount_device(device);
}

static void make_mapping(const struct arguments *arguments, const char *loop, const char *header) {
  const char *words[12] = {"open", "--batch-mode",      "--type",
                           "luks", "--volume-key-file", "/dev/stdin"};
  int count = 6;
  if (arguments->read_only) words[count++] = "--readonly";
  if (header != NULL) {
    words[count++] = "--header";
    words[count++] = header;
  }
  words[count++] = loop;
  words[count++] = arguments->name;
  const struct run run = {.tool = CRYPTSETUP,
                          .arguments = words,
                          .input = secret.bytes,
                          .input_bytes = (size_t)arguments->key_bytes};
  switch (run_tool(&run)) {
    case 0: return;
    case 2: refuse(KEY_WRONG, "the header's digest does not know this volume key");
    case 5: refuse(MAPPING_BUSY, "the device is in use: %s", tool_message());
    case -1: refuse(TOOL_FAILED, "cryptsetup did not end well");
    default: refuse(CONTAINER_REFUSED, "cryptsetup: %s", tool_message());
  }
}

/* The volume, in bytes. */
struct volume {
  uint64_t length;
  uint64_t sector;
};

/* Keeps the key for `refresh`, and notes what the header decided. */
static struct volume keep_what_is_needed(const struct arguments *arguments, struct record *record,
                                         dev_t loop) {
  struct table table;
  static const char LOGON[] = "logon:";
  if (!read_table(arguments->name, &table)) refuse(CONTAINER_REFUSED, "not a plain crypt mapping");
  if (strlen(table.cipher) >= sizeof record->cipher) refuse(CONTAINER_REFUSED, "an unknown cipher");
  strcpy(record->cipher, table.cipher);
  /* Whatever a header says: below is what the caller was allowed to open, and nothing between. */
  dev_t below;
  if (!parse_device(table.device, &below) || below != loop)
    refuse(CONTAINER_REFUSED, "not on the container itself: a volume with integrity");
  uint64_t left = device_sectors(loop) - table.offset_sectors - table.length_sectors;
  record->is_dynamic = left < table.sector_bytes / 512;
  const char *description = strstr(table.key, LOGON);
  bool is_kept = table.key[0] != ':' ||
                 (description != NULL &&
                  keep_key(arguments->name, description + sizeof LOGON - 1, secret.bytes,
                           (size_t)arguments->key_bytes) == 0);
  struct volume volume = {.length = table.length_sectors * 512, .sector = table.sector_bytes};
  wipe_table(&table);
  if (!is_kept) refuse(KERNEL_UNSUPPORTED, "the kernel does not keep the key: %s", strerror(errno));
  return volume;
}

/* The kernel's cipher and Lockline's engine must agree before anything is written by either. */
static void compare_last_sector(const struct arguments *arguments, struct volume volume) {
  dev_t device;
  unsigned char sector[MAX_SECTOR_BYTES];
  size_t sector_bytes = secret.length - (size_t)arguments->key_bytes;
  if (!find_mapping(arguments->name, &device)) refuse(INTERNAL, "the mapping is gone");
  if (volume.sector != sector_bytes || volume.length < sector_bytes)
    refuse(SECTOR_DIFFERS, "the kernel has sectors of another size");
  char path[32];
  snprintf(path, sizeof path, "/dev/dm-%u", minor(device));
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t got = fd < 0 ? -1 : pread(fd, sector, sector_bytes, (off_t)(volume.length - sector_bytes));
  if (fd >= 0) close(fd);
  if (got != (ssize_t)sector_bytes) refuse(IO_ERROR, "cannot read the last sector");
  bool is_same = memcmp(sector, secret.bytes + arguments->key_bytes, sector_bytes) == 0;
  explicit_bzero(sector, sizeof sector);
  if (!is_same) refuse(SECTOR_DIFFERS, "the kernel decrypts the last sector to something else");
}

static struct loop attach_header(const struct arguments *arguments, const struct caller *caller) {
  struct loop none = {.fd = -1};
  if (arguments->header == NULL) return none;
  int fd = open_container(caller, arguments->header, arguments->read_only);
  struct loop loop = attach_loop(fd, arguments->read_only);
  close(fd);
  return loop;
}

void verb_open(const struct arguments *arguments, const struct caller *caller) {
  struct record record = {.uid = caller->uid, .owner = arguments->owner, .phase = PHASE_OPENING};
  if (arguments->owner != 0) record.owner_start = process_start(arguments->owner, caller->uid);
  if (arguments->owner != 0 && record.owner_start == 0)
    refuse(ARGUMENT_INVALID, "the owner is no process of the caller's");
  read_secret(arguments->key_bytes);
  int container = open_container(caller, arguments->container, arguments->read_only);
  int folder = -1;
  if (arguments->mount_point != NULL) folder = open_mount_point(caller, arguments->mount_point);

  create_record(arguments->name, &record);
  undo_with(undo_record, arguments->name);
  struct loop loop = attach_loop(container, arguments->read_only);
  struct loop header = attach_header(arguments, caller);
  undo_with(undo_mapping, arguments->name);
  make_mapping(arguments, loop.path, header.fd < 0 ? NULL : header.path);
  undo_with(undo_key, arguments->name);
  struct volume volume = keep_what_is_needed(arguments, &record, loop.device);
  unsigned void_flags = change_table(arguments->name, arguments, record.cipher);
  compare_last_sector(arguments, volume);
  wipe_secret(NULL);
  undo_with(undo_mount, arguments->name);
  if (folder >= 0) {
    mount_mapping(caller, arguments->name, folder, arguments->read_only);
    close(folder); /* an open mount point keeps the mount busy */
  }
  record.phase = PHASE_OPEN;
  write_record(&record);
  print_status(arguments->name, void_flags, true);
  /* An answer that nobody received leaves nothing open. */
  if (fflush(stdout) != 0) refuse(INTERNAL, "cannot write the answer");
  keep_all();
  close(loop.fd);
}
