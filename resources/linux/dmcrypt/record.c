#include "record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arguments.h"
#include "mapping.h"
#include "refuse.h"
#include "run.h"

enum { LOCK_WAIT_MS = 15000 };

#define FOLDER "/run/lockline-dmcrypt"

static const char *const PHASES[] = {
    [PHASE_OPENING] = "opening", [PHASE_OPEN] = "open", [PHASE_CLOSING] = "closing"};

/* The record that this process has locked. */
static int claimed = -1;

const char *phase_word(enum phase phase) { return PHASES[phase]; }

static int open_folder(void) {
  struct stat about;
  if (mkdir(FOLDER, 0700) != 0 && errno != EEXIST) refuse(INTERNAL, "cannot make " FOLDER);
  int fd = open(FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &about) != 0 || about.st_uid != 0 || (about.st_mode & 077) != 0)
    refuse(INTERNAL, FOLDER " is not root's alone");
  return fd;
}

static bool parse_record(int fd, struct record *record) {
  char text[512];
  char phase[16];
  int is_dynamic;
  ssize_t length = pread(fd, text, sizeof text - 1, 0);
  if (length <= 0) return false;
  text[length] = 0;
  *record = (struct record){0};
  if (sscanf(text, "uid=%u owner=%d start=%llu phase=%15s dynamic=%d cipher=%63s", &record->uid,
             &record->owner, &record->owner_start, phase, &is_dynamic, record->cipher) != 6)
    return false;
  record->is_dynamic = is_dynamic == 1;
  for (int i = PHASE_OPENING; i <= PHASE_CLOSING; i++)
    if (strcmp(phase, PHASES[i]) == 0) {
      record->phase = (enum phase)i;
      return true;
    }
  return false;
}

void write_record(const struct record *record) {
  char text[512];
  int length = snprintf(
      text, sizeof text, "uid=%u owner=%d start=%llu phase=%s dynamic=%d cipher=%s\n", record->uid,
      record->owner, record->owner_start, PHASES[record->phase], record->is_dynamic ? 1 : 0,
      record->cipher[0] ? record->cipher : "-");
  /* One write: a helper killed before it leaves the former state, and after it this one. */
  if (pwrite(claimed, text, (size_t)length, 0) != length || ftruncate(claimed, length) != 0)
    refuse(INTERNAL, "cannot write the record");
}

/* One attempt: -1 where there is no such record, -2 where somebody has it or it was just removed. */
static int try_lock(int folder, const char *name, int flags) {
  struct stat about;
  int fd = openat(folder, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
  if (fd < 0) return -1;
  if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &about) == 0 && about.st_nlink == 1) return fd;
  close(fd);
  return -2;
}

/*
 * Opens and locks, and waits for whoever has it: another helper, or the tool of one that was killed,
 * which may still be about to make what `clean` looks for. All waits of a process together are short.
 */
static int lock_record(const char *name, int flags) {
  static long long deadline;
  int folder = open_folder();
  int fd = try_lock(folder, name, flags);
  if (fd == -2 && deadline == 0) deadline = now_ms() + LOCK_WAIT_MS;
  while (fd == -2 && now_ms() < deadline) {
    usleep(20000);
    fd = try_lock(folder, name, flags);
  }
  close(folder);
  return fd;
}

static void claim(int fd) {
  if (claimed >= 0) close(claimed);
  claimed = fd;
  lend_to_tools(fd);
}

void create_record(const char *name, const struct record *record) {
  /* A record without its mapping is what somebody left who closed the mapping by other means. */
  if (find_mapping(name, NULL)) refuse(NAME_TAKEN, "a mapping has this name");
  int fd = lock_record(name, O_CREAT);
  if (fd == -2) refuse(OPERATION_IN_PROGRESS, "another helper works on this name");
  if (fd < 0) refuse(INTERNAL, "cannot make the record");
  claim(fd);
  /* Again, now that no other helper can open it: one may have between the two calls. */
  if (find_mapping(name, NULL)) refuse(NAME_TAKEN, "a mapping has this name");
  write_record(record);
}

int try_claim_record(const char *name, uid_t uid, struct record *record) {
  if (!peek_record(name, record) || (uid != 0 && record->uid != uid)) return 0;
  int fd = lock_record(name, 0);
  if (fd < 0) return fd == -2 ? -1 : 0;
  claim(fd);
  return parse_record(fd, record) && (uid == 0 || record->uid == uid);
}

void sweep_record(const char *name) {
  struct record record;
  if (peek_record(name, &record) || find_mapping(name, NULL)) return;
  int fd = lock_record(name, 0);
  if (fd < 0) return;
  if (!parse_record(fd, &record)) remove_record(name);
  close(fd);
}

struct record claim_record(const char *name, uid_t uid) {
  struct record record;
  int answer = try_claim_record(name, uid, &record);
  if (answer < 0) refuse(OPERATION_IN_PROGRESS, "another helper works on this mapping");
  if (answer == 0) refuse(MAPPING_UNKNOWN, "no such mapping of the caller's");
  return record;
}

bool peek_record(const char *name, struct record *record) {
  int folder = open_folder();
  int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  close(folder);
  if (fd < 0) return false;
  bool is_read = parse_record(fd, record);
  close(fd);
  return is_read;
}

void remove_record(const char *name) {
  int folder = open_folder();
  unlinkat(folder, name, 0);
  close(folder);
}

void each_record(void (*visit)(const char *name, void *context), void *context) {
  DIR *folder = fdopendir(open_folder());
  if (folder == NULL) refuse(INTERNAL, "cannot list " FOLDER);
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
    if (is_name(entry->d_name)) visit(entry->d_name, context);
  closedir(folder);
}
