import { foldCase } from '../../main/filesystem/fat/fat-names.ts';
import type { FileSystem } from '../../main/filesystem/file-system.ts';
import { FileSystemError } from '../../main/filesystem/file-system-error.ts';
import { CREATOR, name, PLAIN, Random } from './fat-fixture.ts';

export type ModelFile = {
  kind: 'file';
  node: number;
  name: string;
  parent: ModelDirectory;
  data: Buffer;
  sizeBytes: number;
};
export type ModelDirectory = {
  kind: 'directory';
  node: number;
  name: string;
  parent: ModelDirectory | undefined;
  children: Map<string, ModelFile | ModelDirectory>;
};

const MAXIMUM_FILE_BYTES = 48 * 1024;
const MAXIMUM_FILES = 400;
const MAXIMUM_DIRECTORIES = 40;
const PATTERN_BYTES = 2 ** 20;
export const MODEL_STEMS: readonly string[] = [
  'a',
  'B',
  'note',
  'Report',
  'ÄRGER',
  'naïve plan',
  'très long nom de fichier à rallonge',
  '日本語',
  '🦊',
  'x.y',
];
const ENDINGS = ['', '.txt', '.TXT', '.tar.gz', '.Datei', ' copy'];

/**
 * Random operations on a filesystem and on a model of it in memory, compared as they go.
 *
 * The whole run follows from the seed; a failure names it and the number of the operation.
 */
export class FatModel {
  readonly root: ModelDirectory = {
    kind: 'directory',
    node: 1,
    name: '',
    parent: undefined,
    children: new Map(),
  };
  readonly counts = { read: 0, write: 0, truncate: 0, rename: 0, create: 0, remove: 0, noSpace: 0 };
  readonly #random: Random;
  readonly #files: ModelFile[] = [];
  readonly #directories: ModelDirectory[] = [this.root];
  /** Removed files that are still open. */
  readonly #orphans: ModelFile[] = [];
  readonly #pattern = Buffer.alloc(PATTERN_BYTES);
  readonly #scratch = Buffer.alloc(MAXIMUM_FILE_BYTES);
  readonly #stems: readonly string[];
  #fileSystem: FileSystem;

  constructor(fileSystem: FileSystem, seed: number, stems = MODEL_STEMS) {
    this.#stems = stems;
    this.#fileSystem = fileSystem;
    this.#random = new Random(seed);
    for (let i = 0; i < PATTERN_BYTES; i += 4)
      this.#pattern.writeUInt32LE(this.#random.below(2 ** 32), i);
  }

  /** Does one random operation. */
  step(): void {
    const kind = this.#random.below(100);
    if (this.#files.length === 0) this.#create();
    else if (kind < 34) this.#read();
    else if (kind < 64) this.#write();
    else if (kind < 74) this.#truncate();
    else if (kind < 88) this.#rename();
    else if (kind < 93) this.#create();
    else if (kind < 97) this.#unlink();
    else if (kind < 98) this.#makeDirectory();
    else if (kind < 99) this.#removeDirectory();
    else if (this.#random.below(50) === 0) this.#fileSystem.sync();
    else this.#readOrphan();
  }

  /** Lets go of everything, so that the filesystem can be disposed. */
  release(): void {
    for (const orphan of this.#orphans.splice(0)) this.#fileSystem.close(orphan.node);
    for (const file of this.#files) this.#fileSystem.forget(file.node, 1);
    for (const directory of this.#directories) {
      if (directory !== this.root) this.#fileSystem.forget(directory.node, 1);
    }
  }

  /** Goes on with another mount of the same volume, looking every name up again. */
  resume(fileSystem: FileSystem): void {
    this.#fileSystem = fileSystem;
    const visit = (directory: ModelDirectory): void => {
      for (const child of directory.children.values()) {
        child.node = fileSystem.lookup(directory.node, name(child.name));
        if (child.kind === 'directory') visit(child);
      }
    };
    visit(this.root);
  }

  /** Returns what `readTree` should give. */
  tree(): Map<string, Buffer> {
    const tree = new Map<string, Buffer>();
    const visit = (directory: ModelDirectory, prefix: string): void => {
      for (const child of directory.children.values()) {
        const path = prefix + child.name;
        if (child.kind === 'file') tree.set(path, child.data.subarray(0, child.sizeBytes));
        else {
          tree.set(`${path}/`, Buffer.alloc(0));
          visit(child, `${path}/`);
        }
      }
    };
    visit(this.root, '');
    return tree;
  }

  #read(): void {
    this.#compare(this.#random.pick(this.#files));
    this.counts.read += 1;
  }

  #readOrphan(): void {
    if (this.#orphans.length === 0) return;
    const index = this.#random.below(this.#orphans.length);
    const orphan = this.#orphans[index];
    if (orphan === undefined) return;
    this.#compare(orphan);
    this.#fileSystem.close(orphan.node);
    this.#orphans.splice(index, 1);
  }

  #compare(file: ModelFile): void {
    const offset = this.#random.below(file.sizeBytes + 100);
    const length = this.#random.below(MAXIMUM_FILE_BYTES);
    const target = this.#scratch.subarray(0, length);
    const count = this.#fileSystem.read(file.node, offset, target);
    const expected = Math.max(0, Math.min(length, file.sizeBytes - offset));
    if (count !== expected) throw new Error(`${file.name}: read ${count}, not ${expected}`);
    if (count > 0 && target.compare(file.data, offset, offset + count, 0, count) !== 0) {
      throw new Error(`${file.name}: content differs in ${offset}+${count}`);
    }
  }

  #write(): void {
    const file = this.#random.pick(this.#files);
    const offset = this.#random.below(
      Math.min(MAXIMUM_FILE_BYTES, file.sizeBytes + (this.#random.below(4) === 0 ? 6000 : 1)),
    );
    const length = Math.min(1 + this.#random.below(7000), MAXIMUM_FILE_BYTES - offset);
    const from = this.#random.below(PATTERN_BYTES - length);
    this.#pattern.copy(this.#scratch, 0, from, from + length);
    const count = this.#orNoSpace(() =>
      this.#fileSystem.write(file.node, offset, this.#scratch.subarray(0, length)),
    );
    this.counts.write += 1;
    if (count === undefined) return;
    if (offset > file.sizeBytes) file.data.fill(0, file.sizeBytes, offset);
    this.#pattern.copy(file.data, offset, from, from + count);
    file.sizeBytes = Math.max(file.sizeBytes, offset + count);
  }

  #truncate(): void {
    const file = this.#random.pick(this.#files);
    const sizeBytes = this.#random.below(3) === 0 ? 0 : this.#random.below(MAXIMUM_FILE_BYTES);
    const isDone = this.#orNoSpace(() => {
      this.#fileSystem.setAttributes(file.node, { sizeBytes });
      return true;
    });
    this.counts.truncate += 1;
    if (isDone !== true) return;
    if (sizeBytes > file.sizeBytes) file.data.fill(0, file.sizeBytes, sizeBytes);
    file.sizeBytes = sizeBytes;
  }

  #create(): void {
    if (this.#files.length >= MAXIMUM_FILES) {
      this.#unlink();
      return;
    }
    const parent = this.#random.pick(this.#directories);
    const text = this.#newName();
    if (parent.children.has(foldCase(text))) return;
    const node = this.#orNoSpace(() =>
      this.#fileSystem.create(parent.node, name(text), 0o600, CREATOR),
    );
    if (node === undefined) return;
    const data = Buffer.alloc(MAXIMUM_FILE_BYTES);
    const file: ModelFile = { kind: 'file', node, name: text, parent, data, sizeBytes: 0 };
    parent.children.set(foldCase(text), file);
    this.#files.push(file);
    this.counts.create += 1;
  }

  #unlink(): void {
    const file = this.#random.pick(this.#files);
    this.#fileSystem.unlink(file.parent.node, name(file.name));
    file.parent.children.delete(foldCase(file.name));
    this.#dropFile(file);
    this.counts.remove += 1;
  }

  /** Lets go of a file whose name is gone, or keeps it open for a while. */
  #dropFile(file: ModelFile): void {
    this.#files.splice(this.#files.indexOf(file), 1);
    if (this.#orphans.length < 8) {
      this.#fileSystem.open(file.node);
      this.#orphans.push(file);
    }
    this.#fileSystem.forget(file.node, 1);
  }

  #makeDirectory(): void {
    if (this.#directories.length >= MAXIMUM_DIRECTORIES) return;
    const parent = this.#random.pick(this.#directories);
    const text = this.#newName();
    if (parent.children.has(foldCase(text))) return;
    const node = this.#orNoSpace(() =>
      this.#fileSystem.makeDirectory(parent.node, name(text), 0o700, CREATOR),
    );
    if (node === undefined) return;
    const made: ModelDirectory = {
      kind: 'directory',
      node,
      name: text,
      parent,
      children: new Map(),
    };
    parent.children.set(foldCase(text), made);
    this.#directories.push(made);
  }

  #removeDirectory(): void {
    const directory = this.#random.pick(this.#directories);
    const { parent } = directory;
    if (parent === undefined) return;
    const remove = (): void => this.#fileSystem.removeDirectory(parent.node, name(directory.name));
    if (directory.children.size > 0) {
      expectErrno('ENOTEMPTY', remove);
      return;
    }
    remove();
    parent.children.delete(foldCase(directory.name));
    this.#directories.splice(this.#directories.indexOf(directory), 1);
    this.#fileSystem.forget(directory.node, 1);
  }

  #rename(): void {
    const isDirectory = this.#random.below(10) === 0 && this.#directories.length > 1;
    const moved = this.#random.pick<ModelFile | ModelDirectory>(
      isDirectory ? this.#directories : this.#files,
    );
    const { parent } = moved;
    if (parent === undefined) return;
    const to = this.#random.pick(this.#directories);
    const victim =
      this.#random.below(3) === 0 ? [...to.children.values()][this.#random.below(8)] : undefined;
    const isCaseChange = to === parent && this.#random.below(4) === 0;
    const text = isCaseChange ? swapCase(moved.name) : (victim?.name ?? this.#newName());
    const present = to.children.get(foldCase(text));
    const rename = (): void =>
      this.#fileSystem.rename(parent.node, name(moved.name), to.node, name(text), PLAIN);
    this.counts.rename += 1;
    if (moved.kind === 'directory' && isBelow(to, moved)) {
      expectErrno('EINVAL', rename);
      return;
    }
    if (present !== undefined && present !== moved && !isReplaceable(moved, present)) {
      expectErrno(refusalOf(moved, present), rename);
      return;
    }
    const isDone = this.#orNoSpace(() => {
      rename();
      return true;
    });
    if (isDone !== true) return;
    parent.children.delete(foldCase(moved.name));
    // A replaced name keeps its spelling, as with Linux's vfat.
    moved.name = present === undefined || present === moved ? text : present.name;
    moved.parent = to;
    to.children.set(foldCase(text), moved);
    if (present === undefined || present === moved) return;
    if (present.kind === 'file') {
      this.#dropFile(present);
      return;
    }
    this.#directories.splice(this.#directories.indexOf(present), 1);
    this.#fileSystem.forget(present.node, 1);
  }

  #newName(): string {
    const number = this.#random.below(60);
    return `${this.#random.pick(this.#stems)}${number}${this.#random.pick(ENDINGS)}`;
  }

  #orNoSpace<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof FileSystemError) || error.errno !== 'ENOSPC') throw error;
      this.counts.noSpace += 1;
      return undefined;
    }
  }
}

function swapCase(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}

function isBelow(directory: ModelDirectory, top: ModelDirectory): boolean {
  let at: ModelDirectory | undefined = directory;
  while (at !== undefined && at !== top) at = at.parent;
  return at === top;
}

function isReplaceable(
  moved: ModelFile | ModelDirectory,
  present: ModelFile | ModelDirectory,
): boolean {
  if (present.kind === 'file') return moved.kind === 'file';
  return moved.kind === 'directory' && present.children.size === 0;
}

function refusalOf(moved: ModelFile | ModelDirectory, present: ModelFile | ModelDirectory): string {
  if (present.kind === 'file') return 'ENOTDIR';
  return moved.kind === 'file' ? 'EISDIR' : 'ENOTEMPTY';
}

export function expectErrno(errno: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (error instanceof FileSystemError && error.errno === errno) return;
    throw error;
  }
  throw new Error(`no ${errno}`);
}
