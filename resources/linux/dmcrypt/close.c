/* The verbs that take down, and `mount` that builds on: `mount`, `unmount`, `close`, `clean`. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keyring.h"
#include "mapping.h"
#include "mounts.h"
#include "record.h"
#include "refuse.h"
#include "verbs.h"

static dev_t find_open_mapping(const char *name) {
  dev_t device;
  if (!find_mapping(name, &device)) refuse(MAPPING_UNKNOWN, "the mapping is gone");
  return device;
}

void verb_mount(const struct arguments *arguments, const struct caller *caller) {
  int folder = open_mount_point(caller, arguments->mount_point);
  struct record record = claim_record(arguments->name, caller->uid);
  if (record.phase != PHASE_OPEN) refuse(MAPPING_UNKNOWN, "the mapping is not fully open");
  find_open_mapping(arguments->name);
  mount_mapping(caller, arguments->name, folder, arguments->read_only);
  close(folder);
  print_status(arguments->name, 0, false);
}

static _Noreturn void refuse_unmount(int error) {
  if (error == EBUSY) refuse(UNMOUNT_BUSY, "files are in use");
  refuse(MOUNT_FAILED, "cannot unmount: %s", strerror(error));
}

void verb_unmount(const struct arguments *arguments, const struct caller *caller) {
  struct mount_entry entry;
  claim_record(arguments->name, caller->uid);
  dev_t device = find_open_mapping(arguments->name);
  if (!find_mount(device, &entry)) refuse(NOT_MOUNTED, "not mounted");
  int error = unmount_device(device);
  if (error != 0) refuse_unmount(error);
}

int take_down(const char *name) {
  dev_t device;
  if (find_mapping(name, &device)) {
    int error = unmount_device(device);
    if (error != 0) return error;
    if (!remove_mapping(name)) return -1;
  }
  forget_key(name);
  return 0;
}

void verb_close(const struct arguments *arguments, const struct caller *caller) {
  struct record record = claim_record(arguments->name, caller->uid);
  enum phase before = record.phase;
  record.phase = PHASE_CLOSING;
  write_record(&record);
  int error = take_down(arguments->name);
  if (error == 0) {
    remove_record(arguments->name);
    return;
  }
  record.phase = before;
  write_record(&record);
  if (error == -1) refuse(MAPPING_BUSY, "the mapping is in use");
  refuse_unmount(error);
}

static bool is_left_over(const char *name, const struct record *record) {
  if (record->phase != PHASE_OPEN || !find_mapping(name, NULL)) return true;
  return record->owner != 0 && process_start(record->owner, record->uid) != record->owner_start;
}

struct cleaning {
  const struct caller *caller;
  bool list_only;
};

static void clean_one(const char *name, void *context) {
  const struct cleaning *cleaning = context;
  struct record record;
  if (!cleaning->list_only) sweep_record(name);
  if (try_claim_record(name, cleaning->caller->uid, &record) != 1) return;
  if (!is_left_over(name, &record)) return;
  const char *outcome = "found";
  if (!cleaning->list_only) {
    bool is_down = take_down(name) == 0;
    if (is_down) remove_record(name);
    outcome = is_down ? "removed" : "busy";
  }
  printf("leftover=%s %s\n", name, outcome);
}

void verb_clean(const struct arguments *arguments, const struct caller *caller) {
  struct cleaning cleaning = {.caller = caller, .list_only = arguments->list};
  each_record(clean_one, &cleaning);
}
