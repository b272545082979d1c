#include "caller.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "refuse.h"

static uid_t parse_uid(const char *text) {
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 10 || text[digits] != 0 || (text[0] == '0' && digits > 1))
    refuse(CALLER_UNKNOWN, "PKEXEC_UID is not a user ID");
  unsigned long long value = strtoull(text, NULL, 10);
  if (value >= UINT32_MAX) refuse(CALLER_UNKNOWN, "PKEXEC_UID is not a user ID");
  return (uid_t)value;
}

struct caller find_caller(void) {
  struct caller caller = {0};
  if (getuid() != 0 || geteuid() != 0) refuse(NOT_PRIVILEGED, "run by pkexec or by root");
  const char *asked = getenv("PKEXEC_UID");
  caller.uid = asked == NULL ? 0 : parse_uid(asked);
  const struct passwd *entry = getpwuid(caller.uid);
  if (entry == NULL || strlen(entry->pw_name) >= sizeof caller.name || strchr(entry->pw_name, '/'))
    refuse(CALLER_UNKNOWN, "no user has this ID");
  caller.gid = entry->pw_gid;
  strcpy(caller.name, entry->pw_name);
  return caller;
}

void become_caller(const struct caller *caller) {
  if (caller->uid == 0) return;
  if (initgroups(caller->name, caller->gid) != 0 || setegid(caller->gid) != 0 ||
      seteuid(caller->uid) != 0)
    refuse(INTERNAL, "cannot take the caller's rights");
}

/* Safe to call twice, and where the caller is root. */
void become_root(void) {
  if (seteuid(0) != 0 || setegid(0) != 0 || setgroups(0, NULL) != 0) {
    /* Nothing that follows would be done with the right rights. */
    _exit(1);
  }
}

int open_without_links(int folder, const char *path, int flags) {
  struct open_how how = {
      .flags = (unsigned)flags | O_CLOEXEC,
      .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
  };
  return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

static _Noreturn void refuse_open(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: refuse(FILE_MISSING, "no such file");
    case EACCES:
    case EPERM:
    case EROFS: refuse(PERMISSION_DENIED, "the caller must not open it");
    case ELOOP: refuse(PATH_REFUSED, "a symbolic link is in the path");
    case EBUSY:
    case ETXTBSY: refuse(DEVICE_BUSY, "in use");
    case ENOSYS: refuse(KERNEL_UNSUPPORTED, "the kernel is older than 5.9");
    case EISDIR:
    case ENXIO:
    case ENODEV: refuse(NOT_A_FILE, "not an ordinary file or block device");
    default: refuse(IO_ERROR, "cannot open: %s", strerror(error));
  }
}

int open_container(const struct caller *caller, const char *path, bool read_only) {
  become_caller(caller);
  /* O_EXCL is for block devices: it fails where one is mounted or mapped. */
  int flags = (read_only ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_NOCTTY | O_EXCL;
  int fd = open_without_links(AT_FDCWD, path, flags);
  int error = errno;
  become_root();
  if (fd < 0) refuse_open(error);
  struct stat about;
  if (fstat(fd, &about) != 0 || (!S_ISREG(about.st_mode) && !S_ISBLK(about.st_mode)))
    refuse(NOT_A_FILE, "not an ordinary file or block device");
  /* The loop device keeps this open file description, and with it the lock, after we have ended. */
  struct flock lock = {.l_type = (short)(read_only ? F_RDLCK : F_WRLCK), .l_whence = SEEK_SET};
  if (fcntl(fd, F_OFD_SETLK, &lock) != 0) refuse(DEVICE_BUSY, "another program has it open");
  return fd;
}

unsigned long long process_start(pid_t pid, uid_t uid) {
  char path[64];
  char text[1024];
  unsigned owner = UINT32_MAX;
  snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  FILE *status = fopen(path, "re");
  if (status == NULL) return 0;
  while (fgets(text, sizeof text, status) != NULL)
    if (sscanf(text, "Uid: %u", &owner) == 1) break;
  fclose(status);
  if (owner != uid) return 0;
  snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
  FILE *stat = fopen(path, "re");
  if (stat == NULL) return 0;
  size_t length = fread(text, 1, sizeof text - 1, stat);
  fclose(stat);
  text[length] = 0;
  /* The name, in brackets, may hold anything: count fields behind the last bracket. */
  const char *field = strrchr(text, ')');
  for (int number = 2; field != NULL && number < 22; number++) {
    field = strchr(field, ' ');
    if (field != NULL) field++;
  }
  return field == NULL ? 0 : strtoull(field, NULL, 10);
}
