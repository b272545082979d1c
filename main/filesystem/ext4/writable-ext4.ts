import type {
  AttributeChanges,
  Creator,
  FileSystem,
  FileSystemUsage,
  NodeKind,
  RenameFlags,
} from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import { type AttributeCondition, removeAttribute, setAttribute } from './attribute-writer.ts';
import { assertSize, reserveBlocks, writeContent } from './content-writer.ts';
import { createNode, linkNode, type NewNode, removeName } from './entry-writer.ts';
import { INCOMPATIBLE } from './ext4-features.ts';
import { Ext4FileSystem } from './ext4-file-system.ts';
import { MODE_TYPES, SUPER } from './ext4-layout.ts';
import { readUsage } from './ext4-usage.ts';
import { editExtentFile, freeOrphan, punchBlocks, resizeContent } from './free-content.ts';
import type { Inode } from './inode.ts';
import { renameName } from './rename-writer.ts';
import { storedNameOf } from './shown-attributes.ts';
import type { VolumeWriter } from './volume-writer.ts';
import { zeroRange } from './zero-range.ts';

/** Modes of fallocate(2) that are served. */
const KEEP_SIZE = 1;
const PUNCH_HOLE = 2;
const SETUID_BITS = 0o6000;

/**
 * ext4 that can be changed. Every call is one operation or a few, each of which happens as a whole;
 * `sync` and `syncNode` commit them. Once a write has failed or damage was found nothing is changed
 * any more, and `sync` says so.
 */
export class WritableExt4 extends Ext4FileSystem implements FileSystem {
  readonly #writer: VolumeWriter;
  readonly #overheadBlocks: number;
  readonly #isKnown = (inode: number): boolean => this.nodes.isKnown(inode);

  constructor(writer: VolumeWriter, type: string) {
    super(writer.volume, type);
    this.#writer = writer;
    this.#overheadBlocks = writer.volume.geometry.blockCount - readUsage(writer.volume).totalBlocks;
  }

  override get isReadOnly(): boolean {
    return this.#writer.transactions.isReadOnly;
  }

  override get usage(): FileSystemUsage {
    const { geometry } = this.volume;
    return {
      blockBytes: geometry.blockBytes,
      totalBlocks: geometry.blockCount - this.#overheadBlocks,
      freeBlocks: this.#writer.space.freeBlocks,
      totalNodes: geometry.inodeCount,
      freeNodes: this.#writer.inodes.freeInodes,
      maximumNameBytes: 255,
    };
  }

  override forget(number: number, references: number): void {
    this.#settle(this.nodes.forget(number, references));
  }

  override close(number: number): void {
    this.#settle(this.nodes.close(number));
  }

  override setAttributes(number: number, changes: AttributeChanges): void {
    const node = this.nodes.get(number);
    const { sizeBytes } = changes;
    if (sizeBytes !== undefined) {
      if (this.inode(number).kind === 'directory') throw new FileSystemError('EISDIR');
      resizeContent(this.#writer, node.inode, sizeBytes);
    }
    this.#writer.transactions.operate(() => {
      const inode = this.#writer.edit(node.inode);
      if (changes.permissions !== undefined) {
        inode.mode = (inode.mode & MODE_TYPES.mask) | changes.permissions;
      }
      if (changes.uid !== undefined) inode.uid = changes.uid;
      if (changes.gid !== undefined) inode.gid = changes.gid;
      this.#writer.touch(inode, 'attributes');
      if (changes.accessed !== undefined) inode.setTime('accessed', changes.accessed);
      if (changes.modified !== undefined) inode.setTime('modified', changes.modified);
      inode.seal();
    });
  }

  override create(parent: number, name: Uint8Array, permissions: number, creator: Creator): number {
    return this.#make(parent, name, { kind: 'file', permissions, creator });
  }

  override makeDirectory(
    parent: number,
    name: Uint8Array,
    permissions: number,
    creator: Creator,
  ): number {
    return this.#make(parent, name, { kind: 'directory', permissions, creator });
  }

  override makeNode(
    parent: number,
    name: Uint8Array,
    kind: NodeKind,
    permissions: number,
    deviceNumber: number,
    creator: Creator,
  ): number {
    if (kind === 'directory' || kind === 'symlink') throw new FileSystemError('EPERM');
    return this.#make(parent, name, { kind, permissions, deviceNumber, creator });
  }

  override symlink(parent: number, name: Uint8Array, target: Uint8Array, creator: Creator): number {
    return this.#make(parent, name, { kind: 'symlink', permissions: 0o777, creator, target });
  }

  override link(number: number, parent: number, name: Uint8Array): void {
    const [node, directory] = [this.nodes.get(number), this.nodes.get(parent)];
    this.#writer.transactions.operate(() =>
      linkNode(this.#writer, node.inode, directory.inode, name),
    );
    this.nodes.refer(node.inode);
  }

  override unlink(parent: number, name: Uint8Array): void {
    this.#remove(parent, name, 'file');
  }

  override removeDirectory(parent: number, name: Uint8Array): void {
    this.#remove(parent, name, 'directory');
  }

  override rename(
    oldParent: number,
    oldName: Uint8Array,
    newParent: number,
    newName: Uint8Array,
    flags: RenameFlags,
  ): void {
    const from = { parent: this.nodes.get(oldParent).inode, name: oldName };
    const to = { parent: this.nodes.get(newParent).inode, name: newName };
    const orphan = this.#writer.transactions.operate(() =>
      renameName(this.#writer, from, to, flags, this.#isKnown),
    );
    this.#freeUnknown(orphan);
  }

  override write(number: number, offsetBytes: number, source: Uint8Array): number {
    const { inode: inodeNumber } = this.nodes.get(number);
    const { blockBytes } = this.volume.geometry;
    assertSize(this.#writer, offsetBytes + source.length);
    for (let part = source; ; part = part.subarray(0, Math.ceil(part.length / 2))) {
      try {
        this.#writer.transactions.operate(() => {
          const inode = editExtentFile(this.#writer, inodeNumber);
          writeContent(this.#writer, inode, offsetBytes, part);
          this.#writer.touch(inode, 'modified');
        });
        return part.length;
      } catch (error) {
        const isFull = error instanceof FileSystemError && error.errno === 'ENOSPC';
        if (!isFull || part.length <= blockBytes) throw error;
      }
    }
  }

  override allocate(number: number, mode: number, offsetBytes: number, lengthBytes: number): void {
    const { inode: inodeNumber } = this.nodes.get(number);
    if (lengthBytes <= 0) throw new FileSystemError('EINVAL');
    assertSize(this.#writer, offsetBytes + lengthBytes);
    if (mode === (PUNCH_HOLE | KEEP_SIZE)) this.#punch(inodeNumber, offsetBytes, lengthBytes);
    else if (mode === 0 || mode === KEEP_SIZE) {
      this.#reserve(inodeNumber, offsetBytes, offsetBytes + lengthBytes, mode === KEEP_SIZE);
    } else throw new FileSystemError('ENOTSUP');
  }

  setExtendedAttribute(
    number: number,
    fullName: Uint8Array,
    value: Uint8Array,
    condition: AttributeCondition,
  ): void {
    const name = storedNameOf(fullName);
    this.#changeAttributes(number, (inode) =>
      setAttribute(this.#writer, inode, name, value, condition),
    );
  }

  removeExtendedAttribute(number: number, fullName: Uint8Array): void {
    const name = storedNameOf(fullName);
    this.#changeAttributes(number, (inode) => removeAttribute(this.#writer, inode, name));
  }

  override sync(): void {
    this.#writer.transactions.commit();
  }

  override syncNode(number: number): void {
    this.nodes.get(number);
    this.#writer.transactions.commit();
  }

  override [Symbol.dispose](): void {
    const { transactions } = this.#writer;
    try {
      transactions.assertStored();
      transactions.close((superblock) => {
        const flags = superblock.readUInt32LE(SUPER.incompatible);
        superblock.writeUInt32LE((flags & ~INCOMPATIBLE.needs_recovery) >>> 0, SUPER.incompatible);
      });
    } finally {
      super[Symbol.dispose]();
    }
  }

  #changeAttributes(number: number, change: (inode: Inode) => void): void {
    const node = this.nodes.get(number);
    this.#writer.transactions.operate(() => {
      const inode = this.#writer.edit(node.inode);
      change(inode);
      this.#writer.touch(inode, 'attributes');
    });
  }

  #make(parent: number, name: Uint8Array, node: NewNode): number {
    const directory = this.nodes.get(parent).inode;
    const permissions = node.permissions & ~(node.kind === 'symlink' ? SETUID_BITS : 0);
    const { number } = this.#writer.transactions.operate(() =>
      createNode(this.#writer, directory, name, { ...node, permissions }),
    );
    return this.nodes.refer(number);
  }

  #remove(parent: number, name: Uint8Array, wanted: 'file' | 'directory'): void {
    const directory = this.nodes.get(parent).inode;
    const orphan = this.#writer.transactions.operate(() =>
      removeName(this.#writer, directory, name, wanted, this.#isKnown),
    );
    this.#freeUnknown(orphan);
  }

  #freeUnknown(orphan: number | undefined): void {
    if (orphan !== undefined && !this.#isKnown(orphan)) freeOrphan(this.#writer, orphan);
  }

  /** Nobody knows the inode any more: if nobody names it either, it is given back. */
  #settle(inode: number | undefined): void {
    if (inode === undefined || this.isReadOnly) return;
    if (this.volume.inodes.get(inode).links === 0) freeOrphan(this.#writer, inode);
  }

  #reserve(number: number, offsetBytes: number, endBytes: number, keepsSize: boolean): void {
    const { blockBytes } = this.volume.geometry;
    const to = Math.ceil(endBytes / blockBytes);
    for (let at = Math.floor(offsetBytes / blockBytes); at < to; ) {
      at = this.#writer.transactions.operate(() => {
        const inode = editExtentFile(this.#writer, number);
        const next = reserveBlocks(this.#writer, inode, at, to);
        this.#writer.touch(inode, 'attributes');
        return next;
      });
    }
    if (keepsSize || endBytes <= this.volume.inodes.get(number).sizeBytes) return;
    resizeContent(this.#writer, number, endBytes);
  }

  #punch(number: number, offsetBytes: number, lengthBytes: number): void {
    const { blockBytes } = this.volume.geometry;
    const end = offsetBytes + lengthBytes;
    const from = Math.ceil(offsetBytes / blockBytes);
    const to = Math.floor(end / blockBytes);
    this.#writer.transactions.operate(() => {
      const inode = editExtentFile(this.#writer, number);
      zeroRange(this.#writer, inode, offsetBytes, Math.min(end, from * blockBytes));
      if (to >= from) zeroRange(this.#writer, inode, to * blockBytes, end);
      this.#writer.touch(inode, 'modified');
    });
    if (to > from) punchBlocks(this.#writer, number, from, to);
  }
}
