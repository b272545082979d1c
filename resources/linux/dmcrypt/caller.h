/* Who asks, and files opened with that user's rights. */
#ifndef LOCKLINE_CALLER_H
#define LOCKLINE_CALLER_H

#include <stdbool.h>
#include <sys/types.h>

struct caller {
  uid_t uid;
  gid_t gid;
  char name[64];
};

/* Reads PKEXEC_UID, or takes root where it is not set. Refuses with caller-unknown. */
struct caller find_caller(void);

/* Takes the caller's rights for what follows, and root's back. */
void become_caller(const struct caller *caller);
void become_root(void);

/*
 * Opens a path as the process is at the moment, below `folder` (AT_FDCWD for an absolute path),
 * following no symbolic link anywhere in it. Returns -1 with errno.
 */
int open_without_links(int folder, const char *path, int flags);

/*
 * Opens a container or header with the caller's rights: an ordinary file or a block device, which
 * is locked as Lockline's own engine does, so that there is one writer. Refuses.
 */
int open_container(const struct caller *caller, const char *path, bool read_only);

/* When a process of the caller's started, in clock ticks after boot; 0 where it is not theirs. */
unsigned long long process_start(pid_t pid, uid_t uid);

#endif
