import type { Creator, NodeKind, Timestamp } from '../../main/filesystem/file-system.ts';

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
  const milliseconds = Date.now();
  const made = {
    seconds: Math.floor(milliseconds / 1000),
    nanoseconds: (milliseconds % 1000) * 1_000_000,
  };
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
