import type { FileSystem } from '../../main/filesystem/file-system.ts';
import { FileSystemError } from '../../main/filesystem/file-system-error.ts';
import { attributesOf, CREATOR, list, name } from './fat-fixture.ts';
import type { SeededRandom } from './seeded-random.ts';

type ModelFile = { content: Buffer };
type ModelFolder = { children: Map<string, ModelFile | ModelFolder> };

const ROOT = 1;
const PLAIN = { noReplace: false, exchange: false };
const PUNCH = 3;
const KEEP_SIZE = 1;

/** Random operations on a filesystem, and what should be on it after each. */
export class Ext4Workload {
  readonly #fileSystem: FileSystem;
  readonly #random: SeededRandom;
  readonly #root: ModelFolder = { children: new Map() };
  readonly #largest: number;

  constructor(fileSystem: FileSystem, random: SeededRandom, largestBytes = 60_000) {
    this.#fileSystem = fileSystem;
    this.#random = random;
    this.#largest = largestBytes;
  }

  /** Content of every file by path; folders end in "/". */
  get tree(): Map<string, Buffer> {
    const tree = new Map<string, Buffer>();
    for (const { path, folder } of this.#folders()) {
      for (const [key, child] of folder.children) {
        const below = [...path, key].join('/');
        if ('content' in child) tree.set(below, child.content);
        else tree.set(`${below}/`, Buffer.alloc(0));
      }
    }
    return tree;
  }

  /** Does one operation; one that finds no room changes nothing. */
  step(): void {
    const { below } = this.#random;
    const steps = [
      () => this.#create(),
      () => this.#create(),
      () => this.#create(),
      () => this.#makeFolder(),
      () => this.#write(),
      () => this.#write(),
      () => this.#resize(),
      () => this.#unlink(),
      () => this.#unlink(),
      () => this.#removeFolder(),
      () => this.#rename(),
      () => this.#reserveOrPunch(),
    ];
    try {
      steps[below(steps.length)]?.();
    } catch (error) {
      if (!(error instanceof FileSystemError && error.errno === 'ENOSPC')) throw error;
    }
  }

  #create(): void {
    const { path, folder } = this.#pickFolder();
    const key = `n${this.#random.below(60)}${'x'.repeat(this.#random.below(90))}`;
    if (folder.children.has(key)) return;
    this.#with(path, (parent) => {
      const node = this.#fileSystem.create(parent, name(key), 0o644, CREATOR);
      const file = { content: Buffer.alloc(0) };
      folder.children.set(key, file);
      this.#fill(node, file, this.#random.below(3) === 0 ? this.#random.below(200_000) : 0);
      this.#fileSystem.forget(node, 1);
    });
  }

  #makeFolder(): void {
    const { path, folder } = this.#pickFolder();
    const key = `d${this.#random.below(60)}`;
    if (folder.children.has(key) || this.#folders().length > 40) return;
    this.#with(path, (parent) => {
      this.#fileSystem.forget(this.#fileSystem.makeDirectory(parent, name(key), 0o755, CREATOR), 1);
    });
    folder.children.set(key, { children: new Map() });
  }

  #write(): void {
    this.#onFile((node, file) => this.#fill(node, file, this.#random.below(this.#largest * 4)));
  }

  #resize(): void {
    this.#onFile((node, file) => {
      const sizeBytes = this.#random.below(this.#largest * 6);
      this.#fileSystem.setAttributes(node, { sizeBytes });
      file.content = resized(file.content, sizeBytes);
    });
  }

  #unlink(): void {
    const picked = this.#pickFile();
    if (picked === undefined) return;
    const { path, key, folder } = picked;
    this.#with(path, (parent) => {
      // Half of them while somebody knows the file, which lives on without a name then.
      const known = this.#random.below(2) === 0 ? this.#fileSystem.lookup(parent, name(key)) : 0;
      this.#fileSystem.unlink(parent, name(key));
      folder.children.delete(key);
      if (known !== 0) this.#fileSystem.forget(known, 1);
    });
  }

  #removeFolder(): void {
    const { path, folder } = this.#pickFolder();
    const key = path.at(-1);
    if (key === undefined || folder.children.size > 0) return;
    const above = path.slice(0, -1);
    this.#with(above, (parent) => this.#fileSystem.removeDirectory(parent, name(key)));
    this.#folders()
      .find((other) => other.path.join('/') === above.join('/'))
      ?.folder.children.delete(key);
  }

  #rename(): void {
    const picked = this.#pickFile();
    if (picked === undefined) return;
    const target = this.#pickFolder();
    const key = `n${this.#random.below(60)}`;
    const replaced = target.folder.children.get(key);
    if (replaced === picked.file || (replaced !== undefined && 'children' in replaced)) return;
    this.#with(picked.path, (from) =>
      this.#with(target.path, (to) =>
        this.#fileSystem.rename(from, name(picked.key), to, name(key), PLAIN),
      ),
    );
    picked.folder.children.delete(picked.key);
    target.folder.children.set(key, picked.file);
  }

  #reserveOrPunch(): void {
    this.#onFile((node, file) => {
      const from = this.#random.below(this.#largest * 3);
      const length = 1 + this.#random.below(this.#largest * 2);
      if (this.#random.below(2) === 0) {
        this.#fileSystem.allocate(node, PUNCH, from, length);
        const size = file.content.length;
        const [start, end] = [Math.min(from, size), Math.min(from + length, size)];
        file.content = Buffer.from(file.content).fill(0, start, end);
      } else {
        this.#fileSystem.allocate(node, this.#random.below(2) * KEEP_SIZE, from, length);
        file.content = resized(file.content, attributesOf(this.#fileSystem, node).sizeBytes);
      }
    });
  }

  #fill(node: number, file: ModelFile, offsetBytes: number): void {
    const data = Buffer.alloc(1 + this.#random.below(this.#largest), this.#random.below(256));
    const count = this.#fileSystem.write(node, offsetBytes, Buffer.from(data));
    const end = offsetBytes + count;
    file.content = resized(file.content, Math.max(file.content.length, end));
    data.copy(file.content, offsetBytes, 0, count);
  }

  #onFile(use: (node: number, file: ModelFile) => void): void {
    const picked = this.#pickFile();
    if (picked === undefined) return;
    this.#with([...picked.path, picked.key], (node) => use(node, picked.file));
  }

  #with(path: readonly string[], use: (node: number) => void): void {
    const known: number[] = [];
    let node = ROOT;
    for (const key of path) {
      node = this.#fileSystem.lookup(node, name(key));
      known.push(node);
    }
    try {
      use(node);
    } finally {
      for (const one of known.reverse()) this.#fileSystem.forget(one, 1);
    }
  }

  #folders(): { path: string[]; folder: ModelFolder }[] {
    const found: { path: string[]; folder: ModelFolder }[] = [{ path: [], folder: this.#root }];
    for (const { path, folder } of found) {
      for (const [key, child] of folder.children) {
        if ('children' in child) found.push({ path: [...path, key], folder: child });
      }
    }
    return found;
  }

  #pickFolder(): { path: string[]; folder: ModelFolder } {
    const folders = this.#folders();
    return folders[this.#random.below(folders.length)] ?? { path: [], folder: this.#root };
  }

  #pickFile(): { path: string[]; key: string; folder: ModelFolder; file: ModelFile } | undefined {
    const files = this.#folders().flatMap(({ path, folder }) =>
      [...folder.children].flatMap(([key, file]) =>
        'content' in file ? [{ path, key, folder, file }] : [],
      ),
    );
    return files[this.#random.below(Math.max(1, files.length))];
  }
}

/** Reads a whole volume in the form of {@link Ext4Workload.tree}. */
export function readExt4Tree(fileSystem: FileSystem): Map<string, Buffer> {
  const tree = new Map<string, Buffer>();
  const visit = (node: number, prefix: string): void => {
    for (const key of list(fileSystem, node)) {
      if (prefix === '' && key === 'lost+found') continue;
      const child = fileSystem.lookup(node, name(key));
      const { kind, sizeBytes } = attributesOf(fileSystem, child);
      const content = Buffer.alloc(kind === 'file' ? sizeBytes : 0);
      if (kind === 'file') fileSystem.read(child, 0, content);
      tree.set(kind === 'directory' ? `${prefix}${key}/` : `${prefix}${key}`, content);
      if (kind === 'directory') visit(child, `${prefix}${key}/`);
      fileSystem.forget(child, 1);
    }
  };
  visit(ROOT, '');
  return tree;
}

function resized(content: Buffer, sizeBytes: number): Buffer {
  const copy = Buffer.alloc(sizeBytes);
  content.copy(copy);
  return copy;
}
