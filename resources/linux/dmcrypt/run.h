/* Programs of the system, run by absolute path with a fixed environment. */
#ifndef LOCKLINE_RUN_H
#define LOCKLINE_RUN_H

#include <stdbool.h>
#include <stddef.h>

enum tool { CRYPTSETUP, DMSETUP };

struct run {
  enum tool tool;
  const char *const *arguments; /* without the program's name; ends with NULL */
  const void *input;            /* for standard input; at most 4096 bytes */
  size_t input_bytes;
  long keyring;        /* reachable by the kernel while the program runs; 0 for none */
  char *output;        /* receives standard output, ended with 0; may be NULL */
  size_t output_bytes; /* room there */
};

/* Whether the tool is installed. */
bool has_tool(enum tool tool);

/*
 * Runs a tool to its end. Returns its exit status, or -1 where it did not run, was killed, took
 * longer than two minutes or wrote more than there is room for.
 */
int run_tool(const struct run *run);

/*
 * Has every tool hold a descriptor from here on (-1: none), and with it a lock: the lock of a helper
 * that was killed lasts until its tool is dead, too.
 */
void lend_to_tools(int fd);

/* Milliseconds of a clock that only goes forward. */
long long now_ms(void);

/* The last line that the last tool wrote to standard error. */
const char *tool_message(void);

#endif
