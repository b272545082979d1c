import type {
  AttributeChanges,
  Creator,
  EntrySink,
  FileSystem,
  FileSystemUsage,
  NodeAttributes,
  NodeKind,
  RenameFlags,
} from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import { listEntries } from './directory-listing.ts';
import { findEntry } from './directory-lookup.ts';
import { parentOf } from './directory-parent.ts';
import { inodeOfShownName, shownNameOf } from './encrypted-names.ts';
import { fillAttributes } from './ext4-attributes.ts';
import { damaged } from './ext4-damage.ts';
import { INODES } from './ext4-layout.ts';
import { Ext4Nodes, nodeNumberOf } from './ext4-node.ts';
import { readUsage } from './ext4-usage.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { readContent } from './file-content.ts';
import type { Inode } from './inode.ts';
import { seekContent } from './seek-content.ts';
import { getExtendedAttribute, listExtendedAttributes } from './shown-attributes.ts';
import { readTarget } from './symbolic-link.ts';

const MAXIMUM_NAME_BYTES = 255;
/** PERF: every creation is preceded by a look-up that finds nothing; a new error takes as long as it. */
const NOT_THERE = new FileSystemError('ENOENT');
const DOT = Buffer.from('.');
const DOT_DOT = Buffer.from('..');

/** ext2, ext3 and ext4 as a read-only {@link FileSystem}. The device below stays open. */
export class Ext4FileSystem implements FileSystem {
  readonly type: string;
  readonly label: string;
  readonly readOnlyReasons: readonly string[];
  protected readonly volume: Ext4Volume;
  protected readonly nodes = new Ext4Nodes();
  #usage: FileSystemUsage | undefined;

  /** @param reasons - Why it is read-only though it was not asked for. */
  constructor(volume: Ext4Volume, type: string, reasons: readonly string[] = []) {
    this.volume = volume;
    this.type = type;
    this.readOnlyReasons = reasons;
    this.label = volume.geometry.label;
  }

  get isReadOnly(): boolean {
    return true;
  }

  get usage(): FileSystemUsage {
    this.#usage ??= readUsage(this.volume);
    return this.#usage;
  }

  lookup(parent: number, name: Uint8Array): number {
    const directory = this.#directory(parent);
    if (name.length > MAXIMUM_NAME_BYTES) throw new FileSystemError('ENAMETOOLONG');
    const inode = directory.hasFlag('encrypted')
      ? this.#findEncrypted(directory, name)
      : findEntry(this.volume, directory, name)?.inode;
    if (inode === undefined) throw NOT_THERE;
    this.#assertUsable(inode);
    return this.nodes.refer(inode);
  }

  forget(number: number, references: number): void {
    this.nodes.forget(number, references);
  }

  readAttributes(number: number, attributes: NodeAttributes): void {
    fillAttributes(this.inode(number), attributes);
  }

  readDirectory(number: number, cookie: number, sink: EntrySink): void {
    const directory = this.#directory(number);
    const { inodes } = this.volume;
    if (cookie < 1 && !sink(DOT, nodeNumberOf(directory.number), 'directory', 1)) return;
    if (cookie < 2 && !sink(DOT_DOT, this.#parentNode(directory), 'directory', 2)) return;
    const isEncrypted = directory.hasFlag('encrypted');
    listEntries(this.volume, directory, cookie, (name, inode, kind, next) => {
      if (!inodes.isNumber(inode)) return true;
      const shown = kind ?? inodes.get(inode).kind;
      if (shown === undefined) return true;
      const shownName = isEncrypted ? shownNameOf(inode) : name;
      return sink(shownName, nodeNumberOf(inode), shown, next);
    });
  }

  readLink(number: number): Uint8Array {
    return readTarget(this.volume, this.inode(number));
  }

  open(number: number): void {
    if (this.inode(number).hasFlag('encrypted')) throw new FileSystemError('ENOKEY');
    this.nodes.open(number);
  }

  close(number: number): void {
    this.nodes.close(number);
  }

  read(number: number, offsetBytes: number, target: Uint8Array): number {
    const inode = this.inode(number);
    if (inode.kind !== 'file') throw new FileSystemError('EISDIR');
    if (inode.hasFlag('encrypted')) throw new FileSystemError('ENOKEY');
    return readContent(this.volume, inode, offsetBytes, target);
  }

  seek(number: number, offsetBytes: number, wanted: 'data' | 'hole'): number {
    return seekContent(this.volume, this.inode(number), offsetBytes, wanted);
  }

  getExtendedAttribute(number: number, name: Uint8Array): Uint8Array {
    return getExtendedAttribute(this.volume, this.inode(number), name);
  }

  listExtendedAttributes(number: number): Uint8Array {
    return listExtendedAttributes(this.volume, this.inode(number));
  }

  sync(): void {}

  syncNode(_number: number): void {}

  [Symbol.dispose](): void {
    this.volume.blocks[Symbol.dispose]();
  }

  setAttributes(_number: number, _changes: AttributeChanges): void {
    refuse();
  }
  create(_parent: number, _name: Uint8Array, _permissions: number, _creator: Creator): number {
    return refuse();
  }
  makeDirectory(
    _parent: number,
    _name: Uint8Array,
    _permissions: number,
    _creator: Creator,
  ): number {
    return refuse();
  }
  makeNode(
    _parent: number,
    _name: Uint8Array,
    _kind: NodeKind,
    _permissions: number,
    _deviceNumber: number,
    _creator: Creator,
  ): number {
    return refuse();
  }
  link(_number: number, _parent: number, _name: Uint8Array): void {
    refuse();
  }
  symlink(_parent: number, _name: Uint8Array, _target: Uint8Array, _creator: Creator): number {
    return refuse();
  }
  unlink(_parent: number, _name: Uint8Array): void {
    refuse();
  }
  removeDirectory(_parent: number, _name: Uint8Array): void {
    refuse();
  }
  rename(
    _oldParent: number,
    _oldName: Uint8Array,
    _newParent: number,
    _newName: Uint8Array,
    _flags: RenameFlags,
  ): void {
    refuse();
  }
  write(_number: number, _offsetBytes: number, _source: Uint8Array): number {
    return refuse();
  }
  allocate(_number: number, _mode: number, _offsetBytes: number, _lengthBytes: number): void {
    refuse();
  }

  protected inode(number: number): Inode {
    return this.volume.inodes.get(this.nodes.get(number).inode);
  }

  #directory(number: number): Inode {
    const inode = this.inode(number);
    if (inode.kind !== 'directory') throw new FileSystemError('ENOTDIR');
    return inode;
  }

  #parentNode(directory: Inode): number {
    const parent = parentOf(this.volume, directory);
    return nodeNumberOf(this.volume.inodes.isNumber(parent) ? parent : directory.number);
  }

  #findEncrypted(directory: Inode, name: Uint8Array): number | undefined {
    const wanted = inodeOfShownName(name);
    let found: number | undefined;
    listEntries(this.volume, directory, 0, (_name, inode) => {
      if (inode === wanted) found = inode;
      return found === undefined;
    });
    return found;
  }

  /** Reserved inodes but the root have no names, and deleted ones neither. */
  #assertUsable(number: number): void {
    const isOrdinary = number >= this.volume.geometry.firstInode || number === INODES.root;
    if (!isOrdinary) throw damaged(`entry of reserved inode ${number}`);
    if (this.nodes.isKnown(number)) return;
    const inode = this.volume.inodes.getChecked(number);
    if (inode.links === 0 || inode.hasFlag('attributeValue')) {
      throw damaged(`entry of inode ${number}`);
    }
    if (inode.hasFlag('extents')) this.volume.extents.rootOf(inode);
  }
}

function refuse(): never {
  throw new FileSystemError('EROFS');
}
