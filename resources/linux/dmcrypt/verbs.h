#ifndef LOCKLINE_VERBS_H
#define LOCKLINE_VERBS_H

#include "arguments.h"
#include "caller.h"

typedef void verb_function(const struct arguments *arguments, const struct caller *caller);

verb_function verb_open;
verb_function verb_close;
verb_function verb_mount;
verb_function verb_unmount;
verb_function verb_refresh;
verb_function verb_resize;
verb_function verb_status;
verb_function verb_probe;
verb_function verb_clean;

/* Prints the answer of `status` for one mapping. */
void print_status(const char *name, unsigned void_flags, bool has_void_flags);

/* Prints "KEY=word,word" of a set of flags. */
void print_flags(const char *key, unsigned flags);

/* Unmounts, removes mapping and key. Returns 0, or an errno of the unmount, or -1 where in use. */
int take_down(const char *name);

/* Refuses unless the key of standard input was given flags and a cipher that the table can have. */
unsigned change_table(const char *name, const struct arguments *arguments, const char *cipher);

#endif
