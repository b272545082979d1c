import type { FileSystem, NodeAttributes } from '../../filesystem/file-system.ts';
import { FileSystemError } from '../../filesystem/file-system-error.ts';
import { StageClock } from '../../statistics/stage-clock.ts';
import { createSharedStatistics, viewStatistics } from '../../statistics/volume-statistics.ts';
import type { FuseFrame } from './fuse-frame.ts';
import { IN_HEADER_BYTES, MAX_NAME_BYTES } from './fuse-protocol.ts';
import { NodeCounts } from './node-counts.ts';

const SLASH = 0x2f;

/** An operation's answer: bytes of the reply body, or a negative errno, or {@link NO_REPLY}. */
export type Answer = number;

/** The answer to a request that the kernel wants no reply to. */
export const NO_REPLY: Answer = -(2 ** 20);

export type FuseContextParts = Readonly<{
  fileSystem: FileSystem;
  frame: FuseFrame;
  counters: Float64Array;
  access: 'read-only' | 'read-write';
  clock?: StageClock | undefined;
  /** What the kernel may read ahead of programs, which has a limit of its own; null: that limit. */
  readAheadBytes?: number | null | undefined;
}>;

/** Everything that the operations share: one filesystem, one frame, the request at hand. */
export class FuseContext {
  readonly fileSystem: FileSystem;
  readonly frame: FuseFrame;
  readonly counters: Float64Array;
  readonly isReadOnly: boolean;
  readonly readAheadBytes: number | null;
  readonly counts: NodeCounts;
  /** Times the requests; one of its own where the owner of the mount gave none. */
  readonly clock: StageClock;
  /** `st_blksize` of every node. */
  readonly blockBytes: number;
  /** Scratch of the operation at hand. */
  readonly attributes: NodeAttributes = emptyAttributes();
  /** Bytes of the request at hand, its header included. */
  lengthBytes = 0;
  isInitialised = false;
  /**
   * By node, how pages of mapped memory could not be written of which no program has asked since.
   * The kernel drops such pages; who asks by an fsync is told by the kernel itself.
   */
  readonly lostWrites = new Map<number, unknown>();

  constructor(parts: FuseContextParts) {
    const { fileSystem } = parts;
    this.fileSystem = fileSystem;
    this.frame = parts.frame;
    this.counters = parts.counters;
    this.readAheadBytes = parts.readAheadBytes ?? null;
    this.clock = parts.clock ?? new StageClock(viewStatistics(createSharedStatistics()));
    this.isReadOnly = parts.access === 'read-only' || fileSystem.isReadOnly;
    this.counts = new NodeCounts(fileSystem);
    this.blockBytes = fileSystem.usage.blockBytes;
  }

  count(counter: number, amount: number): void {
    this.counters[counter] = (this.counters[counter] ?? 0) + amount;
  }

  /**
   * The only name of a request that has nothing before it. Borrowed: valid until the next request.
   *
   * @throws FileSystemError `EINVAL` where the bytes are no name.
   */
  leadingName(): Buffer {
    const end = this.#endOfName(IN_HEADER_BYTES);
    if (end !== this.lengthBytes - 1) throw new FileSystemError('EINVAL');
    const name = this.frame.leadingName(end - IN_HEADER_BYTES);
    assertName(name);
    return name;
  }

  /** The name at an offset of the request. Borrowed, as above. */
  nameAt(offsetBytes: number): Buffer {
    const name = this.textAt(offsetBytes);
    assertName(name);
    return name;
  }

  /** The NUL-terminated bytes at an offset: a name, or the target of a symbolic link. */
  textAt(offsetBytes: number): Buffer {
    return this.frame.request.subarray(offsetBytes, this.#endOfName(offsetBytes));
  }

  #endOfName(offsetBytes: number): number {
    const end = this.frame.request.indexOf(0, offsetBytes);
    if (end <= offsetBytes || end >= this.lengthBytes) throw new FileSystemError('EINVAL');
    return end;
  }
}

function assertName(name: Uint8Array): void {
  if (name.length > MAX_NAME_BYTES) throw new FileSystemError('ENAMETOOLONG');
  const isDots = name[0] === 0x2e && (name.length === 1 || (name.length === 2 && name[1] === 0x2e));
  if (isDots || name.includes(SLASH)) throw new FileSystemError('EINVAL');
}

function emptyAttributes(): NodeAttributes {
  return {
    node: 0,
    kind: 'file',
    sizeBytes: 0,
    allocatedBytes: 0,
    permissions: 0,
    links: 0,
    uid: 0,
    gid: 0,
    accessedSeconds: 0,
    accessedNanoseconds: 0,
    modifiedSeconds: 0,
    modifiedNanoseconds: 0,
    changedSeconds: 0,
    changedNanoseconds: 0,
    deviceNumber: 0,
  };
}
