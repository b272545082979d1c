#include "run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keyring.h"

enum { TOOL_LIMIT_S = 120, MAX_ARGUMENTS = 16, MAX_INPUT_BYTES = 4096 };

/* Where Debian, Fedora, Arch and NixOS have them; nobody but root writes there. */
static const char *const PLACES[][5] = {
    [CRYPTSETUP] = {"/usr/sbin/cryptsetup", "/sbin/cryptsetup", "/usr/bin/cryptsetup",
                    "/run/current-system/sw/bin/cryptsetup", NULL},
    [DMSETUP] = {"/usr/sbin/dmsetup", "/sbin/dmsetup", "/usr/bin/dmsetup",
                 "/run/current-system/sw/bin/dmsetup", NULL},
};
static char *const ENVIRONMENT[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};

static char message[256];
static int lent = -1;

void lend_to_tools(int fd) { lent = fd; }

const char *tool_message(void) { return message; }

static const char *find_tool(enum tool tool) {
  for (const char *const *place = PLACES[tool]; *place != NULL; place++)
    if (access(*place, X_OK) == 0) return *place;
  return NULL;
}

bool has_tool(enum tool tool) { return find_tool(tool) != NULL; }

static _Noreturn void become_tool(const struct run *run, const char *path, const int fds[3],
                                  pid_t parent) {
  /* A tool must not outlive a helper that was killed: `clean` then finds a state that stays. */
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(127);
  setsid();
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  for (int i = 0; i < 3; i++)
    if (dup2(fds[i], i) < 0) _exit(127);
  /* dup2 takes close-on-exec off, but not where both are the same. */
  if (lent >= 0 && (dup2(lent, 3) < 0 || fcntl(3, F_SETFD, 0) != 0)) _exit(127);
  if (close_range(lent < 0 ? 3 : 4, ~0u, 0) != 0 || enter_keyring(run->keyring) != 0) _exit(127);
  const char *arguments[MAX_ARGUMENTS + 2] = {path};
  for (int i = 0; run->arguments[i] != NULL; i++) {
    if (i == MAX_ARGUMENTS) _exit(127);
    arguments[i + 1] = run->arguments[i];
  }
  /* execve takes pointers to non-const for historical reasons; it does not write. */
  execve(path, (char *const *)arguments, ENVIRONMENT);
  _exit(127);
}

long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Keeps the last line, which is where tools say what was wrong. */
static void keep_message(const char *text, size_t length) {
  while (length > 0 && text[length - 1] == '\n') length--;
  size_t start = length;
  while (start > 0 && text[start - 1] != '\n') start--;
  size_t bytes = length - start < sizeof message - 1 ? length - start : sizeof message - 1;
  memcpy(message, text + start, bytes);
  message[bytes] = 0;
}

struct sink {
  int fd;
  char *buffer;
  size_t room;
  size_t length;
  bool is_full;
};

/* Reads what is there, and drops what does not fit: the tool is not held up. False at the end. */
static bool drain(struct sink *sink) {
  char rest[512];
  bool has_room = sink->length + 1 < sink->room;
  ssize_t got = has_room
                    ? read(sink->fd, sink->buffer + sink->length, sink->room - 1 - sink->length)
                    : read(sink->fd, rest, sizeof rest);
  if (got <= 0) return false;
  if (has_room)
    sink->length += (size_t)got;
  else
    sink->is_full = true;
  return true;
}

static int collect(const struct run *run, pid_t child, int output, int errors) {
  char error_text[2048];
  struct sink sinks[2] = {
      {.fd = output, .buffer = run->output, .room = run->output == NULL ? 0 : run->output_bytes},
      {.fd = errors, .buffer = error_text, .room = sizeof error_text},
  };
  struct pollfd polled[2] = {{.fd = output, .events = POLLIN}, {.fd = errors, .events = POLLIN}};
  long long deadline = now_ms() + TOOL_LIMIT_S * 1000LL;
  while (polled[0].fd >= 0 || polled[1].fd >= 0) {
    long long left = deadline - now_ms();
    if (left <= 0 || poll(polled, 2, (int)left) == 0) {
      kill(child, SIGKILL);
      break;
    }
    for (int i = 0; i < 2; i++)
      if (polled[i].fd >= 0 && polled[i].revents != 0 && !drain(&sinks[i])) polled[i].fd = -1;
  }
  if (run->output != NULL) run->output[sinks[0].length] = 0;
  keep_message(error_text, sinks[1].length);
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return run->output != NULL && sinks[0].is_full ? -1 : WEXITSTATUS(status);
}

/* Puts the whole input into a pipe, which has room for it before anybody reads. */
static int fill_input(const struct run *run) {
  int ends[2];
  if (run->input_bytes > MAX_INPUT_BYTES || pipe2(ends, O_CLOEXEC) != 0) return -1;
  bool is_written = run->input_bytes == 0 ||
                    write(ends[1], run->input, run->input_bytes) == (ssize_t)run->input_bytes;
  close(ends[1]);
  if (is_written) return ends[0];
  close(ends[0]);
  return -1;
}

int run_tool(const struct run *run) {
  int output[2] = {-1, -1};
  int errors[2] = {-1, -1};
  int result = -1;
  message[0] = 0;
  const char *path = find_tool(run->tool);
  int input = path == NULL ? -1 : fill_input(run);
  if (input >= 0 && pipe2(output, O_CLOEXEC) == 0 && pipe2(errors, O_CLOEXEC) == 0) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child == 0) become_tool(run, path, (int[]){input, output[1], errors[1]}, parent);
    close(output[1]);
    close(errors[1]);
    output[1] = errors[1] = -1;
    if (child > 0) result = collect(run, child, output[0], errors[0]);
  }
  const int fds[] = {input, output[0], output[1], errors[0], errors[1]};
  for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
    if (fds[i] >= 0) close(fds[i]);
  return result;
}
