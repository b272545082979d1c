/*
 * The volume key in the kernel, for `refresh` and `resize`: cryptsetup's own copy is gone when it
 * ends, and a table cannot be loaded again without. It lies as a "logon" key, which no program can
 * read, in a keyring of the mapping's own below root's user keyring.
 */
#ifndef LOCKLINE_KEYRING_H
#define LOCKLINE_KEYRING_H

#include <stddef.h>

/* Makes this process reach root's user keyring. Returns 0, or -1 with errno. */
int reach_root_keyring(void);

/* Keeps a key under the description that the mapping's table names. Returns 0, or -1 with errno. */
int keep_key(const char *name, const char *description, const void *key, size_t key_bytes);

/* The mapping's keyring, or 0 where there is none. */
long find_keyring(const char *name);

/* Forgets the mapping's key and keyring, if there are any. */
void forget_key(const char *name);

/* In a new process: a session keyring that holds nothing but `keyring` (0 for nothing at all). */
int enter_keyring(long keyring);

#endif
