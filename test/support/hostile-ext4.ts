import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { checkExt4 } from '../../main/filesystem/ext4/check-ext4.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import type { FileSystem } from '../../main/filesystem/file-system.ts';
import { makeExt4 } from './ext4-image.ts';
import { Ext4Workload } from './ext4-workload.ts';
import { CREATOR, list, name } from './fat-fixture.ts';
import { mayRefuse, readAll } from './hostile.ts';
import { seededRandom } from './seeded-random.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What a volume made in bad faith has to stand: looks without a write, a check, and changes. */

/** Processor time: what else runs does not count. */
const LIMIT_MS = 2_000;
const SIZE_MIB = 8;
const EXT4 = { type: 'ext4', isReadOnly: false };
const PUNCH = 3;

/** Runs a step; whatever it did, it may not have taken long. */
function limited(what: string, step: () => void): void {
  const before = process.cpuUsage();
  mayRefuse(step);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000, what).toBeLessThan(LIMIT_MS);
}

/** Shows a volume without a write, then changes it as far as it lets itself be changed. */
export function exercise(what: string, bytes: Buffer): void {
  const before = Buffer.from(bytes);
  limited(`reading ${what}`, () => {
    using fileSystem = mountExt4(new MemoryDevice(bytes), { ...EXT4, isReadOnly: true });
    readAll(fileSystem);
  });
  limited(`checking ${what}`, () => checkExt4(new MemoryDevice(bytes), 'ext4'));
  expect(bytes.equals(before), what).toBe(true);
  limited(`writing ${what}`, () => {
    using fileSystem = mountExt4(new MemoryDevice(bytes), EXT4);
    const workload = new Ext4Workload(fileSystem, seededRandom(bytes.length), 8_000);
    for (let step = 0; step < 12; step += 1) mayRefuse(() => workload.step());
    changeAll(fileSystem);
    readAll(fileSystem);
    mayRefuse(() => fileSystem.sync());
  });
}

/** Writes to, cuts, moves and removes what the root holds. */
function changeAll(fileSystem: FileSystem): void {
  for (const [index, text] of list(fileSystem, 1).entries()) {
    mayRefuse(() => {
      const node = fileSystem.lookup(1, name(text));
      mayRefuse(() => fileSystem.write(node, 3000, Buffer.alloc(5000, 1)));
      mayRefuse(() => fileSystem.setAttributes(node, { sizeBytes: 1500 }));
      const value = Buffer.alloc(600, 2);
      const always = { mustBeNew: false, mustExist: false };
      mayRefuse(() => fileSystem.setExtendedAttribute?.(node, name('user.more'), value, always));
      mayRefuse(() => fileSystem.create(node, name('inside'), 0o644, CREATOR));
      mayRefuse(() => fileSystem.allocate(node, 0, 9000, 40_000));
      mayRefuse(() => fileSystem.allocate(node, PUNCH, 2000, 2 ** 40));
      mayRefuse(() => fileSystem.link(node, 1, name(`again ${index}`)));
      fileSystem.forget(node, 1);
    });
    const flags = { noReplace: false, exchange: false };
    mayRefuse(() => fileSystem.rename(1, name(text), 1, name(`moved ${index}`), flags));
  }
  for (const text of list(fileSystem, 1)) {
    mayRefuse(() => fileSystem.unlink(1, name(text)));
    mayRefuse(() => fileSystem.removeDirectory(1, name(text)));
  }
}

/** A volume with one of each structure, closed, and as a cut leaves it. */
export function makeHostileBase(blockBytes = 1024): Readonly<{ closed: Buffer; cut: Buffer }> {
  using folder = temporaryFolder();
  const image = folder.file('image');
  const sizeMib = (SIZE_MIB * blockBytes) / 1024;
  makeExt4(image, sizeMib, `-t ext4 -b ${blockBytes} -N 512`.split(' '));
  const device = new MemoryDevice(readFileSync(image));
  const fileSystem = mountExt4(device, EXT4);
  const make = (parent: number, text: string) =>
    fileSystem.create(parent, name(text), 0o644, CREATOR);
  const folder1 = fileSystem.makeDirectory(1, name('d'), 0o755, CREATOR);
  fileSystem.makeDirectory(folder1, name('e'), 0o755, CREATOR);
  const many = fileSystem.makeDirectory(1, name('many'), 0o755, CREATOR);
  for (let index = 0; index < 60; index += 1) make(many, `entry ${index} ${'x'.repeat(60)}`);
  const file = make(1, 'file');
  fileSystem.write(file, 0, Buffer.alloc(30_000, 'file'));
  const holes = make(1, 'holes');
  for (let index = 0; index < 40; index += 1) {
    fileSystem.write(holes, index * 4096, Buffer.alloc(1024, index));
  }
  const always = { mustBeNew: false, mustExist: false };
  for (const node of [file, folder1, holes]) {
    fileSystem.setExtendedAttribute?.(node, name('user.small'), Buffer.from('value'), always);
    fileSystem.setExtendedAttribute?.(node, name('user.large'), Buffer.alloc(500, 7), always);
  }
  fileSystem.symlink(1, name('link'), name('t'.repeat(200)), CREATOR);
  fileSystem.sync();
  const cut = Buffer.from(device.bytes);
  fileSystem[Symbol.dispose]();
  return { closed: Buffer.from(device.bytes), cut };
}

/** Makes a volume with features that we only read, filled by debugfs. */
export function makeReadBase(args: string): Buffer {
  using folder = temporaryFolder();
  const [image, script, data] = ['image', 'script', 'data'].map((one) => folder.file(one));
  if (image === undefined || script === undefined || data === undefined) throw new RangeError();
  makeExt4(image, SIZE_MIB, args.split(' '));
  writeFileSync(data, Buffer.alloc(50_000, 'data'));
  const many = Array.from({ length: 40 }, (_, index) => `mknod many/${'n'.repeat(90)}${index} p`);
  const commands = [
    ...['mkdir d', 'mkdir d/e', 'mkdir many', `write ${data} file`, `write ${script} small`],
    ...['symlink short target', `symlink long ${'t'.repeat(200)}`, 'ln file d/hard'],
    ...['ea_set file user.small value', `ea_set d user.large ${'v'.repeat(400)}`],
    ...many,
  ];
  writeFileSync(script, `${commands.join('\n')}\n`);
  execFileSync('debugfs', ['-w', '-f', script, image], { stdio: 'ignore' });
  return readFileSync(image);
}
