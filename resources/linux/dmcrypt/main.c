/*
 * lockline-dmcrypt: has the kernel open a vault for a user. One verb, then the end.
 *
 * It runs as root for somebody who is not, so: arguments are held against a grammar before
 * anything else; nothing of the caller's environment is kept; files of the caller's are opened with
 * the caller's rights and used by descriptor; other programs are run by absolute path with argument
 * vectors, never through a shell; whatever fails is undone. docs/dmcrypt-helper.md is the contract.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keyring.h"
#include "refuse.h"
#include "run.h"
#include "verbs.h"

static const struct {
  const char *word;
  verb_function *function;
} FUNCTIONS[] = {
    {"open", verb_open},       {"close", verb_close},   {"mount", verb_mount},
    {"unmount", verb_unmount}, {"refresh", verb_refresh}, {"resize", verb_resize},
    {"status", verb_status},   {"probe", verb_probe},   {"clean", verb_clean},
};

/* Descriptors 0 to 2 must be there, or the next files opened would be taken for them. */
static void fill_standard_descriptors(void) {
  int fd;
  do {
    fd = open("/dev/null", O_RDWR);
    if (fd < 0) _exit(1);
  } while (fd <= STDERR_FILENO);
  close(fd);
}

static void set_limit(int resource, rlim_t soft, rlim_t hard) {
  struct rlimit limit;
  __rlimit_resource_t which = (__rlimit_resource_t)resource;
  if (setrlimit(which, &(struct rlimit){soft, hard}) == 0) return;
  /* Root without the right to raise limits, as in a container: as much as there is. */
  if (getrlimit(which, &limit) != 0) refuse(INTERNAL, "cannot read limits");
  limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
  if (setrlimit(which, &limit) != 0) refuse(INTERNAL, "cannot set limits");
}

/* Limits of the caller's would let the caller choose at which step a helper fails. */
static void reset_limits(void) {
  static const int unlimited[] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_MEMLOCK};
  for (size_t i = 0; i < sizeof unlimited / sizeof unlimited[0]; i++)
    set_limit(unlimited[i], RLIM_INFINITY, RLIM_INFINITY);
  set_limit(RLIMIT_NOFILE, 1024, 1024);
  set_limit(RLIMIT_STACK, 8 << 20, RLIM_INFINITY);
  set_limit(RLIMIT_CORE, 0, 0);
}

static void leave_surroundings(void) {
  /* A signal of the caller's terminal, or a timer set before, must not stop a step halfway. */
  static const int ignored[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,   SIGPIPE, SIGTSTP,
                                SIGTTIN, SIGTTOU, SIGALRM, SIGVTALRM, SIGPROF};
  sigset_t nothing;
  sigemptyset(&nothing);
  sigprocmask(SIG_SETMASK, &nothing, NULL);
  signal(SIGCHLD, SIG_DFL);
  for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++) signal(ignored[i], SIG_IGN);
  umask(077);
  if (clearenv() != 0 || chdir("/") != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
      close_range(3, ~0u, 0) != 0)
    refuse(KERNEL_UNSUPPORTED, "the kernel is older than 5.9");
  reset_limits();
  if (reach_root_keyring() != 0) refuse(KERNEL_UNSUPPORTED, "the kernel has no keyrings");
}

int main(int count, char **values) {
  fill_standard_descriptors();
  struct arguments arguments = parse_arguments(count, values);
  struct caller caller = find_caller();
  leave_surroundings();
  bool needs_tools = strcmp(arguments.verb, "probe") != 0;
  if (needs_tools && (!has_tool(CRYPTSETUP) || !has_tool(DMSETUP)))
    refuse(TOOL_MISSING, "cryptsetup and dmsetup are needed");
  for (size_t i = 0; i < sizeof FUNCTIONS / sizeof FUNCTIONS[0]; i++)
    if (strcmp(arguments.verb, FUNCTIONS[i].word) == 0) FUNCTIONS[i].function(&arguments, &caller);
  if (fflush(stdout) != 0) refuse(INTERNAL, "cannot write the answer");
  return 0;
}
