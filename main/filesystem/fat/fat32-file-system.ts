import type {
  AttributeChanges,
  EntrySink,
  FileSystem,
  FileSystemUsage,
  NodeAttributes,
  NodeKind,
  RenameFlags,
} from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import { readSlots, slotCountOf } from './directory-content.ts';
import { type SlotEntry, visitSlots } from './directory-slots.ts';
import {
  createFile,
  makeDirectory,
  removeDirectory,
  requireEntry,
  unlinkFile,
} from './entry-operations.ts';
import { applyChanges, assertHoldable, fillAttributes, type Ownership } from './fat-attributes.ts';
import { ATTRIBUTE, ENTRY, ENTRY_BYTES } from './fat-layout.ts';
import type { FatNode } from './fat-node.ts';
import type { FatVolume } from './fat-volume.ts';
import { readContent, resizeContent, writeContent } from './file-content.ts';
import { NodeTable } from './node-table.ts';
import { renameEntry } from './rename-entry.ts';

/** Cookies 1 and 2 are "." and ".."; an entry's cookie is its short entry's slot plus this. */
const COOKIE_BASE = 3;
/** Slots read at a time while listing. */
const LIST_SLOTS = 2048;
/** Longest name in bytes that Linux's vfat reports: 255 UTF-16 units of up to 6 bytes. */
const MAXIMUM_NAME_BYTES = 1530;
const DOT = Buffer.from('.');
const DOT_DOT = Buffer.from('..');

/**
 * FAT32 as a {@link FileSystem}. What FAT cannot hold is refused as Linux's vfat refuses it:
 * symbolic and hard links, devices and pipes with EPERM, another owner with EPERM; `chmod` has an
 * effect on a file's write bits alone and else does nothing.
 *
 * The device is borrowed: disposing syncs, marks the volume clean and leaves the device open.
 */
export class Fat32FileSystem implements FileSystem {
  readonly type = 'vfat';
  readonly isCaseInsensitive = true;
  readonly label: string;
  readonly #volume: FatVolume;
  readonly #nodes: NodeTable;
  readonly #ownership: Ownership;

  constructor(volume: FatVolume, label: string, ownership: Ownership) {
    this.#volume = volume;
    this.#nodes = new NodeTable(volume);
    this.label = label;
    this.#ownership = ownership;
  }

  /** Also true once the volume was found damaged. */
  get isReadOnly(): boolean {
    return this.#volume.isReadOnly;
  }

  get usage(): FileSystemUsage {
    const { clusterBytes, clusterCount } = this.#volume.geometry;
    return {
      blockBytes: clusterBytes,
      totalBlocks: clusterCount,
      freeBlocks: this.#volume.allocator.freeCount,
      totalNodes: 0,
      freeNodes: 0,
      maximumNameBytes: MAXIMUM_NAME_BYTES,
    };
  }

  lookup(parent: number, name: Uint8Array): number {
    const directory = this.#nodes.directory(parent);
    const entry = requireEntry(this.#volume, directory, name);
    return refer(this.#nodes.ofEntry(directory, entry));
  }

  forget(number: number, references: number): void {
    const node = this.#nodes.get(number);
    node.references = Math.max(0, node.references - references);
    this.#nodes.settle(node);
  }

  readAttributes(node: number, attributes: NodeAttributes): void {
    fillAttributes(this.#volume, this.#nodes.get(node), this.#ownership, attributes);
  }

  setAttributes(number: number, changes: AttributeChanges): void {
    const node = this.#nodes.get(number);
    assertHoldable(changes, this.#ownership);
    this.#volume.beginChange();
    if (changes.sizeBytes !== undefined) {
      resizeContent(this.#volume, this.#nodes.file(number), changes.sizeBytes);
    }
    applyChanges(this.#volume, node, changes, this.#ownership);
  }

  readDirectory(number: number, cookie: number, sink: EntrySink): void {
    const directory = this.#nodes.directory(number);
    const parent = directory.parent ?? directory;
    if (cookie < 1 && !sink(DOT, number, 'directory', 1)) return;
    if (cookie < 2 && !sink(DOT_DOT, parent.number, 'directory', 2)) return;
    if (directory.isUnlinked) return;
    const end = slotCountOf(this.#volume, directory);
    let from = Math.max(0, cookie + 1 - COOKIE_BASE);
    let window = LIST_SLOTS;
    while (from < end) {
      const to = Math.min(end, from + window);
      const next = this.#listWindow(directory, from, to, to === end, sink);
      if (next < 0) return;
      // An entry cut by the window's end is read again with the next window.
      window = next === from ? window * 2 : LIST_SLOTS;
      from = next;
    }
  }

  create(parent: number, name: Uint8Array): number {
    const directory = this.#nodes.directory(parent);
    return refer(createFile(this.#volume, this.#nodes, directory, name));
  }

  makeDirectory(parent: number, name: Uint8Array): number {
    const directory = this.#nodes.directory(parent);
    return refer(makeDirectory(this.#volume, this.#nodes, directory, name));
  }

  makeNode(parent: number, name: Uint8Array, kind: NodeKind): number {
    if (kind !== 'file') throw new FileSystemError('EPERM');
    return this.create(parent, name);
  }

  link(): never {
    throw new FileSystemError('EPERM');
  }

  symlink(): never {
    throw new FileSystemError('EPERM');
  }

  readLink(): never {
    throw new FileSystemError('EINVAL');
  }

  unlink(parent: number, name: Uint8Array): void {
    const directory = this.#nodes.directory(parent);
    const entry = requireEntry(this.#volume, directory, name);
    unlinkFile(this.#volume, this.#nodes, directory, entry);
  }

  removeDirectory(parent: number, name: Uint8Array): void {
    const directory = this.#nodes.directory(parent);
    const entry = requireEntry(this.#volume, directory, name);
    removeDirectory(this.#volume, this.#nodes, directory, entry);
  }

  rename(
    oldParent: number,
    oldName: Uint8Array,
    newParent: number,
    newName: Uint8Array,
    flags: RenameFlags,
  ): void {
    const old = { parent: this.#nodes.directory(oldParent), name: oldName };
    const target = { parent: this.#nodes.directory(newParent), name: newName };
    renameEntry(this.#volume, this.#nodes, old, target, flags);
  }

  open(node: number): void {
    this.#nodes.get(node).handles += 1;
  }

  close(number: number): void {
    const node = this.#nodes.get(number);
    node.handles = Math.max(0, node.handles - 1);
    if (node.handles === 0 && !this.#volume.isReadOnly) this.#volume.writeEntry(node);
    this.#nodes.settle(node);
  }

  read(node: number, offsetBytes: number, target: Uint8Array): number {
    return readContent(this.#volume, this.#nodes.file(node), offsetBytes, target);
  }

  write(number: number, offsetBytes: number, source: Uint8Array): number {
    const node = this.#nodes.file(number);
    this.#volume.beginChange();
    return writeContent(this.#volume, node, offsetBytes, source);
  }

  /** Mode 0 grows the file with zeros. Space beyond the end cannot be held: ENOTSUP. */
  allocate(number: number, mode: number, offsetBytes: number, lengthBytes: number): void {
    const node = this.#nodes.file(number);
    if (mode !== 0) throw new FileSystemError('ENOTSUP');
    if (lengthBytes <= 0) throw new FileSystemError('EINVAL');
    this.#volume.beginChange();
    const end = offsetBytes + lengthBytes;
    if (end > node.sizeBytes) resizeContent(this.#volume, node, end);
  }

  sync(): void {
    this.#volume.sync();
  }

  syncNode(node: number): void {
    this.#nodes.get(node);
    this.#volume.sync();
  }

  [Symbol.dispose](): void {
    if (this.#volume.isReadOnly) return;
    this.#nodes.freeUnlinked();
    this.#volume.markClean();
  }

  /** Lists slots `from` to `to - 1`. Returns where to go on, or -1 where the listing ends. */
  #listWindow(
    directory: FatNode,
    from: number,
    to: number,
    isLast: boolean,
    sink: EntrySink,
  ): number {
    const slots = readSlots(this.#volume, directory, from, to);
    let next = from;
    let isFull = false;
    const end = visitSlots(slots, from, {
      onEntry: (entry) => {
        isFull = !this.#emit(
          directory,
          entry,
          slots[(entry.shortSlot - from) * ENTRY_BYTES + ENTRY.attributes] ?? 0,
          sink,
        );
        if (!isFull) next = entry.shortSlot + 1;
        return !isFull;
      },
    });
    if (isFull || isLast || end < to) return -1;
    return next;
  }

  #emit(directory: FatNode, entry: SlotEntry, attributes: number, sink: EntrySink): boolean {
    if (this.#volume.hasPendingRemoval(directory, entry.shortSlot)) return true;
    const kind = (attributes & ATTRIBUTE.directory) === 0 ? 'file' : 'directory';
    const node = this.#nodes.numberOf(directory, entry.shortSlot);
    return sink(Buffer.from(entry.name), node, kind, entry.shortSlot + COOKIE_BASE);
  }
}

function refer(node: FatNode): number {
  node.references += 1;
  return node.number;
}
