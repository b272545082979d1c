/* Mount points, opened with the caller's rights and mounted on through the descriptor. */
#ifndef LOCKLINE_MOUNTS_H
#define LOCKLINE_MOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

#include "caller.h"

/* Where a device is mounted, as /proc/self/mountinfo writes it. */
struct mount_entry {
  char path[16384]; /* escaped: every byte may take four */
  char filesystem[32];
};

/* Opens the folder to mount on. Refuses with mountpoint-invalid, mountpoint-not-empty, ... */
int open_mount_point(const struct caller *caller, const char *path);

/* Mounts the filesystem of a mapping on the folder. Refuses. */
void mount_mapping(const struct caller *caller, const char *name, int folder, bool read_only);

/* Finds the newest mount of a device; false where there is none. */
bool find_mount(dev_t device, struct mount_entry *entry);

/* Unmounts a device everywhere. Returns 0, or an errno: EBUSY where files are in use. */
int unmount_device(dev_t device);

#endif
