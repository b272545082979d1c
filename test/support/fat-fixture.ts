import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlockCache } from '../../main/block/block-cache.ts';
import type { BlockDevice } from '../../main/block/block-device.ts';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import type { OrderedDevice } from '../../main/block/ordered-device.ts';
import { Arena } from '../../main/bytes/arena.ts';
import { formatFat32 } from '../../main/filesystem/fat/format-fat32.ts';
import { type MountFat32Options, mountFat32 } from '../../main/filesystem/fat/mount-fat32.ts';
import type { FileSystem, NodeAttributes } from '../../main/filesystem/file-system.ts';

export const MIB = 2 ** 20;
export const CREATOR = { uid: 1000, gid: 1000 };
export const PLAIN = { noReplace: false, exchange: false };
const CACHE_BYTES = 4 * MIB;

/** A volume in memory, filled with garbage before it is formatted, as a fresh vault's is. */
export function newFatVolume(sizeMib: number, label = 'TEST'): MemoryDevice {
  const device = new MemoryDevice(new Uint8Array(sizeMib * MIB).fill(0xaa));
  formatFat32(device, { label, volumeId: 0x12345678 });
  return device;
}

export function newCache(device: BlockDevice, cacheBytes = CACHE_BYTES): BlockCache {
  return new BlockCache(device, new Arena(BlockCache.arenaBytes(cacheBytes)), cacheBytes);
}

export function mountFat(
  device: OrderedDevice,
  options: Partial<MountFat32Options> = {},
): FileSystem {
  return mountFat32(device, {
    isReadOnly: false,
    uid: CREATOR.uid,
    gid: CREATOR.gid,
    discardFreed: false,
    ...options,
  });
}

/** Runs `use` with the path of a file that holds these bytes, which is removed afterwards. */
export function withImage<T>(bytes: Uint8Array, use: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'lockline-fat-'));
  try {
    const path = join(folder, 'image');
    writeFileSync(path, bytes);
    return use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs `fsck.fat -n`. `complaints` is empty where it finds nothing to repair. */
export function fsckFat(bytes: Uint8Array): Readonly<{ status: number; complaints: string }> {
  return withImage(bytes, (path) => {
    const result = spawnSync('fsck.fat', ['-n', path], { encoding: 'utf8' });
    const noise = /^fsck\.fat |files, \d+\/\d+ clusters$|^\s*$/;
    const lines = result.stdout.split('\n').filter((line) => !noise.test(line));
    return { status: result.status ?? -1, complaints: lines.join('\n') };
  });
}

export function name(text: string): Uint8Array {
  return Buffer.from(text);
}

/** Lists a directory without "." and "..", in small portions as a kernel does. */
export function list(fileSystem: FileSystem, node: number, portion = 50): string[] {
  const names: string[] = [];
  let cookie = 0;
  for (;;) {
    let taken = 0;
    fileSystem.readDirectory(node, cookie, (bytes, _node, _kind, next) => {
      if (taken === portion) return false;
      taken += 1;
      cookie = next;
      names.push(Buffer.from(bytes).toString());
      return true;
    });
    if (taken === 0) return names.filter((text) => text !== '.' && text !== '..');
  }
}

export function newAttributes(): NodeAttributes {
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

export function attributesOf(fileSystem: FileSystem, node: number): NodeAttributes {
  const attributes = newAttributes();
  fileSystem.readAttributes(node, attributes);
  return attributes;
}

/** Reads a whole file by its number. */
export function readAll(fileSystem: FileSystem, node: number): Buffer {
  const content = Buffer.alloc(attributesOf(fileSystem, node).sizeBytes);
  fileSystem.read(node, 0, content);
  return content;
}

/** Writes a file of this content; makes it where it is not there. Returns its node, referenced. */
export function putFile(
  fileSystem: FileSystem,
  parent: number,
  text: string,
  content: Uint8Array,
): number {
  const node = fileSystem.create(parent, name(text), 0o600, CREATOR);
  fileSystem.write(node, 0, Buffer.from(content));
  return node;
}

/** Returns every path below the root with its content; directories end in "/". */
export function readTree(fileSystem: FileSystem): Map<string, Buffer> {
  const tree = new Map<string, Buffer>();
  const visit = (node: number, prefix: string): void => {
    for (const text of list(fileSystem, node)) {
      const child = fileSystem.lookup(node, name(text));
      const isDirectory = attributesOf(fileSystem, child).kind === 'directory';
      const path = prefix + text;
      tree.set(
        isDirectory ? `${path}/` : path,
        isDirectory ? Buffer.alloc(0) : readAll(fileSystem, child),
      );
      if (isDirectory) visit(child, `${path}/`);
      fileSystem.forget(child, 1);
    }
  };
  visit(1, '');
  return tree;
}

/** A small seeded generator: the same seed gives the same numbers everywhere. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Returns a whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }
}
