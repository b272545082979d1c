import type { BlockDevice } from '../block/block-device.ts';
import {
  type AttributeChanges,
  type EntrySink,
  type FileSystem,
  type FileSystemUsage,
  type NodeAttributes,
  ROOT_NODE,
} from './file-system.ts';
import { type Errno, FileSystemError } from './file-system-error.ts';

const VOLUME_NODE = 2;
const BLOCK_BYTES = 4096;

/**
 * A folder with one file, `volume`: the plaintext of a volume whose filesystem is not ours, or
 * that has none. Other programs can format, check or mount it from there.
 */
export class RawVolumeFileSystem implements FileSystem {
  readonly type = 'raw';
  readonly label = '';
  readonly isReadOnly: boolean;
  readonly usage: FileSystemUsage;
  readonly #device: BlockDevice;
  readonly #owner: Readonly<{ uid: number; gid: number }>;
  readonly #mountedSeconds = Math.floor(Date.now() / 1000);
  #modifiedSeconds = this.#mountedSeconds;

  /** @param device - Borrowed: flushed at the end, not disposed. */
  constructor(device: BlockDevice, owner: Readonly<{ uid: number; gid: number }>) {
    this.#device = device;
    this.#owner = owner;
    this.isReadOnly = device.isReadOnly;
    this.usage = {
      blockBytes: BLOCK_BYTES,
      totalBlocks: Math.floor(device.sizeBytes / BLOCK_BYTES),
      freeBlocks: 0,
      totalNodes: 2,
      freeNodes: 0,
      maximumNameBytes: 255,
    };
  }

  lookup(parent: number, name: Uint8Array): number {
    if (parent !== ROOT_NODE) throw new FileSystemError('ENOTDIR');
    if (Buffer.from(name).toString('latin1') !== 'volume') throw new FileSystemError('ENOENT');
    return VOLUME_NODE;
  }

  readAttributes(node: number, attributes: NodeAttributes): void {
    const isRoot = node === ROOT_NODE;
    const seconds = isRoot ? this.#mountedSeconds : this.#modifiedSeconds;
    const write = this.isReadOnly ? 0 : 0o200;
    attributes.node = node;
    attributes.kind = isRoot ? 'directory' : 'file';
    attributes.sizeBytes = isRoot ? 0 : this.#device.sizeBytes;
    attributes.allocatedBytes = attributes.sizeBytes;
    attributes.permissions = isRoot ? 0o500 : 0o400 | write;
    attributes.links = isRoot ? 2 : 1;
    attributes.uid = this.#owner.uid;
    attributes.gid = this.#owner.gid;
    attributes.accessedSeconds = seconds;
    attributes.modifiedSeconds = seconds;
    attributes.changedSeconds = seconds;
    attributes.accessedNanoseconds = 0;
    attributes.modifiedNanoseconds = 0;
    attributes.changedNanoseconds = 0;
    attributes.deviceNumber = 0;
  }

  /** A volume has a fixed size, owner and permission; its times may be set and are not kept. */
  setAttributes(node: number, changes: AttributeChanges): void {
    if (changes.sizeBytes !== undefined && changes.sizeBytes !== this.#device.sizeBytes) {
      // Programs that open with O_TRUNC mean "from the start", and get it.
      if (node !== VOLUME_NODE || changes.sizeBytes !== 0) throw new FileSystemError('EPERM');
    }
  }

  readDirectory(node: number, cookie: number, sink: EntrySink): void {
    if (node !== ROOT_NODE) throw new FileSystemError('ENOTDIR');
    const entries = [
      { name: '.', node: ROOT_NODE, kind: 'directory' },
      { name: '..', node: ROOT_NODE, kind: 'directory' },
      { name: 'volume', node: VOLUME_NODE, kind: 'file' },
    ] as const;
    for (let index = cookie; index < entries.length; index += 1) {
      const entry = entries[index];
      if (!entry || !sink(Buffer.from(entry.name), entry.node, entry.kind, index + 1)) return;
    }
  }

  read(node: number, offsetBytes: number, target: Uint8Array): number {
    assertVolume(node);
    const length = Math.max(0, Math.min(target.length, this.#device.sizeBytes - offsetBytes));
    if (length > 0) this.#device.readInto(offsetBytes, target.subarray(0, length));
    return length;
  }

  write(node: number, offsetBytes: number, source: Uint8Array): number {
    assertVolume(node);
    if (this.isReadOnly) throw new FileSystemError('EROFS');
    const length = Math.min(source.length, this.#device.sizeBytes - offsetBytes);
    if (length <= 0) throw new FileSystemError('ENOSPC');
    this.#device.writeFrom(offsetBytes, source.subarray(0, length));
    this.#modifiedSeconds = Math.floor(Date.now() / 1000);
    return length;
  }

  sync(): void {
    if (!this.isReadOnly) this.#device.flush();
  }

  syncNode(): void {
    this.sync();
  }

  [Symbol.dispose](): void {
    this.sync();
  }

  forget(): void {}
  open(): void {}
  close(): void {}

  create(): number {
    return refuse('EPERM');
  }
  makeDirectory(): number {
    return refuse('EPERM');
  }
  makeNode(): number {
    return refuse('EPERM');
  }
  link(): void {
    refuse('EPERM');
  }
  symlink(): number {
    return refuse('EPERM');
  }
  readLink(): Uint8Array {
    return refuse('EINVAL');
  }
  unlink(): void {
    refuse('EPERM');
  }
  removeDirectory(): void {
    refuse('EPERM');
  }
  rename(): void {
    refuse('EPERM');
  }
  allocate(): void {
    refuse('ENOTSUP');
  }
}

function assertVolume(node: number): void {
  if (node !== VOLUME_NODE) throw new FileSystemError('EISDIR');
}

function refuse(errno: Errno): never {
  throw new FileSystemError(errno);
}
