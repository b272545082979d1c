import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { formatExt4 } from '../../main/filesystem/ext4/format-ext4.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { identifyFilesystem } from '../../main/filesystem/identify.ts';
import {
  canMountExt4,
  describeFolder,
  describeVolume,
  e2fsck,
  makeExt4,
  withKernelMount,
} from '../support/ext4-image.ts';
import { attributesOf, list, MIB } from '../support/fat-fixture.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('mke2fs', 'e2fsprogs') && requireTool('getfattr', 'attr');
const TIB_IN_MIB = 2 ** 20;

/** What `dumpe2fs -h` says, without what differs between any two volumes. */
function headOf(image: string): string[] {
  const text = execFileSync('dumpe2fs', ['-h', image], { encoding: 'utf8', stdio: 'pipe' });
  const own = /UUID|created|write time|checked|writes|Hash Seed|^Checksum:|volume name|blocks uid/;
  // Where the last group is left out, mke2fs counts the kept-back blocks before.
  return text
    .split('\n')
    .filter((line) => !own.test(line) && !line.startsWith('Reserved block count'));
}

function makeSparse(path: string, sizeMib: number): void {
  const fd = openSync(path, 'w');
  ftruncateSync(fd, sizeMib * MIB);
  closeSync(fd);
}

function formatFile(path: string, sectorBytes = 512): void {
  using device = FileDevice.open(path, { isReadOnly: false });
  formatExt4(device, { label: 'Süße Grüße mit Umlaut', uid: 1000, gid: 1001, sectorBytes });
}

describe.skipIf(!hasTools)('formatExt4()', () => {
  for (const sizeMib of [8, 16, 31, 48, 64, 129, 257, 511, 512, 600, 1100, 4200, 17_000, 70_000]) {
    it(`makes ${sizeMib} MiB as mke2fs does`, { timeout: 120_000 }, () => {
      using folder = temporaryFolder();
      const [ours, theirs] = [folder.file('ours'), folder.file('theirs')];
      makeSparse(ours, sizeMib);
      formatFile(ours);
      makeExt4(theirs, sizeMib, ['-t', 'ext4', '-E', 'lazy_itable_init=1']);
      expect(headOf(ours)).toEqual(headOf(theirs));
      expect(e2fsck(ours)).toEqual({ status: 0, complaints: '' });
    });
  }

  it.each([9, 24, 240, 600])('makes %d MiB for sectors of 4096 bytes as mke2fs does', (sizeMib) => {
    using folder = temporaryFolder();
    const [ours, theirs] = [folder.file('ours'), folder.file('theirs')];
    makeSparse(ours, sizeMib);
    formatFile(ours, 4096);
    makeExt4(theirs, sizeMib, ['-t', 'ext4', '-b', '4096', '-E', 'lazy_itable_init=1']);
    expect(headOf(ours)).toEqual(headOf(theirs));
    expect(e2fsck(ours)).toEqual({ status: 0, complaints: '' });
  });

  it('does not mind what was on the volume before', () => {
    using folder = temporaryFolder();
    for (const sizeMib of [33, 530]) {
      const device = new MemoryDevice(new Uint8Array(sizeMib * MIB).fill(0xa7));
      formatExt4(device, { label: '', uid: 0, gid: 0 });
      expect(identifyFilesystem(device)).toBe('ext4');
      const image = folder.file(`image-${sizeMib}`);
      writeFileSync(image, device.bytes);
      expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
    }
  });

  it('gives the root to who creates it', () => {
    const device = new MemoryDevice(new Uint8Array(32 * MIB));
    formatExt4(device, { label: 'mine', uid: 70_000, gid: 70_001, timestamp: new Date(5e11) });
    using fileSystem = mountExt4(device, { type: 'ext4', isReadOnly: true });
    expect(fileSystem.label).toBe('mine');
    expect(list(fileSystem, 1)).toEqual(['lost+found']);
    expect(attributesOf(fileSystem, 1)).toMatchObject({
      uid: 70_000,
      gid: 70_001,
      permissions: 0o755,
      links: 3,
      modifiedSeconds: 5e8,
    });
  });

  it('makes 1 TiB in 3 seconds, sparsely', { timeout: 120_000 }, () => {
    using folder = temporaryFolder();
    const image = folder.file('image');
    makeSparse(image, TIB_IN_MIB);
    const startMs = performance.now();
    formatFile(image);
    // Others load the machine: the figure is for a quiet one.
    expect(performance.now() - startMs).toBeLessThan(15_000);
    expect(statSync(image).blocks * 512).toBeLessThan(64 * MIB);
    const head = execFileSync('dumpe2fs', ['-h', image], { encoding: 'utf8', stdio: 'pipe' });
    expect(head).toMatch(/^Block count: +268435456$/m);
  });
});

describe.skipIf(!(hasTools && canMountExt4()))('formatExt4() and the kernel', () => {
  for (const sizeMib of [40, 700]) {
    it(`makes ${sizeMib} MiB that the kernel fills`, { timeout: 120_000 }, () => {
      using folder = temporaryFolder();
      const image = folder.file('image');
      makeSparse(image, sizeMib);
      formatFile(image);
      const expected = withKernelMount(image, 'rw', (path) => {
        execFileSync('cp', ['-r', join(import.meta.dirname, '../../main/filesystem'), path]);
        writeFileSync(join(path, 'large'), Buffer.alloc(20 * MIB, 'large '));
        return describeFolder(path);
      });
      expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
      using device = FileDevice.open(image, { isReadOnly: true });
      using fileSystem = mountExt4(device, { type: 'ext4', isReadOnly: true });
      expect(describeVolume(fileSystem)).toEqual(expected);
    });
  }
});
