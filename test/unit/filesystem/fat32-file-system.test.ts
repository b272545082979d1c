import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockCache } from '../../../main/block/block-cache.ts';
import type { MemoryDevice } from '../../../main/block/memory-device.ts';
import type { FileSystem } from '../../../main/filesystem/file-system.ts';
import { FileSystemError } from '../../../main/filesystem/file-system-error.ts';
import {
  attributesOf,
  CREATOR,
  fsckFat,
  list,
  mountFat,
  name,
  newCache,
  newFatVolume,
  PLAIN,
  putFile,
  readAll,
  readTree,
} from '../../support/fat-fixture.ts';
import { requireTool } from '../../support/require-tool.ts';

const FOUR_GIB = 2 ** 32;
const hasFsck = requireTool('fsck.fat', 'dosfstools');

let device: MemoryDevice;
let cache: BlockCache;
let fileSystem: FileSystem;

function remount(options: Parameters<typeof mountFat>[1] = {}): void {
  fileSystem[Symbol.dispose]();
  cache[Symbol.dispose]();
  cache = newCache(device);
  fileSystem = mountFat(cache, options);
}

function errnoOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof FileSystemError) return error.errno;
    throw error;
  }
  return 'none';
}

function create(text: string, parent = 1): number {
  return fileSystem.create(parent, name(text), 0o600, CREATOR);
}

function makeDirectory(text: string, parent = 1): number {
  return fileSystem.makeDirectory(parent, name(text), 0o700, CREATOR);
}

beforeEach(() => {
  device = newFatVolume(16);
  cache = newCache(device);
  fileSystem = mountFat(cache);
});

afterEach(() => {
  fileSystem[Symbol.dispose]();
  cache[Symbol.dispose]();
  if (hasFsck) expect(fsckFat(device.bytes)).toEqual({ status: 0, complaints: '' });
});

describe('names', () => {
  it.each([
    ['plain.txt', 'plain.txt'],
    ['PLAIN.TXT', 'PLAIN.TXT'],
    ['Mixed.Case', 'Mixed.Case'],
    ['dots at the end...', 'dots at the end'],
    ['.hidden', '.hidden'],
    ['a.b.c.d', 'a.b.c.d'],
    ['🦊 日本語 ÄÖÜ', '🦊 日本語 ÄÖÜ'],
    ['x'.repeat(255), 'x'.repeat(255)],
    ['13 units long', '13 units long'],
    ['[brackets] + = ; ,', '[brackets] + = ; ,'],
    ['å', 'å'],
  ])('%j is kept as %j over a remount', (text, kept) => {
    create(text);
    expect(list(fileSystem, 1)).toEqual([kept]);
    remount();
    expect(list(fileSystem, 1)).toEqual([kept]);
    expect(fileSystem.lookup(1, name(kept.toUpperCase()))).toBeGreaterThan(1);
  });

  it.each([
    ['a*b', 'EINVAL'],
    ['a?b', 'EINVAL'],
    ['a:b', 'EINVAL'],
    ['a\\b', 'EINVAL'],
    ['a"b', 'EINVAL'],
    ['a<b>|', 'EINVAL'],
    ['tab\t', 'EINVAL'],
    ['space ', 'EINVAL'],
    ['...', 'ENOENT'],
    ['x'.repeat(256), 'ENAMETOOLONG'],
  ])('%j is refused with %s', (text, errno) => {
    expect(errnoOf(() => create(text))).toBe(errno);
    expect(list(fileSystem, 1)).toEqual([]);
  });

  it('refuses what is not UTF-8, and finds nothing under it', () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0x62);
    expect(errnoOf(() => fileSystem.create(1, bytes, 0o600, CREATOR))).toBe('EINVAL');
    expect(errnoOf(() => fileSystem.lookup(1, bytes))).toBe('ENOENT');
  });

  it('finds a file by another case and by its short name, and makes no second one', () => {
    const node = create('A Long Name.txt');
    for (const text of ['a long name.TXT', 'ALONGN~1.TXT', 'A Long Name.txt..']) {
      expect(fileSystem.lookup(1, name(text))).toBe(node);
      expect(errnoOf(() => create(text))).toBe('EEXIST');
    }
  });

  it('renames in case alone', () => {
    create('readme');
    fileSystem.rename(1, name('readme'), 1, name('ReadMe'), PLAIN);
    expect(list(fileSystem, 1)).toEqual(['ReadMe']);
    fileSystem.rename(1, name('README'), 1, name('README'), PLAIN);
    expect(list(fileSystem, 1)).toEqual(['README']);
  });
});

describe('files', () => {
  it('reads zeros where nothing was written, never former content', () => {
    const old = putFile(fileSystem, 1, 'old', Buffer.alloc(200_000, 0x55));
    fileSystem.unlink(1, name('old'));
    fileSystem.forget(old, 1);
    fileSystem.sync();
    const node = create('new');
    fileSystem.write(node, 150_000, Buffer.from('end'));
    fileSystem.setAttributes(node, { sizeBytes: 180_000 });
    fileSystem.setAttributes(node, { sizeBytes: 100 });
    fileSystem.setAttributes(node, { sizeBytes: 5000 });
    expect(readAll(fileSystem, node).every((byte) => byte === 0)).toBe(true);
  });

  it('ends at 4 GiB - 1', () => {
    const node = create('big');
    const source = Buffer.from('xy');
    expect(errnoOf(() => fileSystem.write(node, FOUR_GIB - 1, source))).toBe('EFBIG');
    expect(errnoOf(() => fileSystem.write(node, FOUR_GIB, source))).toBe('EFBIG');
    expect(errnoOf(() => fileSystem.setAttributes(node, { sizeBytes: FOUR_GIB }))).toBe('EFBIG');
    expect(errnoOf(() => fileSystem.write(node, FOUR_GIB - 2, source))).toBe('ENOSPC');
    expect(attributesOf(fileSystem, node).sizeBytes).toBe(0);
  });

  it('writes what fits when space runs out, and gives it back', () => {
    const { freeBlocks } = fileSystem.usage;
    const node = create('all');
    const source = Buffer.alloc(20 * 2 ** 20, 1);
    const count = fileSystem.write(node, 0, source);
    expect(count).toBe(freeBlocks * fileSystem.usage.blockBytes);
    expect(fileSystem.usage.freeBlocks).toBe(0);
    expect(errnoOf(() => fileSystem.write(node, count, Buffer.from('x')))).toBe('ENOSPC');
    expect(errnoOf(() => makeDirectory('none left'))).toBe('ENOSPC');
    fileSystem.setAttributes(node, { sizeBytes: 0 });
    expect(fileSystem.usage.freeBlocks).toBe(freeBlocks);
    expect(fileSystem.write(node, 0, Buffer.alloc(1000, 2))).toBe(1000);
  });

  it('lives on without a name until it is closed and forgotten', () => {
    const { freeBlocks } = fileSystem.usage;
    const node = putFile(fileSystem, 1, 'open', Buffer.from('content'));
    fileSystem.open(node);
    fileSystem.unlink(1, name('open'));
    create('open');
    fileSystem.write(node, 7, Buffer.from(' and more'));
    expect(readAll(fileSystem, node).toString()).toBe('content and more');
    expect(attributesOf(fileSystem, node).links).toBe(0);
    fileSystem.forget(node, 1);
    expect(fileSystem.usage.freeBlocks).toBeLessThan(freeBlocks);
    fileSystem.close(node);
    expect(fileSystem.usage.freeBlocks).toBe(freeBlocks);
    expect(errnoOf(() => attributesOf(fileSystem, node))).toBe('ESTALE');
  });

  it('is replaced by rename while the replaced one is open', () => {
    const target = putFile(fileSystem, 1, 'target', Buffer.from('old'));
    fileSystem.open(target);
    const source = putFile(fileSystem, 1, 'a temporary name', Buffer.from('new'));
    const flags = { noReplace: true, exchange: false };
    const rename = (options: typeof flags) => (): void =>
      fileSystem.rename(1, name('a temporary name'), 1, name('target'), options);
    expect(errnoOf(rename(flags))).toBe('EEXIST');
    expect(errnoOf(rename({ noReplace: false, exchange: true }))).toBe('EINVAL');
    rename(PLAIN)();
    expect(readAll(fileSystem, target).toString()).toBe('old');
    expect(fileSystem.lookup(1, name('TARGET'))).toBe(source);
    fileSystem.close(target);
    remount();
    expect(readTree(fileSystem)).toEqual(new Map([['target', Buffer.from('new')]]));
  });

  it('allocates by growing with zeros, and refuses what cannot be held', () => {
    const node = create('file');
    fileSystem.allocate(node, 0, 100, 10_000);
    expect(readAll(fileSystem, node)).toEqual(Buffer.alloc(10_100));
    expect(errnoOf(() => fileSystem.allocate(node, 1, 0, 1))).toBe('ENOTSUP');
    expect(errnoOf(() => fileSystem.allocate(node, 0, 0, 0))).toBe('EINVAL');
  });
});

describe('directories', () => {
  it('gives the errno of Linux', () => {
    const folder = makeDirectory('folder');
    const inner = makeDirectory('inner', folder);
    const file = create('file');
    const move = (from: string, to: number, text: string) => (): void =>
      fileSystem.rename(1, name(from), to, name(text), PLAIN);
    expect(errnoOf(() => fileSystem.removeDirectory(1, name('folder')))).toBe('ENOTEMPTY');
    expect(errnoOf(() => fileSystem.removeDirectory(1, name('file')))).toBe('ENOTDIR');
    expect(errnoOf(() => fileSystem.unlink(1, name('folder')))).toBe('EISDIR');
    expect(errnoOf(() => fileSystem.lookup(file, name('x')))).toBe('ENOTDIR');
    expect(errnoOf(() => fileSystem.read(folder, 0, Buffer.alloc(1)))).toBe('EISDIR');
    expect(errnoOf(move('folder', inner, 'x'))).toBe('EINVAL');
    expect(errnoOf(move('folder', folder, 'x'))).toBe('EINVAL');
    expect(errnoOf(move('folder', 1, 'file'))).toBe('ENOTDIR');
    expect(errnoOf(move('file', 1, 'folder'))).toBe('EISDIR');
    makeDirectory('other');
    expect(errnoOf(move('other', 1, 'folder'))).toBe('ENOTEMPTY');
    expect(errnoOf(() => fileSystem.symlink(1, name('s'), name('t'), CREATOR))).toBe('EPERM');
    expect(errnoOf(() => fileSystem.link(file, 1, name('l')))).toBe('EPERM');
    const makeNode = (): number => fileSystem.makeNode(1, name('p'), 'fifo', 0o600, 0, CREATOR);
    expect(errnoOf(makeNode)).toBe('EPERM');
    expect(errnoOf(() => fileSystem.readLink(file))).toBe('EINVAL');
    expect(fileSystem.makeNode(1, name('n'), 'file', 0o600, 0, CREATOR)).toBeGreaterThan(1);
  });

  it('moves with its content, keeps its number and is removed at last', () => {
    const [a, b] = [makeDirectory('a'), makeDirectory('b')];
    const moved = makeDirectory('moved', a);
    putFile(fileSystem, moved, 'inside', Buffer.from('x'));
    fileSystem.rename(a, name('moved'), b, name('here now'), PLAIN);
    expect(fileSystem.lookup(b, name('here now'))).toBe(moved);
    expect(list(fileSystem, a)).toEqual([]);
    fileSystem.removeDirectory(1, name('a'));
    expect(errnoOf(() => create('x', a))).toBe('ENOENT');
    remount();
    expect([...readTree(fileSystem).keys()].sort()).toEqual([
      'b/',
      'b/here now/',
      'b/here now/inside',
    ]);
  });

  it('does not list a moved name before the sync, nor loses one', () => {
    const folder = makeDirectory('folder');
    for (let i = 0; i < 300; i += 1) create(`some file with number ${i}`, folder);
    fileSystem.sync();
    for (let i = 0; i < 100; i += 1) {
      fileSystem.rename(folder, name(`some file with number ${i}`), 1, name(`top ${i}`), PLAIN);
    }
    expect(list(fileSystem, folder, 7)).toHaveLength(200);
    expect(list(fileSystem, 1)).toHaveLength(101);
    create('some file with number 5', folder);
    remount();
    expect(list(fileSystem, fileSystem.lookup(1, name('folder')))).toHaveLength(201);
  });

  it('takes 10,000 files in under 5 s, and lists and finds each', { timeout: 60_000 }, () => {
    const folder = makeDirectory('many');
    const started = performance.now();
    for (let i = 0; i < 10_000; i += 1) {
      const node = create(`file number ${i}.txt`, folder);
      fileSystem.write(node, 0, Buffer.from(`content ${i}`));
      fileSystem.forget(node, 1);
    }
    fileSystem.sync();
    expect(performance.now() - started).toBeLessThan(5000);
    expect(new Set(list(fileSystem, folder)).size).toBe(10_000);
    remount();
    const again = fileSystem.lookup(1, name('many'));
    for (let i = 0; i < 10_000; i += 997) {
      const node = fileSystem.lookup(again, name(`FILE NUMBER ${i}.txt`));
      expect(readAll(fileSystem, node).toString()).toBe(`content ${i}`);
    }
  });

  it('ends with ENOSPC at 65,536 slots', { timeout: 60_000 }, () => {
    const folder = makeDirectory('full');
    let made = 0;
    const errno = errnoOf(() => {
      for (;;) {
        fileSystem.forget(create(`F${made}`, folder), 1);
        made += 1;
      }
    });
    expect([errno, made]).toEqual(['ENOSPC', 65_534]);
  });
});

describe('attributes', () => {
  it('keeps times in steps of two seconds and the write protection', () => {
    const node = create('file');
    const modified = { seconds: 1_700_000_001, nanoseconds: 5 };
    fileSystem.setAttributes(node, { modified, permissions: 0o444 });
    expect(attributesOf(fileSystem, node)).toMatchObject({
      modifiedSeconds: 1_700_000_000,
      permissions: 0o400,
      uid: CREATOR.uid,
      gid: CREATOR.gid,
    });
    remount();
    const again = fileSystem.lookup(1, name('file'));
    expect(attributesOf(fileSystem, again)).toMatchObject({
      modifiedSeconds: 1_700_000_000,
      permissions: 0o400,
    });
    fileSystem.setAttributes(again, { permissions: 0o644 });
    expect(attributesOf(fileSystem, again).permissions).toBe(0o600);
  });

  it('refuses another owner and special bits, and ignores other permissions', () => {
    const node = create('file');
    expect(errnoOf(() => fileSystem.setAttributes(node, { uid: 5 }))).toBe('EPERM');
    expect(errnoOf(() => fileSystem.setAttributes(node, { permissions: 0o4600 }))).toBe('EPERM');
    fileSystem.setAttributes(node, { uid: CREATOR.uid, gid: CREATOR.gid, permissions: 0 });
    expect(attributesOf(fileSystem, node).permissions).toBe(0o600);
  });

  it('refuses every change on a read-only mount', () => {
    create('file');
    remount({ isReadOnly: true });
    const node = fileSystem.lookup(1, name('file'));
    const before = Buffer.from(device.bytes);
    for (const change of [
      () => fileSystem.write(node, 0, Buffer.from('x')),
      () => fileSystem.setAttributes(node, { sizeBytes: 0 }),
      () => create('other'),
      () => fileSystem.unlink(1, name('file')),
      () => makeDirectory('d'),
      () => fileSystem.rename(1, name('file'), 1, name('f'), PLAIN),
    ]) {
      expect(errnoOf(change)).toBe('EROFS');
    }
    fileSystem.sync();
    expect(before.equals(device.bytes)).toBe(true);
  });

  it('costs nothing to sync twice', () => {
    create('file');
    fileSystem.sync();
    let writes = 0;
    const { writeFrom } = device;
    device.writeFrom = (offset, source): void => {
      writes += 1;
      writeFrom.call(device, offset, source);
    };
    fileSystem.sync();
    fileSystem.syncNode(1);
    expect(writes).toBe(0);
  });

  it('discards freed clusters only after a sync', () => {
    remount({ discardFreed: true });
    const node = putFile(fileSystem, 1, 'file', Buffer.alloc(50_000, 1));
    fileSystem.sync();
    const discarded: number[] = [];
    device.discard = (_offset, length): void => {
      discarded.push(length);
    };
    fileSystem.unlink(1, name('file'));
    fileSystem.forget(node, 1);
    expect(discarded).toEqual([]);
    fileSystem.sync();
    expect(discarded.reduce((sum, length) => sum + length, 0)).toBe(50_176);
  });
});
