/**
 * What a mount backend asks of a filesystem: synchronous, by node number, close to the kernel's
 * own inode operations so that FUSE, WebDAV and the in-app browser are thin over it.
 *
 * Node numbers are stable while the kernel or a caller knows them: `lookup`, `create`,
 * `makeDirectory`, `link` and `symlink` add one reference each, `forget` takes references away;
 * `open` and `close` count handles. An unlinked node lives until both counts are zero.
 */

/** The node number of the root directory, always. */
export const ROOT_NODE = 1;

export type NodeKind = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'character' | 'block';

/** Attributes of a node, filled in place by `readAttributes` (the hot path allocates nothing). */
export type NodeAttributes = {
  node: number;
  kind: NodeKind;
  sizeBytes: number;
  /** Bytes occupied on the volume; `st_blocks` is this in 512-byte units. */
  allocatedBytes: number;
  /** Permission bits only (0o7777), no file type. */
  permissions: number;
  links: number;
  uid: number;
  gid: number;
  accessedSeconds: number;
  accessedNanoseconds: number;
  modifiedSeconds: number;
  modifiedNanoseconds: number;
  changedSeconds: number;
  changedNanoseconds: number;
  /** Device number of character and block nodes, else 0. */
  deviceNumber: number;
};

/** Seconds since 1970 UTC (may be negative) and 0 to 999,999,999 nanoseconds. */
export type Timestamp = Readonly<{ seconds: number; nanoseconds: number }>;

/** What to change; an absent member is left alone. */
export type AttributeChanges = Readonly<{
  sizeBytes?: number;
  permissions?: number;
  uid?: number;
  gid?: number;
  accessed?: Timestamp;
  modified?: Timestamp;
}>;

export type RenameFlags = Readonly<{ noReplace: boolean; exchange: boolean }>;

/** Who creates a node: owner of what is made, where the filesystem can hold owners. */
export type Creator = Readonly<{ uid: number; gid: number }>;

export type FileSystemUsage = Readonly<{
  blockBytes: number;
  totalBlocks: number;
  freeBlocks: number;
  totalNodes: number;
  freeNodes: number;
  maximumNameBytes: number;
}>;

/**
 * Receives one directory entry.
 *
 * @param cookie - Where `readDirectory` goes on after this entry; never 0.
 * @returns `false` to stop before this entry is consumed (the caller's buffer is full).
 */
export type EntrySink = (name: Uint8Array, node: number, kind: NodeKind, cookie: number) => boolean;

/**
 * All names are raw bytes (UTF-8 where the filesystem stores Unicode) without "/" and NUL.
 * Everything throws {@link FileSystemError} with the errno that Linux's own driver gives.
 */
export interface FileSystem extends Disposable {
  /** The name that `blkid` gives: `vfat`, `ext4`. */
  readonly type: string;
  readonly label: string;
  /** May become true while it is mounted: then what was written last may not be stored. */
  readonly isReadOnly: boolean;
  /** Why it is read-only though that was not asked for, in words. */
  readonly readOnlyReasons?: readonly string[];
  /** Set where names that differ in case alone (or a short and a long name) are one entry. */
  readonly isCaseInsensitive?: boolean;
  readonly usage: FileSystemUsage;

  lookup(parent: number, name: Uint8Array): number;
  forget(node: number, references: number): void;
  readAttributes(node: number, attributes: NodeAttributes): void;
  setAttributes(node: number, changes: AttributeChanges): void;

  /** Emits entries, "." and ".." included, from `cookie` (0: the start). */
  readDirectory(node: number, cookie: number, sink: EntrySink): void;

  create(parent: number, name: Uint8Array, permissions: number, creator: Creator): number;
  makeDirectory(parent: number, name: Uint8Array, permissions: number, creator: Creator): number;
  makeNode(
    parent: number,
    name: Uint8Array,
    kind: NodeKind,
    permissions: number,
    deviceNumber: number,
    creator: Creator,
  ): number;
  link(node: number, parent: number, name: Uint8Array): void;
  symlink(parent: number, name: Uint8Array, target: Uint8Array, creator: Creator): number;
  readLink(node: number): Uint8Array;
  unlink(parent: number, name: Uint8Array): void;
  removeDirectory(parent: number, name: Uint8Array): void;
  rename(
    oldParent: number,
    oldName: Uint8Array,
    newParent: number,
    newName: Uint8Array,
    flags: RenameFlags,
  ): void;

  open(node: number): void;
  close(node: number): void;

  /** Reads up to `target.length` bytes; returns the count, less only at the end of the file. */
  read(node: number, offsetBytes: number, target: Uint8Array): number;

  /**
   * Writes all of `source`, growing the file; a gap reads as zeros.
   *
   * @param source - Borrowed; unspecified afterwards (it may have been encrypted in place).
   * @returns Bytes written: less than asked only where space ran out after at least one byte.
   */
  write(node: number, offsetBytes: number, source: Uint8Array): number;

  /** Preallocates or punches; `ENOTSUP` where the filesystem cannot. */
  allocate(node: number, mode: number, offsetBytes: number, lengthBytes: number): void;

  /** Absent where the filesystem holds no extended attributes. @throws `ENODATA`; `ENOTSUP`. */
  getExtendedAttribute?(node: number, name: Uint8Array): Uint8Array;
  /** Returns all names, each ended by NUL. */
  listExtendedAttributes?(node: number): Uint8Array;
  /** @throws `EEXIST`, `ENODATA` by `condition`; `ENOSPC`, `ENOTSUP`. `value` is borrowed. */
  setExtendedAttribute?(
    node: number,
    name: Uint8Array,
    value: Uint8Array,
    condition: Readonly<{ mustBeNew: boolean; mustExist: boolean }>,
  ): void;
  removeExtendedAttribute?(node: number, name: Uint8Array): void;

  /** Finds the next data or hole from an offset on. @throws `ENXIO` where there is none. */
  seek?(node: number, offsetBytes: number, wanted: 'data' | 'hole'): number;

  /** Returns when all changes are on stable storage. */
  sync(): void;
  /** Returns when the node's data and what is needed to find it are on stable storage. */
  syncNode(node: number): void;
}
