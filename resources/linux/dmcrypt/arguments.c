#include "arguments.h"

#include <stdlib.h>
#include <string.h>

#include "refuse.h"

const struct flag FLAGS[FLAG_COUNT] = {
    {"allow_discards", 11},    {"same_cpu_crypt", 14},     {"submit_from_crypt_cpus", 14},
    {"no_read_workqueue", 22}, {"no_write_workqueue", 22}, {"high_priority", 26},
};

enum { MAX_SPEC_BYTES = 64, MAX_FLAGS_BYTES = 200 };

/* What a verb takes: positional arguments as letters, options as bits. */
enum option {
  OPTION_READ_ONLY = 1,
  OPTION_KEY_BYTES = 2,
  OPTION_HEADER = 4,
  OPTION_FLAGS = 8,
  OPTION_CAPI = 16,
  OPTION_OWNER = 32,
  OPTION_MOUNT_POINT = 64,
  OPTION_LIST = 128,
};

static const struct verb {
  const char *word;
  const char *positional; /* c container, n name, m mount point, ? optional from here on */
  unsigned options;
} VERBS[] = {
    {"open", "cn",
     OPTION_READ_ONLY | OPTION_KEY_BYTES | OPTION_HEADER | OPTION_FLAGS | OPTION_CAPI |
         OPTION_OWNER | OPTION_MOUNT_POINT},
    {"close", "n", 0},
    {"mount", "nm", OPTION_READ_ONLY},
    {"unmount", "n", 0},
    {"refresh", "n", OPTION_FLAGS | OPTION_CAPI},
    {"resize", "n", 0},
    {"status", "?n", 0},
    {"probe", "", 0},
    {"clean", "", OPTION_LIST},
};

static const struct {
  const char *word;
  enum option option;
  bool takes_value;
} OPTIONS[] = {
    {"--read-only", OPTION_READ_ONLY, false}, {"--key-bytes", OPTION_KEY_BYTES, true},
    {"--header", OPTION_HEADER, true},        {"--flags", OPTION_FLAGS, true},
    {"--capi", OPTION_CAPI, true},            {"--owner", OPTION_OWNER, true},
    {"--mount-point", OPTION_MOUNT_POINT, true}, {"--list", OPTION_LIST, false},
};

bool is_name(const char *text) {
  if (strlen(text) != NAME_BYTES || strncmp(text, "lockline-", NAME_PREFIX_BYTES) != 0)
    return false;
  return strspn(text + NAME_PREFIX_BYTES, "0123456789abcdef") == 32;
}

unsigned flag_bit(const char *word) {
  for (int i = 0; i < FLAG_COUNT; i++)
    if (strcmp(word, FLAGS[i].word) == 0) return 1u << i;
  return 0;
}

static const char *checked_name(const char *text) {
  if (!is_name(text)) refuse(ARGUMENT_INVALID, "a name is lockline- and 32 hexadecimal digits");
  return text;
}

/* An absolute path in one spelling: components between single slashes, none of them . or .. */
static const char *checked_path(const char *text) {
  size_t length = strlen(text);
  if (text[0] != '/' || length < 2 || length > MAX_PATH_BYTES)
    refuse(ARGUMENT_INVALID, "a path must be absolute, of 2 to %d bytes", MAX_PATH_BYTES);
  for (const char *c = text; *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7f)
      refuse(ARGUMENT_INVALID, "a path must not hold control characters");
  for (const char *part = text + 1;;) {
    size_t bytes = strcspn(part, "/");
    if (bytes == 0 || (bytes == 1 && part[0] == '.') || strncmp(part, "../", 3) == 0 ||
        strcmp(part, "..") == 0)
      refuse(ARGUMENT_INVALID, "a path must be real: no empty part, no . and no ..");
    if (part[bytes] == 0) return text;
    part += bytes + 1;
  }
}

static long checked_number(const char *text, long most) {
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > 10 || text[digits] != 0 || text[0] == '0')
    refuse(ARGUMENT_INVALID, "not a number");
  long value = strtol(text, NULL, 10);
  if (value > most) refuse(ARGUMENT_INVALID, "a number is too large");
  return value;
}

static unsigned checked_flags(const char *text) {
  char copy[MAX_FLAGS_BYTES];
  unsigned flags = 0;
  if (strcmp(text, "none") == 0) return 0;
  if (strlen(text) >= sizeof copy) refuse(ARGUMENT_INVALID, "too many flags");
  strcpy(copy, text);
  for (char *word = copy; word != NULL;) {
    char *next = strchr(word, ',');
    if (next != NULL) *next++ = 0;
    unsigned bit = flag_bit(word);
    if (bit == 0 || (flags & bit) != 0)
      refuse(ARGUMENT_INVALID, "not a flag, or one given twice");
    flags |= bit;
    word = next;
  }
  return flags;
}

static const char *checked_spec(const char *text) {
  size_t length = strlen(text);
  size_t good = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_()");
  if (length == 0 || length > MAX_SPEC_BYTES || good != length || text[0] == '-')
    refuse(ARGUMENT_INVALID, "not the name of an implementation");
  return text;
}

static void take_option(struct arguments *arguments, enum option option, const char *value) {
  switch (option) {
    case OPTION_READ_ONLY: arguments->read_only = true; return;
    case OPTION_LIST: arguments->list = true; return;
    case OPTION_HEADER: arguments->header = checked_path(value); return;
    case OPTION_MOUNT_POINT: arguments->mount_point = checked_path(value); return;
    case OPTION_CAPI: arguments->capi = checked_spec(value); return;
    case OPTION_OWNER: arguments->owner = (pid_t)checked_number(value, 4194304); return;
    case OPTION_FLAGS:
      arguments->has_flags = true;
      arguments->flags = checked_flags(value);
      return;
    case OPTION_KEY_BYTES:
      arguments->key_bytes = (int)checked_number(value, 64);
      if (arguments->key_bytes != 32 && arguments->key_bytes != 64)
        refuse(ARGUMENT_INVALID, "a volume key has 32 or 64 bytes");
      return;
  }
}

static void take_positional(struct arguments *arguments, char kind, const char *value) {
  if (value[0] == '-') refuse(ARGUMENT_INVALID, "an argument is missing before an option");
  if (kind == 'c') arguments->container = checked_path(value);
  if (kind == 'n') arguments->name = checked_name(value);
  if (kind == 'm') arguments->mount_point = checked_path(value);
}

static const struct verb *find_verb(const char *word) {
  for (size_t i = 0; i < sizeof VERBS / sizeof VERBS[0]; i++)
    if (strcmp(word, VERBS[i].word) == 0) return &VERBS[i];
  refuse(ARGUMENT_INVALID, "unknown verb");
}

static void parse_options(struct arguments *arguments, unsigned allowed, int count, char **values) {
  unsigned seen = 0;
  for (int at = 0; at < count; at++) {
    size_t i = 0;
    size_t known = sizeof OPTIONS / sizeof OPTIONS[0];
    while (i < known && strcmp(values[at], OPTIONS[i].word) != 0) i++;
    if (i == known || (allowed & OPTIONS[i].option) == 0)
      refuse(ARGUMENT_INVALID, "unknown option, or one argument too many");
    if (seen & OPTIONS[i].option) refuse(ARGUMENT_INVALID, "an option is given twice");
    seen |= OPTIONS[i].option;
    const char *value = "";
    if (OPTIONS[i].takes_value) {
      if (++at == count) refuse(ARGUMENT_INVALID, "an option lacks its value");
      value = values[at];
    }
    take_option(arguments, OPTIONS[i].option, value);
  }
  if ((allowed & OPTION_KEY_BYTES) && arguments->key_bytes == 0)
    refuse(ARGUMENT_INVALID, "--key-bytes is needed");
}

struct arguments parse_arguments(int count, char **values) {
  struct arguments arguments = {0};
  if (count < 2) refuse(ARGUMENT_INVALID, "a verb is needed");
  const struct verb *verb = find_verb(values[1]);
  arguments.verb = verb->word;
  int at = 2;
  bool is_optional = false;
  for (const char *kind = verb->positional; *kind; kind++) {
    if (*kind == '?') {
      is_optional = true;
      continue;
    }
    if (at == count && is_optional) break;
    if (at == count) refuse(ARGUMENT_INVALID, "an argument is missing");
    take_positional(&arguments, *kind, values[at++]);
  }
  parse_options(&arguments, verb->options, count - at, values + at);
  return arguments;
}
