/* Coded refusals. Whatever was done so far is undone, newest first, before the program ends. */
#ifndef LOCKLINE_REFUSE_H
#define LOCKLINE_REFUSE_H

/* docs/dmcrypt-helper.md, "Codes". Append only. */
enum code {
  INTERNAL,
  ARGUMENT_INVALID,
  KEY_MISSING,
  KEY_WRONG,
  CONTAINER_REFUSED,
  SECTOR_DIFFERS,
  FILESYSTEM_UNSUPPORTED,
  KERNEL_UNSUPPORTED,
  FLAGS_REFUSED,
  RESIZE_REFUSED,
  DEVICE_BUSY,
  NAME_TAKEN,
  MAPPING_UNKNOWN,
  MAPPING_BUSY,
  ALREADY_MOUNTED,
  NOT_MOUNTED,
  UNMOUNT_BUSY,
  MOUNTPOINT_NOT_EMPTY,
  OPERATION_IN_PROGRESS,
  FILE_MISSING,
  PERMISSION_DENIED,
  NOT_A_FILE,
  PATH_REFUSED,
  MOUNTPOINT_INVALID,
  IO_ERROR,
  NOT_PRIVILEGED,
  CALLER_UNKNOWN,
  TOOL_MISSING,
  TOOL_FAILED,
  MOUNT_FAILED,
};

/* Runs the undo steps, prints "error CODE text" and exits with the status of the code's kind. */
_Noreturn void refuse(enum code code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Has `step` run if the program refuses from here on. A step must not refuse itself. */
void undo_with(void (*step)(const char *name), const char *name);

/* Keeps what was done: the verb has succeeded. */
void keep_all(void);

#endif
