/**
 * The FUSE kernel protocol, version 7, as `include/uapi/linux/fuse.h` defines it: opcodes, flags and
 * the byte offsets of every structure that Lockline reads or writes. All integers are in the byte
 * order of the machine, which is little-endian on every system that Lockline supports.
 *
 * Offsets of requests count from the start of the request (its 40-byte header included), offsets of
 * replies from the start of the reply body (its 16-byte header excluded), so that they can be used
 * as they stand.
 */

/** Bytes of `fuse_in_header` and of `fuse_out_header`. */
export const IN_HEADER_BYTES = 40;
export const OUT_HEADER_BYTES = 16;

/** The protocol version that Lockline speaks, and the oldest minor that it accepts (Linux 4.20). */
export const PROTOCOL_MAJOR = 7;
export const PROTOCOL_MINOR = 38;
export const PROTOCOL_MINOR_OLDEST = 28;

/** Largest read and write of one request; 256 pages are the kernel's own ceiling. */
export const MAX_TRANSFER_BYTES = 1024 * 1024;
export const MAX_TRANSFER_PAGES = 256;

/** Longest name in any request, without its NUL (`FUSE_NAME_MAX`). */
export const MAX_NAME_BYTES = 1024;

export const OPCODES = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  readlink: 5,
  symlink: 6,
  mknod: 8,
  mkdir: 9,
  unlink: 10,
  rmdir: 11,
  rename: 12,
  link: 13,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  setxattr: 21,
  getxattr: 22,
  listxattr: 23,
  removexattr: 24,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  fsyncdir: 30,
  access: 34,
  create: 35,
  interrupt: 36,
  destroy: 38,
  ioctl: 39,
  notifyReply: 41,
  batchForget: 42,
  fallocate: 43,
  readdirplus: 44,
  rename2: 45,
  lseek: 46,
  syncfs: 50,
} as const;

/** `fuse_in_header`, at the start of every request. */
export const IN = { length: 0, opcode: 4, unique: 8, node: 16, uid: 24, gid: 28, pid: 32 } as const;

/** `fuse_out_header`: the error is a negative errno or 0. */
export const OUT = { length: 0, error: 4, unique: 8 } as const;

/** Bodies of requests: where each field lies, and where a name starts. */
export const INIT_IN = { major: 40, minor: 44, maxReadahead: 48, flags: 52, flags2: 56 } as const;
export const FORGET_IN = { references: 40 } as const;
export const BATCH_FORGET_IN = {
  count: 40,
  entries: 48,
  entryBytes: 16,
  entryReferences: 8,
} as const;
export const LOOKUP_IN = { name: 40 } as const;
export const MKNOD_IN = { mode: 40, deviceNumber: 44, name: 56 } as const;
export const MKDIR_IN = { mode: 40, name: 48 } as const;
export const LINK_IN = { node: 40, name: 48 } as const;
export const RENAME_IN = { newParent: 40, names: 48 } as const;
export const RENAME2_IN = { newParent: 40, flags: 48, names: 56 } as const;
export const OPEN_IN = { flags: 40 } as const;
export const CREATE_IN = { flags: 40, mode: 44, name: 56 } as const;
export const READ_IN = { offset: 48, size: 56, end: 80 } as const;
export const WRITE_IN = { offset: 48, size: 56, writeFlags: 60, data: 80 } as const;
/** The kernel writes pages that programs have changed in mapped memory: none of them waits for it. */
export const WRITE_FROM_CACHE = 1;
export const GETXATTR_IN = { size: 40, name: 48 } as const;
export const LISTXATTR_IN = { size: 40 } as const;
export const SETXATTR_IN = { size: 40, flags: 44, name: 48 } as const;
export const REMOVEXATTR_IN = { name: 40 } as const;
export const LSEEK_IN = { offset: 48, whence: 56 } as const;
export const FALLOCATE_IN = { offset: 48, length: 56, mode: 64 } as const;
export const SETATTR_IN = {
  valid: 40,
  size: 56,
  accessed: 72,
  modified: 80,
  accessedNanoseconds: 96,
  modifiedNanoseconds: 100,
  mode: 108,
  uid: 116,
  gid: 120,
} as const;

/** Bodies of replies. */
export const INIT_OUT = {
  major: 0,
  minor: 4,
  maxReadahead: 8,
  flags: 12,
  maxBackground: 16,
  congestionThreshold: 18,
  maxWrite: 20,
  timeGranularity: 24,
  maxPages: 28,
  flags2: 32,
  bytes: 64,
} as const;
export const ENTRY_OUT = {
  node: 0,
  entryValid: 16,
  attributesValid: 24,
  attributes: 40,
  bytes: 128,
} as const;
export const ATTRIBUTES_OUT = { valid: 0, attributes: 16, bytes: 104 } as const;
export const ATTRIBUTES = {
  node: 0,
  size: 8,
  blocks: 16,
  accessed: 24,
  modified: 32,
  changed: 40,
  accessedNanoseconds: 48,
  modifiedNanoseconds: 52,
  changedNanoseconds: 56,
  mode: 60,
  links: 64,
  uid: 68,
  gid: 72,
  deviceNumber: 76,
  blockSize: 80,
  bytes: 88,
} as const;
export const OPEN_OUT = { handle: 0, flags: 8, bytes: 16 } as const;
export const WRITE_OUT = { size: 0, bytes: 8 } as const;
export const STATFS_OUT = {
  blocks: 0,
  free: 8,
  available: 16,
  nodes: 24,
  freeNodes: 32,
  blockSize: 40,
  nameLength: 44,
  fragmentSize: 48,
  bytes: 80,
} as const;
export const GETXATTR_OUT = { size: 0, bytes: 8 } as const;
export const LSEEK_OUT = { offset: 0, bytes: 8 } as const;
/** `fuse_dirent`; in a READDIRPLUS reply an `fuse_entry_out` precedes each. Padded to 8 bytes. */
export const DIRENT = { node: 0, cookie: 8, nameLength: 16, type: 20, name: 24 } as const;

/** Flags of INIT that Lockline asks for, and of `flags` in general. */
export const INIT_FLAGS = {
  asyncRead: 1 << 0,
  bigWrites: 1 << 5,
  readdirPlus: 1 << 13,
  readdirPlusAuto: 1 << 14,
  asyncDirectIo: 1 << 15,
  parallelDirectoryOperations: 1 << 18,
  maxPages: 1 << 22,
  cacheSymlinks: 1 << 23,
  /** The server alone says when cached pages are stale: nobody but this mount changes files. */
  explicitInvalidation: 1 << 25,
} as const;

/** Flags of the reply to OPEN and CREATE. */
export const OPEN_FLAGS = { keepCache: 1 << 1 } as const;

/** What a SETATTR changes. */
export const SETATTR_VALID = {
  mode: 1 << 0,
  uid: 1 << 1,
  gid: 1 << 2,
  size: 1 << 3,
  accessed: 1 << 4,
  modified: 1 << 5,
  accessedNow: 1 << 7,
  modifiedNow: 1 << 8,
} as const;

/** Flags of renameat2(2). */
export const RENAME_FLAGS = { noReplace: 1 << 0, exchange: 1 << 1 } as const;

/** Flags of setxattr(2), and what lseek(2) looks for. */
export const SETXATTR_FLAGS = { create: 1, replace: 2 } as const;
export const SEEK = { data: 3, hole: 4 } as const;

/** Access mode and truncation bits of open(2). */
export const ACCESS_MODE_MASK = 0o3;
export const O_TRUNC = 0o1000;

/** File type bits of a mode, and the shift that makes a dirent type of them. */
export const MODE_TYPE_MASK = 0o170000;
export const DIRENT_TYPE_SHIFT = 12;
