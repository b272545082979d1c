import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  opendirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastErrno, libcFunction } from '../../main/system/libc.ts';
import { requireTool } from '../support/require-tool.ts';
import { type MemoryMount, serveMemory } from '../unit/mount/serve-memory.ts';

const hasFuse = requireTool('fusermount3', 'fuse3');
const hasAttr = requireTool('setfattr', 'attr');
const CAPACITY_BYTES = 64 * 1024 * 1024;
const AT_FDCWD = -100;
const EEXIST = 17;
const EINVAL = 22;

const renameat2 = libcFunction<
  (oldFd: number, from: string, newFd: number, to: string, flags: number) => number
>(
  'int renameat2(int olddirfd, const char *oldpath, int newdirfd, const char *newpath, unsigned int flags)',
);

function renameWith(from: string, to: string, flags: number): number {
  return renameat2(AT_FDCWD, from, AT_FDCWD, to, flags) === 0 ? 0 : lastErrno();
}

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  }
}

describe.skipIf(!hasFuse)('a FUSE mount, through the kernel', () => {
  let mount: MemoryMount;
  let counter = 0;
  /** A fresh folder in the mount, for each test its own. */
  const fresh = (): string => {
    counter += 1;
    const path = join(mount.mountPoint, `t${counter}`);
    mkdirSync(path);
    return path;
  };

  beforeAll(async () => {
    mount = await serveMemory({ fileSystem: { capacityBytes: CAPACITY_BYTES } });
  });
  afterAll(async () => {
    const report = await mount.unmount();
    await mount[Symbol.asyncDispose]();
    expect(report.exit).toBe('unmounted');
    expect(report.held).toEqual({ references: 0, handles: 0, orphans: 0 });
  });

  it('writes, reads, appends and truncates', () => {
    const path = join(fresh(), 'file');
    writeFileSync(path, 'hello');
    appendFileSync(path, ' world');
    expect(readFileSync(path, 'utf8')).toBe('hello world');
    truncateSync(path, 5);
    expect(readFileSync(path, 'utf8')).toBe('hello');
    truncateSync(path, 8);
    expect(readFileSync(path)).toEqual(Buffer.from('hello\0\0\0'));
    writeFileSync(path, 'x');
    expect(statSync(path).size).toBe(1);
  });

  it('reads back what was written at scattered offsets of an open file', () => {
    const fd = openSync(join(fresh(), 'file'), 'w+');
    const block = Buffer.alloc(3_000_001, 7);
    writeSync(fd, block, 0, block.length, 1_000_001);
    writeSync(fd, Buffer.from('mark'), 0, 4, 2_000_000);
    const back = Buffer.alloc(4);
    readSync(fd, back, 0, 4, 2_000_000);
    expect(back.toString()).toBe('mark');
    readSync(fd, back, 0, 4, 999_999);
    expect([...back]).toEqual([0, 0, 7, 7]);
    ftruncateSync(fd, 10);
    expect(readSync(fd, back, 0, 4, 8)).toBe(2);
    closeSync(fd);
  });

  it('keeps an unlinked open file until it is closed', async () => {
    const path = join(fresh(), 'file');
    const fd = openSync(path, 'w+');
    writeSync(fd, 'still here');
    unlinkSync(path);
    expect(existsSync(path)).toBe(false);
    const back = Buffer.alloc(10);
    readSync(fd, back, 0, 10, 0);
    expect(back.toString()).toBe('still here');
    expect((await mount.report()).held.orphans).toBe(1);
    closeSync(fd);
  });

  it('makes hard and symbolic links, and counts them', () => {
    const folder = fresh();
    writeFileSync(join(folder, 'a'), 'a');
    linkSync(join(folder, 'a'), join(folder, 'b'));
    expect(statSync(join(folder, 'a')).nlink).toBe(2);
    expect(statSync(join(folder, 'a')).ino).toBe(statSync(join(folder, 'b')).ino);
    unlinkSync(join(folder, 'a'));
    expect(statSync(join(folder, 'b')).nlink).toBe(1);
    symlinkSync('b', join(folder, 'l'));
    expect(readlinkSync(join(folder, 'l'))).toBe('b');
    expect(readFileSync(join(folder, 'l'), 'utf8')).toBe('a');
    expect(lstatSync(join(folder, 'l')).isSymbolicLink()).toBe(true);
  });

  it('sets times of files and of links, and moves them on writes', () => {
    const path = join(fresh(), 'file');
    writeFileSync(path, 'x');
    utimesSync(path, 1_000_000_000.25, new Date(-5000));
    expect(statSync(path).atimeMs).toBe(1_000_000_000_250);
    expect(statSync(path).mtimeMs).toBe(-5000);
    const before = Date.now();
    appendFileSync(path, 'y');
    expect(statSync(path).mtimeMs).toBeGreaterThanOrEqual(before - 1000);
    symlinkSync('x', `${path}-link`);
    lutimesSync(`${path}-link`, 5, 6);
    expect(lstatSync(`${path}-link`).mtimeMs).toBe(6000);
  });

  it('moves the time of a folder whose entries change', () => {
    const folder = fresh();
    utimesSync(folder, 1, 1);
    writeFileSync(join(folder, 'new'), '');
    expect(statSync(folder).mtimeMs).toBeGreaterThan(1e12);
  });

  it('renames over files, empty folders and across folders', () => {
    const folder = fresh();
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('a'), 'a');
    writeFileSync(at('b'), 'b');
    renameSync(at('a'), at('b'));
    expect(readdirSync(folder)).toEqual(['b']);
    expect(readFileSync(at('b'), 'utf8')).toBe('a');
    mkdirSync(at('d'));
    mkdirSync(at('e'));
    renameSync(at('b'), at('d/b'));
    renameSync(at('d'), at('e'));
    expect(readFileSync(at('e/b'), 'utf8')).toBe('a');
    expect(existsSync(at('d'))).toBe(false);
  });

  it('honours the flags of renameat2', () => {
    const folder = fresh();
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    writeFileSync(a, 'a');
    writeFileSync(b, 'b');
    expect(renameWith(a, b, 1)).toBe(EEXIST);
    expect(renameWith(a, b, 2)).toBe(0);
    expect(readFileSync(a, 'utf8') + readFileSync(b, 'utf8')).toBe('ba');
    expect(renameWith(a, b, 4)).toBe(EINVAL);
    expect(renameWith(a, join(folder, 'c'), 1)).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['b', 'c']);
  });

  it('gives programs the errno that Linux would', () => {
    const folder = fresh();
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('f'), '');
    mkdirSync(at('d'));
    writeFileSync(at('d/f'), '');
    const table: readonly (readonly [string, () => unknown])[] = [
      ['ENOENT', () => readFileSync(at('missing'))],
      ['ENOENT', () => unlinkSync(at('missing'))],
      ['EEXIST', () => mkdirSync(at('f'))],
      ['EEXIST', () => openSync(at('f'), 'wx')],
      ['EEXIST', () => linkSync(at('d/f'), at('f'))],
      ['ENOTDIR', () => readFileSync(at('f/x'))],
      ['ENOTDIR', () => rmdirSync(at('f'))],
      ['EISDIR', () => unlinkSync(at('d'))],
      ['EISDIR', () => openSync(at('d'), 'w')],
      ['ENOTEMPTY', () => rmdirSync(at('d'))],
      ['ENOTEMPTY', () => renameSync(mkdtemp(folder), at('d'))],
      ['ENOTDIR', () => renameSync(at('d'), at('f'))],
      ['EISDIR', () => renameSync(at('f'), at('d'))],
      ['EINVAL', () => renameSync(at('d'), at('d/inside'))],
      ['EINVAL', () => readlinkSync(at('f'))],
      ['EPERM', () => linkSync(at('d'), at('hard'))],
      ['ENAMETOOLONG', () => writeFileSync(at('x'.repeat(256)), '')],
      ['EFBIG', () => truncateSync(at('f'), 2 ** 32)],
      ['ENOSPC', () => truncateSync(at('f'), 2 ** 30)],
      ['EXDEV', () => renameSync(at('f'), '/tmp/lockline-never')],
      ['EIO', () => writeFileSync(at('eio'), '')],
      ['EIO', () => writeFileSync(at('bug'), '')],
    ];
    expect(table.map(([, action]) => codeOf(action))).toEqual(table.map(([code]) => code));
  });

  it('counts faults apart from refusals', async () => {
    const before = (await mount.report()).faults;
    const folder = fresh();
    codeOf(() => writeFileSync(join(folder, 'bug'), ''));
    codeOf(() => readFileSync(join(folder, 'missing')));
    expect((await mount.report()).faults).toBe(before + 1);
  });

  it('stops at a full volume without losing what was written', async () => {
    const folder = fresh();
    writeFileSync(join(folder, 'before'), 'precious');
    const big = openSync(join(folder, 'big'), 'w');
    const block = Buffer.alloc(1024 * 1024, 1);
    const fill = (): void => {
      for (let index = 0; index < 2 * (CAPACITY_BYTES / block.length); index += 1)
        writeSync(big, block);
    };
    // The kernel may give files of earlier tests back only now: then there is room once more.
    do expect(codeOf(fill)).toBe('ENOSPC');
    while (statfsSync(folder).bfree > 0);
    closeSync(big);
    expect(readFileSync(join(folder, 'before'), 'utf8')).toBe('precious');
    rmSync(join(folder, 'big'));
    // The kernel lets go of a closed file in its own time.
    await expect.poll(() => statfsSync(folder).bfree).toBeGreaterThan(1000);
  });

  it('brings fsync of files and folders to the filesystem', async () => {
    const folder = fresh();
    const before = (await mount.report()).syncs;
    const file = openSync(join(folder, 'f'), 'w');
    writeSync(file, 'x');
    fsyncSync(file);
    closeSync(file);
    const directory = openSync(folder, 'r');
    fsyncSync(directory);
    closeSync(directory);
    expect((await mount.report()).syncs).toBe(before + 2);
  });

  it('lists 10,000 entries, each once, and survives removal on the way', () => {
    const folder = fresh();
    const names = Array.from(
      { length: 10_000 },
      (_, index) => `entry-${index}-${'x'.repeat(index % 40)}`,
    );
    for (const name of names) writeFileSync(join(folder, name), '');
    expect(readdirSync(folder).sort()).toEqual([...names].sort());
    const listing = opendirSync(folder);
    const seen: string[] = [];
    for (let entry = listing.readSync(); entry !== null; entry = listing.readSync()) {
      seen.push(entry.name);
      unlinkSync(join(folder, entry.name));
    }
    listing.closeSync();
    expect(seen.length).toBe(names.length);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('can return to any place of a listing that was told', () => {
    const folder = fresh();
    for (let index = 0; index < 3000; index += 1) writeFileSync(join(folder, `n${index}`), '');
    const opendir = libcFunction<(path: string) => unknown>('void *opendir(const char *name)');
    const readdir = libcFunction<(handle: unknown) => unknown>('void *readdir(void *dirp)');
    const telldir = libcFunction<(handle: unknown) => number>('int64_t telldir(void *dirp)');
    const seekdir = libcFunction<(handle: unknown, at: number) => void>(
      'void seekdir(void *dirp, int64_t loc)',
    );
    const closedir = libcFunction<(handle: unknown) => number>('int closedir(void *dirp)');
    const handle = opendir(folder);
    const places: number[] = [];
    for (;;) {
      places.push(telldir(handle));
      if (readdir(handle) === null) break;
    }
    expect(places).toHaveLength(3003);
    for (const [index, place] of [...places.entries()].reverse().filter(([at]) => at % 97 === 0)) {
      seekdir(handle, place);
      let left = 0;
      while (readdir(handle) !== null) left += 1;
      expect(left).toBe(3002 - index);
    }
    closedir(handle);
  });

  it('makes fifos, and refuses attributes that it cannot keep', () => {
    const folder = fresh();
    expect(spawnSync('mkfifo', [join(folder, 'p')]).status).toBe(0);
    expect(lstatSync(join(folder, 'p')).isFIFO()).toBe(true);
    writeFileSync(join(folder, 'f'), '');
    if (!hasAttr) return;
    const result = spawnSync('setfattr', ['-n', 'user.x', '-v', '1', join(folder, 'f')], {
      env: { ...process.env, LC_ALL: 'C' },
      encoding: 'utf8',
    });
    expect(result.stderr).toContain('Operation not supported');
  });

  it('preallocates and punches holes', () => {
    const path = join(fresh(), 'file');
    writeFileSync(path, Buffer.alloc(10_000, 1));
    expect(spawnSync('fallocate', ['-l', '20000', path]).status).toBe(0);
    expect(statSync(path).size).toBe(20_000);
    expect(spawnSync('fallocate', ['-p', '-o', '4096', '-l', '4096', path]).status).toBe(0);
    const content = readFileSync(path);
    expect([content[4095], content[4096], content[8191], content[8192], content[10_001]]).toEqual([
      1, 0, 0, 1, 0,
    ]);
  });

  it('keeps modes, and refuses what they forbid', () => {
    const path = join(fresh(), 'file');
    writeFileSync(path, 'x', { mode: 0o640 });
    expect(statSync(path).mode & 0o7777).toBe(0o640 & ~process.umask());
  });
});

function mkdtemp(folder: string): string {
  const path = join(folder, 'moved');
  mkdirSync(path);
  return path;
}

describe.skipIf(!hasFuse)('a read-only FUSE mount', () => {
  it('refuses every change with EROFS', async () => {
    await using mount = await serveMemory({ isReadOnly: true });
    expect(codeOf(() => writeFileSync(join(mount.mountPoint, 'f'), ''))).toBe('EROFS');
    expect(codeOf(() => mkdirSync(join(mount.mountPoint, 'd')))).toBe('EROFS');
    expect(readdirSync(mount.mountPoint)).toEqual([]);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toMatch(
      new RegExp(`${mount.mountPoint} ro,nosuid,nodev`),
    );
  });
});

describe.skipIf(!hasFuse)('a FUSE mount whose names ignore case', () => {
  it('never serves a removed file under another spelling', async () => {
    await using mount = await serveMemory({ fileSystem: { isCaseInsensitive: true } });
    const at = (name: string): string => join(mount.mountPoint, name);
    writeFileSync(at('Foo'), 'old');
    expect(readFileSync(at('foo'), 'utf8')).toBe('old');
    unlinkSync(at('FOO'));
    expect(existsSync(at('foo'))).toBe(false);
    writeFileSync(at('foo'), 'new');
    expect(readFileSync(at('Foo'), 'utf8')).toBe('new');
    expect(readdirSync(mount.mountPoint)).toEqual(['foo']);
    mkdirSync(at('Dir'));
    writeFileSync(at('dir/x'), 'x');
    renameSync(at('DIR'), at('other'));
    expect(existsSync(at('dir'))).toBe(false);
    expect(readFileSync(at('OTHER/X'), 'utf8')).toBe('x');
  });
});
