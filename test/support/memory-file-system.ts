import { existsSync, readFileSync, rmSync } from 'node:fs';
import {
  type AttributeChanges,
  type Creator,
  type EntrySink,
  type FileSystem,
  type FileSystemUsage,
  type NodeAttributes,
  type NodeKind,
  type RenameFlags,
  ROOT_NODE,
} from '../../main/filesystem/file-system.ts';
import { type Errno, FileSystemError } from '../../main/filesystem/file-system-error.ts';
import {
  allocated,
  assertReplaceable,
  BLOCK_BYTES,
  emitEntries,
  fillAttributes,
  type Held,
  heldOf,
  type MemoryFileSystemOptions,
  type MemoryNode,
  newNode,
  now,
  resize,
  touch,
} from './memory-node.ts';

const MAXIMUM_NAME_BYTES = 255;
const MAXIMUM_LINKS = 1000;
const MAXIMUM_FILE_BYTES = 2 ** 31;
const KEEP_SIZE = 1;
const PUNCH_HOLE = 2;
const DOT_COOKIES = 2;

/**
 * A POSIX filesystem in memory, with symbolic and hard links, for tests of what lies above a
 * filesystem. Counts what its callers hold, so that a test can see that all was given back.
 */
export class MemoryFileSystem implements FileSystem {
  readonly type = 'memory';
  readonly label = 'memory';
  readonly isReadOnly: boolean;
  readonly isCaseInsensitive: boolean;
  /** Nodes that `syncNode` was called with, in order. */
  readonly syncedNodes: number[] = [];
  syncCount = 0;
  readonly #capacityBytes: number;
  readonly #faultPath: string | undefined;
  readonly #nodes = new Map<number, MemoryNode>();
  #usedBytes = 0;
  #nextNode = ROOT_NODE + 1;

  constructor(options: MemoryFileSystemOptions = {}) {
    this.#capacityBytes = options.capacityBytes ?? 256 * 1024 * 1024;
    this.#faultPath = options.faultPath;
    this.isReadOnly = options.isReadOnly ?? false;
    this.isCaseInsensitive = options.isCaseInsensitive ?? false;
    const owner = options.owner ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    const root = newNode(ROOT_NODE, 'directory', 0o755, owner, ROOT_NODE);
    root.links = 2;
    this.#nodes.set(ROOT_NODE, root);
  }

  get usage(): FileSystemUsage {
    return {
      blockBytes: BLOCK_BYTES,
      totalBlocks: Math.floor(this.#capacityBytes / BLOCK_BYTES),
      freeBlocks: Math.floor((this.#capacityBytes - this.#usedBytes) / BLOCK_BYTES),
      totalNodes: 1_000_000,
      freeNodes: 1_000_000 - this.#nodes.size,
      maximumNameBytes: MAXIMUM_NAME_BYTES,
    };
  }

  /** References and handles that callers hold, and nodes that only they keep alive. */
  get held(): Held {
    return heldOf([...this.#nodes.values()]);
  }

  lookup(parent: number, name: Uint8Array): number {
    const node = this.#child(this.#directory(parent), name);
    node.references += 1;
    return node.number;
  }

  forget(number: number, references: number): void {
    if (number === ROOT_NODE) return;
    const node = this.#node(number);
    if (references > node.references)
      throw new RangeError(`${number}: ${references} > ${node.references}`);
    node.references -= references;
    this.#dropIfUnused(node);
  }

  readAttributes(number: number, attributes: NodeAttributes): void {
    fillAttributes(this.#node(number), attributes);
  }

  setAttributes(number: number, changes: AttributeChanges): void {
    const node = this.#node(number);
    if (changes.sizeBytes !== undefined) this.#resizeFile(node, changes.sizeBytes);
    node.permissions = changes.permissions ?? node.permissions;
    node.uid = changes.uid ?? node.uid;
    node.gid = changes.gid ?? node.gid;
    node.changed = now();
    node.accessed = changes.accessed ?? node.accessed;
    node.modified = changes.modified ?? (changes.sizeBytes === undefined ? node.modified : now());
  }

  readDirectory(number: number, cookie: number, sink: EntrySink): void {
    const directory = this.#directory(number);
    if (cookie < 1 && !sink(Buffer.from('.'), number, 'directory', 1)) return;
    if (cookie < 2 && !sink(Buffer.from('..'), directory.parent, 'directory', 2)) return;
    emitEntries(
      directory,
      cookie - DOT_COOKIES,
      DOT_COOKIES + 1,
      (entry) => this.#node(entry).kind,
      sink,
    );
  }

  create(parent: number, name: Uint8Array, permissions: number, creator: Creator): number {
    return this.#make(parent, name, 'file', permissions, creator).number;
  }

  makeDirectory(parent: number, name: Uint8Array, permissions: number, creator: Creator): number {
    const node = this.#make(parent, name, 'directory', permissions, creator);
    node.links = 2;
    this.#directory(parent).links += 1;
    return node.number;
  }

  makeNode(
    parent: number,
    name: Uint8Array,
    kind: NodeKind,
    permissions: number,
    deviceNumber: number,
    creator: Creator,
  ): number {
    const node = this.#make(parent, name, kind, permissions, creator);
    node.deviceNumber = deviceNumber;
    return node.number;
  }

  symlink(parent: number, name: Uint8Array, target: Uint8Array, creator: Creator): number {
    const node = this.#make(parent, name, 'symlink', 0o777, creator);
    node.data = Buffer.from(target);
    node.sizeBytes = target.length;
    return node.number;
  }

  readLink(number: number): Uint8Array {
    const node = this.#node(number);
    if (node.kind !== 'symlink') throw new FileSystemError('EINVAL');
    return node.data;
  }

  link(number: number, parent: number, name: Uint8Array): void {
    const node = this.#node(number);
    if (node.kind === 'directory') throw new FileSystemError('EPERM');
    if (node.links >= MAXIMUM_LINKS) throw new FileSystemError('EMLINK');
    this.#insert(this.#directory(parent), name, node);
    node.links += 1;
    node.references += 1;
    node.changed = now();
  }

  unlink(parent: number, name: Uint8Array): void {
    const directory = this.#directory(parent);
    const node = this.#child(directory, name);
    if (node.kind === 'directory') throw new FileSystemError('EISDIR');
    this.#removeEntry(directory, name);
    this.#dropLink(node);
  }

  removeDirectory(parent: number, name: Uint8Array): void {
    const directory = this.#directory(parent);
    const node = this.#child(directory, name);
    if (node.kind !== 'directory') throw new FileSystemError('ENOTDIR');
    if (node.children.size > 0) throw new FileSystemError('ENOTEMPTY');
    this.#removeEntry(directory, name);
    directory.links -= 1;
    node.links = 0;
    this.#dropIfUnused(node);
  }

  rename(
    oldParent: number,
    oldName: Uint8Array,
    newParent: number,
    newName: Uint8Array,
    flags: RenameFlags,
  ): void {
    const from = this.#directory(oldParent);
    const to = this.#directory(newParent);
    const source = this.#child(from, oldName);
    const target = this.#find(to, newName);
    if (source.kind === 'directory' && this.#isInside(to, source))
      throw new FileSystemError('EINVAL');
    if (flags.noReplace && target !== undefined) throw new FileSystemError('EEXIST');
    if (flags.exchange) {
      this.#exchange(from, oldName, to, newName);
      return;
    }
    if (target === source) {
      const isRespelled = this.isCaseInsensitive && !Buffer.from(oldName).equals(newName);
      if (!isRespelled) return;
    } else if (target !== undefined) {
      assertReplaceable(source, target);
      if (target.kind === 'directory') this.removeDirectory(newParent, newName);
      else this.unlink(newParent, newName);
    }
    this.#removeEntry(from, oldName);
    this.#insert(to, newName, source);
    this.#moved(source, from, to);
  }

  open(number: number): void {
    const node = this.#node(number);
    if (node.kind === 'directory') throw new FileSystemError('EISDIR');
    node.handles += 1;
  }

  close(number: number): void {
    const node = this.#node(number);
    if (node.handles === 0) throw new RangeError(`${number} is not open`);
    node.handles -= 1;
    this.#dropIfUnused(node);
  }

  read(number: number, offsetBytes: number, target: Uint8Array): number {
    const node = this.#file(number);
    const count = Math.max(0, Math.min(target.length, node.sizeBytes - offsetBytes));
    if (count > 0) target.set(node.data.subarray(offsetBytes, offsetBytes + count));
    return count;
  }

  write(number: number, offsetBytes: number, source: Uint8Array): number {
    const node = this.#file(number);
    const free = this.#capacityBytes - this.#usedBytes;
    const room = Math.max(0, allocated(node.sizeBytes) + free - offsetBytes);
    const count = Math.min(source.length, room);
    if (count === 0 && source.length > 0) throw new FileSystemError('ENOSPC');
    if (offsetBytes + count > node.sizeBytes) this.#resizeFile(node, offsetBytes + count);
    node.data.set(source.subarray(0, count), offsetBytes);
    node.modified = now();
    node.changed = node.modified;
    return count;
  }

  allocate(number: number, mode: number, offsetBytes: number, lengthBytes: number): void {
    this.#failIfWanted('allocate');
    const node = this.#file(number);
    const end = offsetBytes + lengthBytes;
    if (mode === (KEEP_SIZE | PUNCH_HOLE)) {
      node.data.fill(0, offsetBytes, Math.min(end, node.sizeBytes));
      return;
    }
    if (mode !== 0 && mode !== KEEP_SIZE) throw new FileSystemError('ENOTSUP');
    if (mode === 0 && end > node.sizeBytes) this.#resizeFile(node, end);
  }

  sync(): void {
    this.syncCount += 1;
  }

  syncNode(number: number): void {
    this.#failIfWanted('fsync');
    this.syncedNodes.push(this.#node(number).number);
  }

  [Symbol.dispose](): void {
    this.#nodes.clear();
  }

  #failIfWanted(operation: 'fsync' | 'allocate'): void {
    if (this.#faultPath === undefined || !existsSync(this.#faultPath)) return;
    const [wanted, errno] = readFileSync(this.#faultPath, 'utf8').split(' ');
    if (wanted !== operation) return;
    rmSync(this.#faultPath);
    throw new FileSystemError(errno as Errno); // the test that wrote the file names one
  }

  #node(number: number): MemoryNode {
    const node = this.#nodes.get(number);
    if (node === undefined) throw new FileSystemError('ESTALE');
    return node;
  }

  #file(number: number): MemoryNode {
    return this.#nodeOfKind(number, 'file', 'EINVAL');
  }

  #directory(number: number): MemoryNode {
    return this.#nodeOfKind(number, 'directory', 'ENOTDIR');
  }

  #nodeOfKind(number: number, kind: NodeKind, errno: Errno): MemoryNode {
    const node = this.#node(number);
    if (node.kind !== kind) throw new FileSystemError(errno);
    return node;
  }

  #keyOf(name: Uint8Array): string {
    const key = Buffer.from(name).toString('latin1');
    return this.isCaseInsensitive ? key.toLowerCase() : key;
  }

  #find(directory: MemoryNode, name: Uint8Array): MemoryNode | undefined {
    const slot = directory.children.get(this.#keyOf(name));
    const entry = slot === undefined ? undefined : directory.slots[slot];
    return entry === undefined ? undefined : this.#node(entry.node);
  }

  #child(directory: MemoryNode, name: Uint8Array): MemoryNode {
    const node = this.#find(directory, name);
    if (node === undefined) throw new FileSystemError('ENOENT');
    return node;
  }

  #make(
    parent: number,
    name: Uint8Array,
    kind: NodeKind,
    permissions: number,
    creator: Creator,
  ): MemoryNode {
    const directory = this.#directory(parent);
    const node = newNode(this.#nextNode, kind, permissions, creator, parent);
    this.#insert(directory, name, node);
    this.#nextNode += 1;
    this.#nodes.set(node.number, node);
    node.references = 1;
    return node;
  }

  #insert(directory: MemoryNode, name: Uint8Array, node: MemoryNode): void {
    if (this.isReadOnly) throw new FileSystemError('EROFS');
    if (name.length > MAXIMUM_NAME_BYTES) throw new FileSystemError('ENAMETOOLONG');
    const key = this.#keyOf(name);
    if (directory.links === 0) throw new FileSystemError('ENOENT');
    if (directory.children.has(key)) throw new FileSystemError('EEXIST');
    directory.children.set(key, directory.slots.length);
    directory.slots.push({ name: Buffer.from(name), node: node.number });
    touch(directory);
  }

  #removeEntry(directory: MemoryNode, name: Uint8Array): void {
    const key = this.#keyOf(name);
    const slot = directory.children.get(key);
    if (slot !== undefined) directory.slots[slot] = undefined;
    directory.children.delete(key);
    touch(directory);
  }

  #exchange(from: MemoryNode, oldName: Uint8Array, to: MemoryNode, newName: Uint8Array): void {
    const source = this.#child(from, oldName);
    const target = this.#child(to, newName);
    if (target.kind === 'directory' && this.#isInside(from, target)) {
      throw new FileSystemError('EINVAL');
    }
    this.#removeEntry(from, oldName);
    this.#removeEntry(to, newName);
    this.#insert(to, newName, source);
    this.#insert(from, oldName, target);
    this.#moved(source, from, to);
    this.#moved(target, to, from);
  }

  #moved(node: MemoryNode, from: MemoryNode, to: MemoryNode): void {
    node.changed = now();
    if (node.kind !== 'directory') return;
    node.parent = to.number;
    from.links -= 1;
    to.links += 1;
  }

  #isInside(directory: MemoryNode, ancestor: MemoryNode): boolean {
    let node = directory;
    while (node !== ancestor) {
      if (node.number === ROOT_NODE) return false;
      node = this.#node(node.parent);
    }
    return true;
  }

  #resizeFile(node: MemoryNode, sizeBytes: number): void {
    if (node.kind !== 'file') throw new FileSystemError('EISDIR');
    if (sizeBytes > MAXIMUM_FILE_BYTES) throw new FileSystemError('EFBIG');
    const growth = allocated(sizeBytes) - allocated(node.sizeBytes);
    if (growth > this.#capacityBytes - this.#usedBytes) throw new FileSystemError('ENOSPC');
    this.#usedBytes += growth;
    resize(node, sizeBytes);
  }

  #dropLink(node: MemoryNode): void {
    node.links -= 1;
    node.changed = now();
    this.#dropIfUnused(node);
  }

  #dropIfUnused(node: MemoryNode): void {
    if (node.links > 0 || node.references > 0 || node.handles > 0) return;
    if (node.kind === 'file') this.#usedBytes -= allocated(node.sizeBytes);
    this.#nodes.delete(node.number);
  }
}
