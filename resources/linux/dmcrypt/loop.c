#include "loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "refuse.h"

enum { MAX_ATTEMPTS = 32 };

/* Another loop device on the same file would be a second writer that the lock does not see. */
static void refuse_second_loop(int container) {
  struct stat about;
  if (fstat(container, &about) != 0) refuse(IO_ERROR, "cannot look at the container");
  DIR *blocks = opendir("/sys/block");
  if (blocks == NULL) refuse(INTERNAL, "cannot list block devices");
  bool is_taken = false;
  for (struct dirent *entry; (entry = readdir(blocks)) != NULL;) {
    char path[300];
    struct loop_info64 info;
    if (strncmp(entry->d_name, "loop", 4) != 0) continue;
    snprintf(path, sizeof path, "/sys/block/%s/loop", entry->d_name);
    if (access(path, F_OK) != 0) continue; /* attached to nothing */
    snprintf(path, sizeof path, "/dev/%s", entry->d_name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) continue;
    if (ioctl(fd, LOOP_GET_STATUS64, &info) == 0)
      is_taken = is_taken || (info.lo_device == about.st_dev && info.lo_inode == about.st_ino);
    close(fd);
  }
  closedir(blocks);
  if (is_taken) refuse(DEVICE_BUSY, "another loop device has it");
}

struct loop attach_loop(int fd, bool read_only) {
  refuse_second_loop(fd);
  int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
  if (control < 0) refuse(KERNEL_UNSUPPORTED, "no loop devices");
  struct loop_config config = {.fd = (unsigned)fd};
  config.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO;
  if (read_only) config.info.lo_flags |= LO_FLAGS_READ_ONLY;
  struct loop loop;
  for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    int number = ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0) break;
    snprintf(loop.path, sizeof loop.path, "/dev/loop%d", number);
    loop.fd = open(loop.path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (loop.fd < 0 && errno != ENOENT) break;
    if (loop.fd >= 0 && ioctl(loop.fd, LOOP_CONFIGURE, &config) == 0) {
      struct stat about;
      if (fstat(loop.fd, &about) != 0) refuse(INTERNAL, "cannot look at the loop device");
      loop.device = about.st_rdev;
      close(control);
      return loop;
    }
    int error = errno;
    if (loop.fd >= 0) close(loop.fd);
    /* Somebody else took the free one between the two calls, or its node is not there yet. */
    if (error != EBUSY && error != ENOENT) break;
    usleep(10000);
  }
  refuse(KERNEL_UNSUPPORTED, "cannot attach a loop device: %s", strerror(errno));
}

void grow_loop(const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/dev/%s", name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) refuse(IO_ERROR, "cannot open the loop device");
  bool is_done = ioctl(fd, LOOP_SET_CAPACITY, 0) == 0;
  close(fd);
  if (!is_done) refuse(IO_ERROR, "the loop device does not take the new size");
}
