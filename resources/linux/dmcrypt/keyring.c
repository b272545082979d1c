#include "keyring.h"

#include <linux/keyctl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static long keyctl(int operation, long a, long b, long c, long d) {
  return syscall(SYS_keyctl, operation, a, b, c, d);
}

static long add_key(const char *type, const char *description, const void *payload, size_t bytes,
                    long keyring) {
  return syscall(SYS_add_key, type, description, payload, bytes, keyring);
}

static void keyring_name(char *text, size_t bytes, const char *name) {
  snprintf(text, bytes, "lockline:%s", name);
}

int reach_root_keyring(void) {
  if (keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0) < 0) return -1;
  return (int)keyctl(KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING, 0, 0);
}

int keep_key(const char *name, const char *description, const void *key, size_t key_bytes) {
  char text[64];
  keyring_name(text, sizeof text, name);
  long keyring = add_key("keyring", text, NULL, 0, KEY_SPEC_USER_KEYRING);
  if (keyring < 0) return -1;
  return add_key("logon", description, key, key_bytes, keyring) < 0 ? -1 : 0;
}

long find_keyring(const char *name) {
  char text[64];
  keyring_name(text, sizeof text, name);
  long keyring = keyctl(KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, (long)"keyring", (long)text, 0);
  return keyring < 0 ? 0 : keyring;
}

void forget_key(const char *name) {
  long keyring = find_keyring(name);
  if (keyring == 0) return;
  keyctl(KEYCTL_CLEAR, keyring, 0, 0, 0);
  keyctl(KEYCTL_UNLINK, keyring, KEY_SPEC_USER_KEYRING, 0, 0);
}

int enter_keyring(long keyring) {
  /* The process keyring, which ends with execve, holds it over the change of session keyrings. */
  if (keyring != 0 && keyctl(KEYCTL_LINK, keyring, KEY_SPEC_PROCESS_KEYRING, 0, 0) < 0) return -1;
  if (keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0, 0) < 0) return -1;
  if (keyring == 0) return 0;
  return (int)keyctl(KEYCTL_LINK, keyring, KEY_SPEC_SESSION_KEYRING, 0, 0);
}
