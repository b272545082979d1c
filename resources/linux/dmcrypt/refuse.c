#include "refuse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
  const char *name;
  int exit_status;
} CODES[] = {
    [INTERNAL] = {"internal", 1},
    [ARGUMENT_INVALID] = {"argument-invalid", 2},
    [KEY_MISSING] = {"key-missing", 3},
    [KEY_WRONG] = {"key-wrong", 3},
    [CONTAINER_REFUSED] = {"container-refused", 4},
    [SECTOR_DIFFERS] = {"sector-differs", 4},
    [FILESYSTEM_UNSUPPORTED] = {"filesystem-unsupported", 5},
    [KERNEL_UNSUPPORTED] = {"kernel-unsupported", 5},
    [FLAGS_REFUSED] = {"flags-refused", 5},
    [RESIZE_REFUSED] = {"resize-refused", 5},
    [DEVICE_BUSY] = {"device-busy", 6},
    [NAME_TAKEN] = {"name-taken", 6},
    [MAPPING_UNKNOWN] = {"mapping-unknown", 6},
    [MAPPING_BUSY] = {"mapping-busy", 6},
    [ALREADY_MOUNTED] = {"already-mounted", 6},
    [NOT_MOUNTED] = {"not-mounted", 6},
    [UNMOUNT_BUSY] = {"unmount-busy", 6},
    [MOUNTPOINT_NOT_EMPTY] = {"mountpoint-not-empty", 6},
    [OPERATION_IN_PROGRESS] = {"operation-in-progress", 6},
    [FILE_MISSING] = {"file-missing", 7},
    [PERMISSION_DENIED] = {"permission-denied", 7},
    [NOT_A_FILE] = {"not-a-file", 7},
    [PATH_REFUSED] = {"path-refused", 7},
    [MOUNTPOINT_INVALID] = {"mountpoint-invalid", 7},
    [IO_ERROR] = {"io-error", 7},
    [NOT_PRIVILEGED] = {"not-privileged", 8},
    [CALLER_UNKNOWN] = {"caller-unknown", 8},
    [TOOL_MISSING] = {"tool-missing", 8},
    [TOOL_FAILED] = {"tool-failed", 8},
    [MOUNT_FAILED] = {"mount-failed", 8},
};

enum { MAX_UNDO_STEPS = 8 };

static struct {
  void (*step)(const char *name);
  const char *name;
} undo_steps[MAX_UNDO_STEPS];
static int undo_count;

void undo_with(void (*step)(const char *name), const char *name) {
  if (undo_count == MAX_UNDO_STEPS) refuse(INTERNAL, "too many steps");
  undo_steps[undo_count].step = step;
  undo_steps[undo_count].name = name;
  undo_count++;
}

void keep_all(void) { undo_count = 0; }

void refuse(enum code code, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  while (undo_count > 0) {
    undo_count--;
    undo_steps[undo_count].step(undo_steps[undo_count].name);
  }
  /* A line is a line, whatever a tool or a file name has put into the text. */
  for (char *c = text; *c; c++)
    if ((unsigned char)*c < 0x20 || *c == 0x7f) *c = ' ';
  fprintf(stderr, "error %s %s\n", CODES[code].name, text);
  exit(CODES[code].exit_status);
}
