import type {
  Creator,
  EntrySink,
  NodeAttributes,
  NodeKind,
  Timestamp,
} from '../../main/filesystem/file-system.ts';
import { FileSystemError } from '../../main/filesystem/file-system-error.ts';

export const BLOCK_BYTES = 4096;

export type MemoryFileSystemOptions = Readonly<{
  capacityBytes?: number;
  isReadOnly?: boolean;
  isCaseInsensitive?: boolean;
  owner?: Creator;
  /** A file of the host: where it says `OPERATION ERRNO`, the next such operation fails so, once. */
  faultPath?: string;
}>;

type Entry = Readonly<{ name: Buffer; node: number }>;

/** A node of `MemoryFileSystem`. */
export type MemoryNode = {
  readonly number: number;
  readonly kind: NodeKind;
  permissions: number;
  uid: number;
  gid: number;
  links: number;
  references: number;
  handles: number;
  deviceNumber: number;
  sizeBytes: number;
  /** Content of a file (longer than its size, zero beyond it) or target of a symbolic link. */
  data: Buffer;
  accessed: Timestamp;
  modified: Timestamp;
  changed: Timestamp;
  parent: number;
  /** Entries of a directory in the order they were made; a slot is never used again. */
  readonly slots: (Entry | undefined)[];
  readonly children: Map<string, number>;
};

export function newNode(
  number: number,
  kind: NodeKind,
  permissions: number,
  owner: Creator,
  parent: number,
): MemoryNode {
  const made = now();
  return {
    number,
    kind,
    permissions,
    uid: owner.uid,
    gid: owner.gid,
    links: 1,
    references: 0,
    handles: 0,
    deviceNumber: 0,
    sizeBytes: 0,
    data: Buffer.alloc(0),
    accessed: made,
    modified: made,
    changed: made,
    parent,
    slots: [],
    children: new Map(),
  };
}

/** Sets a file's size; what is cut off reads as zeros if the file grows again. */
export function resize(node: MemoryNode, sizeBytes: number): void {
  if (sizeBytes < node.sizeBytes) node.data.fill(0, sizeBytes, node.sizeBytes);
  if (sizeBytes > node.data.length) {
    const grown = Buffer.alloc(Math.max(sizeBytes, node.data.length * 2));
    node.data.copy(grown);
    node.data = grown;
  }
  node.sizeBytes = sizeBytes;
}

/** Bytes that content of this size occupies. */
export function allocated(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;
}

export function fillAttributes(node: MemoryNode, attributes: NodeAttributes): void {
  attributes.node = node.number;
  attributes.kind = node.kind;
  attributes.sizeBytes = node.sizeBytes;
  attributes.allocatedBytes = allocated(node.sizeBytes);
  attributes.permissions = node.permissions;
  attributes.links = node.links;
  attributes.uid = node.uid;
  attributes.gid = node.gid;
  attributes.accessedSeconds = node.accessed.seconds;
  attributes.accessedNanoseconds = node.accessed.nanoseconds;
  attributes.modifiedSeconds = node.modified.seconds;
  attributes.modifiedNanoseconds = node.modified.nanoseconds;
  attributes.changedSeconds = node.changed.seconds;
  attributes.changedNanoseconds = node.changed.nanoseconds;
  attributes.deviceNumber = node.deviceNumber;
}

/** @throws FileSystemError where one node may not take the other's name. */
export function assertReplaceable(source: MemoryNode, target: MemoryNode): void {
  if (source.kind === target.kind) return;
  if (target.kind === 'directory') throw new FileSystemError('EISDIR');
  if (source.kind === 'directory') throw new FileSystemError('ENOTDIR');
}

/** Emits a directory's entries from a slot on; an entry's cookie is its slot plus `cookieBase`. */
export function emitEntries(
  directory: MemoryNode,
  fromSlot: number,
  cookieBase: number,
  kindOf: (node: number) => NodeKind,
  sink: EntrySink,
): void {
  for (let slot = Math.max(0, fromSlot); slot < directory.slots.length; slot += 1) {
    const entry = directory.slots[slot];
    if (entry === undefined) continue;
    if (!sink(entry.name, entry.node, kindOf(entry.node), slot + cookieBase)) return;
  }
}

/** Moves a directory's times: its entries changed. */
export function touch(directory: MemoryNode): void {
  directory.modified = now();
  directory.changed = directory.modified;
}

export function now(): Timestamp {
  const milliseconds = Date.now();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanoseconds: (milliseconds % 1000) * 1_000_000 };
}

/** References and handles that callers hold, and nodes that only they keep alive. */
export type Held = Readonly<{ references: number; handles: number; orphans: number }>;

export function heldOf(nodes: readonly MemoryNode[]): Held {
  return {
    references: nodes.reduce((sum, node) => sum + node.references, 0),
    handles: nodes.reduce((sum, node) => sum + node.handles, 0),
    orphans: nodes.filter((node) => node.links === 0).length,
  };
}
