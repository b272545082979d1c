import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmdirSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FileSystem, NodeAttributes } from '../../main/filesystem/file-system.ts';
import { attributesOf, list, name } from './fat-fixture.ts';

/** Files longer than this are compared by size and by their ends only. */
const HASHED_BYTES = 16 * 2 ** 20;
const END_BYTES = 65_536;

/** Makes an image with mke2fs. `args` come after the type. */
export function makeExt4(path: string, sizeMib: number, args: readonly string[]): void {
  const fd = openSync(path, 'w+');
  ftruncateSync(fd, sizeMib * 2 ** 20);
  closeSync(fd);
  execFileSync('mke2fs', ['-q', '-F', ...args, path], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Whether the kernel's own ext4 can be asked: loop devices, and the right to mount. */
export function canMountExt4(): boolean {
  const isRoot = process.getuid?.() === 0;
  const isKnown = /^\text4$/m.test(readFileSync('/proc/filesystems', 'utf8'));
  const isThere = isRoot && isKnown && spawnSync('losetup', ['-f']).status === 0;
  if (!isThere) console.warn('skipped: the kernel cannot mount ext4 here (root, loop, ext4)');
  return isThere;
}

/** Mounts an image with the kernel's ext4 while `use` runs. */
export function withKernelMount<T>(image: string, options: string, use: (path: string) => T): T {
  const folder = `${image}.mnt`;
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'ext4', '-o', `loop,${options}`, image, folder]);
  try {
    return use(folder);
  } finally {
    execFileSync('umount', [folder]);
    rmdirSync(folder);
  }
}

/** Runs `e2fsck -fn`; `complaints` is empty where it finds nothing wrong. */
export function e2fsck(image: string): Readonly<{ status: number; complaints: string }> {
  const result = spawnSync('e2fsck', ['-fn', image], { encoding: 'utf8' });
  // That a tree of extents could be smaller is no fault: the kernel leaves them so too.
  const hint = 'Inode \\d+ extent tree \\(at level \\d\\) could be (shorter|narrower).*';
  const noise = new RegExp(`^(Pass \\d:.*|e2fsck \\d.*|.* files \\(.*|${hint}|\\s*)$`);
  const lines = `${result.stdout}${result.stderr}`.split('\n').filter((line) => !noise.test(line));
  return { status: result.status ?? -1, complaints: lines.join('\n') };
}

/** What is compared of one file, as one line of text. */
type Facts = Readonly<{
  attributes: Omit<NodeAttributes, 'node'>;
  content: string;
  extended: string;
}>;

function lineOf({ attributes: a, content, extended }: Facts): string {
  const time = (seconds: number, nanoseconds: number): string =>
    `${seconds}.${String(nanoseconds).padStart(9, '0')}`;
  return [
    a.kind,
    a.permissions.toString(8),
    `${a.uid}:${a.gid}`,
    `links ${a.links}`,
    // What a directory occupies is the driver's own business.
    a.kind === 'directory' ? '' : `${a.sizeBytes} bytes, ${a.allocatedBytes} allocated`,
    `modified ${time(a.modifiedSeconds, a.modifiedNanoseconds)}`,
    `changed ${time(a.changedSeconds, a.changedNanoseconds)}`,
    `device ${a.deviceNumber}`,
    content,
    extended,
  ].join('; ');
}

const KINDS = [
  ['file', 'isFile'],
  ['directory', 'isDirectory'],
  ['symlink', 'isSymbolicLink'],
  ['fifo', 'isFIFO'],
  ['socket', 'isSocket'],
  ['character', 'isCharacterDevice'],
  ['block', 'isBlockDevice'],
] as const;

/** Describes everything below a folder that the kernel shows, by path. */
export function describeFolder(root: string): Map<string, string> {
  const lines = new Map<string, string>();
  const extended = readExtended(root);
  const visit = (path: string): void => {
    const full = join(root, path);
    const attributes = statAttributes(full);
    const content =
      attributes.kind === 'file'
        ? hashOf(attributes.sizeBytes, (at, length) => readPart(full, at, length))
        : attributes.kind === 'symlink'
          ? readlinkSync(full, 'latin1')
          : '';
    lines.set(path, lineOf({ attributes, content, extended: extended.get(full) ?? '' }));
    if (attributes.kind !== 'directory') return;
    for (const entry of readdirSync(full, 'latin1')) {
      visit(join(path, Buffer.from(entry, 'latin1').toString()));
    }
  };
  visit('.');
  return lines;
}

function statAttributes(path: string): Omit<NodeAttributes, 'node'> {
  const stat = lstatSync(path, { bigint: true });
  const kind = KINDS.find(([, test]) => stat[test]())?.[0] ?? 'file';
  const parts = (ns: bigint): [number, number] => {
    const seconds = ns >= 0n ? ns / 10n ** 9n : -((-ns + 10n ** 9n - 1n) / 10n ** 9n);
    return [Number(seconds), Number(ns - seconds * 10n ** 9n)];
  };
  const [accessedSeconds, accessedNanoseconds] = parts(stat.atimeNs);
  const [modifiedSeconds, modifiedNanoseconds] = parts(stat.mtimeNs);
  const [changedSeconds, changedNanoseconds] = parts(stat.ctimeNs);
  return {
    kind,
    sizeBytes: Number(stat.size),
    allocatedBytes: Number(stat.blocks) * 512,
    permissions: Number(stat.mode) & 0o7777,
    links: Number(stat.nlink),
    uid: Number(stat.uid),
    gid: Number(stat.gid),
    accessedSeconds,
    accessedNanoseconds,
    modifiedSeconds,
    modifiedNanoseconds,
    changedSeconds,
    changedNanoseconds,
    deviceNumber: Number(stat.rdev),
  };
}

function readPart(path: string, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const fd = openSync(path, 'r');
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(fd, bytes, done, length - done, at + done);
      if (count === 0) break;
      done += count;
    }
  } finally {
    closeSync(fd);
  }
  return bytes;
}

/** Describes everything on a volume by our own driver, by path. */
export function describeVolume(fileSystem: FileSystem): Map<string, string> {
  const lines = new Map<string, string>();
  const visit = (path: string, node: number): void => {
    const attributes = attributesOf(fileSystem, node);
    const content =
      attributes.kind === 'file'
        ? hashOf(attributes.sizeBytes, (at, length) => {
            const bytes = Buffer.alloc(length);
            fileSystem.read(node, at, bytes);
            return bytes;
          })
        : attributes.kind === 'symlink'
          ? Buffer.from(fileSystem.readLink(node)).toString('latin1')
          : '';
    lines.set(path, lineOf({ attributes, content, extended: extendedOf(fileSystem, node) }));
    if (attributes.kind !== 'directory') return;
    for (const entry of list(fileSystem, node)) {
      const child = fileSystem.lookup(node, name(entry));
      visit(join(path, entry), child);
      fileSystem.forget(child, 1);
    }
  };
  visit('.', 1);
  return lines;
}

function extendedOf(fileSystem: FileSystem, node: number): string {
  const names = Buffer.from(fileSystem.listExtendedAttributes?.(node) ?? []).toString('latin1');
  return names
    .split('\0')
    .filter((text) => text !== '')
    .map((text) => {
      const value = fileSystem.getExtendedAttribute?.(node, name(text)) ?? Buffer.alloc(0);
      return `${text}=${shortOf(Buffer.from(value))}`;
    })
    .sort()
    .join(' ');
}

function hashOf(sizeBytes: number, read: (at: number, length: number) => Buffer): string {
  const hash = createHash('sha256');
  if (sizeBytes <= HASHED_BYTES) hash.update(read(0, sizeBytes));
  else hash.update(read(0, END_BYTES)).update(read(sizeBytes - END_BYTES, END_BYTES));
  return hash.digest('hex');
}

function shortOf(value: Buffer): string {
  return `${value.length}:${createHash('sha256').update(value).digest('hex').slice(0, 16)}`;
}

/** Extended attributes of everything below a folder, by full path. */
function readExtended(root: string): Map<string, string> {
  const args = ['-h', '-d', '-R', '-P', '--absolute-names', '-m', '^(user|trusted|security)\\.'];
  const text = execFileSync('getfattr', [...args, '-e', 'hex', root], {
    encoding: 'latin1',
    maxBuffer: 2 ** 28,
  });
  const found = new Map<string, string>();
  for (const part of text.split('\n\n')) {
    const [head = '', ...lines] = part.split('\n').filter((line) => line !== '');
    const path = head
      .replace('# file: ', '')
      .replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const values = lines.map((line) => {
      const [key = '', hex = ''] = line.split(/=(.*)/s);
      return `${key}=${shortOf(Buffer.from(hex.replace(/^0x/, ''), 'hex'))}`;
    });
    found.set(Buffer.from(path, 'latin1').toString(), values.sort().join(' '));
  }
  return found;
}
