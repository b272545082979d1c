/* Loop devices, made on an open descriptor: no path is looked up again. */
#ifndef LOCKLINE_LOOP_H
#define LOCKLINE_LOOP_H

#include <stdbool.h>
#include <sys/types.h>

struct loop {
  int fd; /* keeps it: it clears itself when the last one who has it open closes */
  char path[32];
  dev_t device;
};

/*
 * Attaches a loop device to `fd`, with direct I/O where the filesystem can. Refuses with
 * device-busy where another loop device has the same file.
 */
struct loop attach_loop(int fd, bool read_only);

/* Lets a loop device, by its name in /dev, take the present size of its file. Refuses. */
void grow_loop(const char *name);

#endif
