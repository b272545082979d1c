/* The command line, checked against its grammar before anything is touched. */
#ifndef LOCKLINE_ARGUMENTS_H
#define LOCKLINE_ARGUMENTS_H

#include <stdbool.h>
#include <sys/types.h>

enum {
  NAME_PREFIX_BYTES = 9, /* "lockline-" */
  NAME_BYTES = NAME_PREFIX_BYTES + 32,
  MAX_PATH_BYTES = 4000,
};

/* Bits of a set of flags, in the order of FLAG_WORDS. */
enum { FLAG_COUNT = 6 };

struct flag {
  const char *word;
  int since_minor; /* minor version of the crypt target that knows it; the major one is 1 */
};
extern const struct flag FLAGS[FLAG_COUNT];

struct arguments {
  const char *verb;
  const char *container;
  const char *name;
  const char *mount_point;
  const char *header;
  const char *capi; /* "default" for the header's own cipher */
  bool has_flags;
  unsigned flags;
  int key_bytes;
  pid_t owner;
  bool read_only;
  bool list;
};

/* Parses all arguments of one verb. Refuses with argument-invalid. */
struct arguments parse_arguments(int count, char **values);

/* Whether a string is a mapping's name as Lockline gives it. */
bool is_name(const char *text);

/* The bit of a word of the kernel's table, or 0. */
unsigned flag_bit(const char *word);

#endif
