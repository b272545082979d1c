#include "mounts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "arguments.h"
#include "mapping.h"
#include "refuse.h"
#include "sysfs.h"

/* Folders of the system, by the first part of a path; /run has two exceptions. */
static const char *const SYSTEM_FOLDERS[] = {"bin",  "boot", "dev",  "efi", "etc", "lib",
                                             "lib32", "lib64", "libx32", "nix", "opt", "proc",
                                             "run",  "sbin", "snap", "srv", "sys", "usr", "var"};

static bool is_below(const char *path, const char *folder) {
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static bool is_system_path(const struct caller *caller, const char *path) {
  char own[128];
  snprintf(own, sizeof own, "/run/user/%u", caller->uid);
  if (is_below(path, own)) return false;
  snprintf(own, sizeof own, "/run/media/%s", caller->name);
  if (is_below(path, own)) return false;
  size_t first = strcspn(path + 1, "/");
  for (size_t i = 0; i < sizeof SYSTEM_FOLDERS / sizeof SYSTEM_FOLDERS[0]; i++)
    if (strlen(SYSTEM_FOLDERS[i]) == first && strncmp(path + 1, SYSTEM_FOLDERS[i], first) == 0)
      return true;
  return path[1 + first] == 0; /* a folder of the root itself, whatever its name */
}

/* Whether the folder above is one under which this user may have mounts. */
static bool is_fit_parent(const struct caller *caller, int parent, const char *path,
                          size_t length) {
  char media[128];
  struct stat about;
  if (fstat(parent, &about) != 0) return false;
  if (about.st_uid == caller->uid) return true;
  snprintf(media, sizeof media, "/run/media/%s", caller->name);
  return strlen(media) == length && strncmp(path, media, length) == 0 && about.st_uid == 0;
}

static bool is_empty(int folder) {
  int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = fd < 0 ? NULL : fdopendir(fd);
  if (entries == NULL) {
    if (fd >= 0) close(fd);
    return false;
  }
  int count = 0;
  while (count < 3 && readdir(entries) != NULL) count++;
  closedir(entries);
  return count == 2; /* . and .. */
}

int open_mount_point(const struct caller *caller, const char *path) {
  char parent_path[MAX_PATH_BYTES + 1];
  if (is_system_path(caller, path)) refuse(MOUNTPOINT_INVALID, "a folder of the system");
  const char *base = strrchr(path, '/') + 1;
  size_t parent_length = (size_t)(base - path) - 1;
  memcpy(parent_path, path, parent_length);
  parent_path[parent_length] = 0;

  become_caller(caller);
  int parent = open_without_links(AT_FDCWD, parent_path, O_PATH | O_DIRECTORY);
  int folder = parent < 0 ? -1 : open_without_links(parent, base, O_PATH | O_DIRECTORY);
  int error = errno;
  bool was_empty = folder >= 0 && is_empty(folder);
  become_root();

  if (folder < 0) refuse(error == ELOOP ? PATH_REFUSED : MOUNTPOINT_INVALID, "%s", strerror(error));
  struct stat about;
  struct statx more;
  if (fstat(folder, &about) != 0 || about.st_uid != caller->uid ||
      !is_fit_parent(caller, parent, parent_path, parent_length))
    refuse(MOUNTPOINT_INVALID, "not a folder of the caller's in a folder of the caller's");
  close(parent);
  if (statx(folder, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &more) != 0 ||
      (more.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) == 0)
    refuse(KERNEL_UNSUPPORTED, "the kernel is older than 5.9");
  if (more.stx_attributes & STATX_ATTR_MOUNT_ROOT)
    refuse(MOUNTPOINT_INVALID, "a mount point already");
  if (!was_empty) refuse(MOUNTPOINT_NOT_EMPTY, "the folder is not empty");
  return folder;
}

/* The kernel's name for what is on the volume: only what is meant to be opened by it. */
static const char *identify(const char *device) {
  unsigned char head[2048] = {0};
  int fd = open(device, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);
  if (fd >= 0) close(fd);
  if (length != sizeof head) refuse(IO_ERROR, "cannot read the volume");
  if (head[1080] == 0x53 && head[1081] == 0xef) return "ext4";
  bool is_fat = memcmp(head + 82, "FAT32   ", 8) == 0 || memcmp(head + 54, "FAT1", 4) == 0;
  if (head[510] == 0x55 && head[511] == 0xaa && is_fat) return "vfat";
  refuse(FILESYSTEM_UNSUPPORTED, "neither FAT nor ext");
}

void mount_mapping(const struct caller *caller, const char *name, int folder, bool read_only) {
  dev_t device;
  struct mount_entry entry;
  char source[32];
  char target[32];
  char options[160] = "errors=remount-ro";
  if (!find_mapping(name, &device)) refuse(MAPPING_UNKNOWN, "the mapping is gone");
  if (find_mount(device, &entry)) refuse(ALREADY_MOUNTED, "mounted already");
  snprintf(source, sizeof source, "/dev/dm-%u", minor(device));
  snprintf(target, sizeof target, "/proc/self/fd/%d", folder);
  const char *type = identify(source);
  bool is_fixed = is_set_in_sys(device, "ro");
  if (strcmp(type, "vfat") == 0)
    snprintf(options, sizeof options,
             "uid=%u,gid=%u,umask=077,utf8=1,shortname=mixed,flush,errors=remount-ro", caller->uid,
             caller->gid);
  else if (is_fixed)
    strcat(options, ",norecovery"); /* a journal cannot be replayed on a read-only volume */
  unsigned long flags = MS_NOSUID | MS_NODEV;
  if (read_only || is_fixed) flags |= MS_RDONLY;
  if (mount(source, target, type, flags, options) == 0) return;
  if (errno == ENODEV) refuse(FILESYSTEM_UNSUPPORTED, "the kernel has no %s", type);
  refuse(MOUNT_FAILED, "the kernel does not mount it: %s", strerror(errno));
}

bool find_mount(dev_t device, struct mount_entry *entry) {
  FILE *mounts = fopen("/proc/self/mountinfo", "re");
  if (mounts == NULL) return false;
  char *line = NULL;
  size_t room = 0;
  bool is_found = false;
  while (getline(&line, &room, mounts) > 0) {
    char numbers[32];
    dev_t mounted;
    char path[sizeof entry->path];
    /* id parent major:minor root path options ... - filesystem source options */
    if (sscanf(line, "%*d %*d %31s %*s %16383s", numbers, path) != 2) continue;
    if (!parse_device(numbers, &mounted) || mounted != device) continue;
    const char *separator = strstr(line, " - ");
    if (separator == NULL || sscanf(separator, " - %31s", entry->filesystem) != 1) continue;
    strcpy(entry->path, path);
    is_found = true;
  }
  free(line);
  fclose(mounts);
  return is_found;
}

/* Undoes the escapes of mountinfo, in place. */
static void unescape(char *path) {
  char *to = path;
  for (const char *from = path; *from; to++) {
    unsigned value;
    if (from[0] == '\\' && sscanf(from + 1, "%3o", &value) == 1 && value < 256) {
      *to = (char)value;
      from += 4;
    } else {
      *to = *from++;
    }
  }
  *to = 0;
}

/* Unmounts one path, by the folder that it is in, so that nobody can put another one there. */
static int unmount_path(char *path, dev_t device) {
  struct stat about;
  char *base = strrchr(path, '/');
  if (base == NULL || base[1] == 0) return EINVAL;
  *base++ = 0;
  int parent = open_without_links(AT_FDCWD, path[0] ? path : "/", O_PATH | O_DIRECTORY);
  if (parent < 0) return errno;
  int result = fchdir(parent) == 0 ? 0 : errno;
  close(parent);
  if (result == 0 && lstat(base, &about) != 0) result = errno;
  if (result == 0 && about.st_dev != device) result = ESTALE;
  if (result == 0 && umount2(base, UMOUNT_NOFOLLOW) != 0) result = errno;
  if (chdir("/") != 0) return errno;
  return result;
}

int unmount_device(dev_t device) {
  struct mount_entry entry;
  while (find_mount(device, &entry)) {
    unescape(entry.path);
    int error = unmount_path(entry.path, device);
    if (error != 0) return error;
  }
  return 0;
}
