import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { checkExt4 } from '../../main/filesystem/ext4/check-ext4.ts';
import { formatExt4 } from '../../main/filesystem/ext4/format-ext4.ts';
import { growExt4 } from '../../main/filesystem/ext4/grow-ext4.ts';
import { planExt4Growth } from '../../main/filesystem/ext4/grow-plan.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { readSuperblock } from '../../main/filesystem/ext4/superblock.ts';
import {
  canMountExt4,
  describeFolder,
  e2fsck,
  makeExt4,
  withKernelMount,
} from '../support/ext4-image.ts';
import { Ext4Workload, readExt4Tree } from '../support/ext4-workload.ts';
import { MIB } from '../support/fat-fixture.ts';
import { RecordingDevice } from '../support/recording-device.ts';
import { requireTool } from '../support/require-tool.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('mke2fs', 'e2fsprogs') && requireTool('resize2fs', 'e2fsprogs');
const WRITABLE = { type: 'ext4', isReadOnly: false };
const GIB = 1024 * MIB;
const coded = (code: string) => expect.objectContaining({ code });

function enlarge(path: string, sizeBytes: number): void {
  const fd = openSync(path, 'r+');
  ftruncateSync(fd, sizeBytes);
  closeSync(fd);
}

function fill(device: FileDevice, seed: number): void {
  const fileSystem = mountExt4(device, WRITABLE);
  const workload = new Ext4Workload(fileSystem, seededRandom(seed), 20_000);
  for (let step = 0; step < 100; step += 1) workload.step();
  fileSystem[Symbol.dispose]();
}

/** How mke2fs is told to make it, from how much to how much. */
const GROWTHS = [
  ['-t ext4 -b 1024', 20, 21 * MIB],
  ['-t ext4 -b 1024', 40, 90 * MIB],
  ['-t ext4 -b 1024', 64, 3 * GIB],
  ['-t ext4 -b 4096', 64, 200 * GIB],
  ['-t ext4 -b 2048', 100, 700 * MIB + 4096],
  ['-t ext4 -b 4096 -O ^resize_inode', 64, 40 * GIB],
  ['-t ext4 -b 1024 -O meta_bg,^resize_inode', 64, 800 * MIB],
  ['-t ext4 -b 1024 -E resize=98304', 64, 2 * GIB],
  ['-t ext4 -b 4096 -O ^metadata_csum,uninit_bg', 64, 1 * GIB],
  ['-t ext4 -b 4096 -O ^metadata_csum,^uninit_bg,^64bit', 64, 1 * GIB],
  ['-t ext4 -b 4096 -O ^flex_bg', 200, 2 * GIB],
  ['-t ext4 -b 1024 -O metadata_csum_seed,orphan_file,sparse_super2', 64, 300 * MIB],
] as const;

describe.skipIf(!hasTools)('growExt4()', () => {
  for (const [args, fromMib, sizeBytes] of GROWTHS) {
    it(`grows ${args} from ${fromMib} to ${sizeBytes / MIB} MiB, and others agree`, {
      timeout: 180_000,
    }, () => {
      using folder = temporaryFolder();
      const path = folder.file('image');
      makeExt4(path, fromMib, args.split(' '));
      {
        using device = FileDevice.open(path, { isReadOnly: false });
        fill(device, fromMib);
      }
      const before = readTree(path);
      enlarge(path, sizeBytes);
      {
        using device = FileDevice.open(path, { isReadOnly: false });
        growExt4(device, sizeBytes);
        expect(checkExt4(device, 'ext4')).toMatchObject({ verdict: 'clean', findings: [] });
        const { blockBytes, blockCount, blocksPerGroup } = readSuperblock(device);
        expect(sizeBytes - blockBytes * blockCount).toBeLessThan((blockBytes * blocksPerGroup) / 4);
      }
      expect(e2fsck(path)).toEqual({ status: 0, complaints: '' });
      expect(readTree(path)).toEqual(before);
      // As large as the format's own program would make it, which finds nothing to do; by force, since
      // it wants a check that is younger than the last mount, to the second.
      const theirs = execFileSync('resize2fs', ['-f', path], { encoding: 'utf8', stdio: 'pipe' });
      expect(theirs).not.toContain('is now');
      {
        using device = FileDevice.open(path, { isReadOnly: false });
        fill(device, 99);
      }
      expect(e2fsck(path)).toEqual({ status: 0, complaints: '' });
    });
  }

  it.skipIf(!canMountExt4())(
    'what has grown the kernel mounts, fills and grows further',
    () => {
      using folder = temporaryFolder();
      const path = folder.file('image');
      {
        makeExt4(path, 32, ['-t', 'ext4', '-b', '1024']);
        using device = FileDevice.open(path, { isReadOnly: false });
        fill(device, 5);
      }
      const before = withKernelMount(path, 'ro', describeFolder);
      enlarge(path, 700 * MIB);
      {
        using device = FileDevice.open(path, { isReadOnly: false });
        growExt4(device, 700 * MIB);
      }
      expect(withKernelMount(path, 'ro', describeFolder)).toEqual(before);
      withKernelMount(path, 'rw', (mounted) => {
        writeFileSync(`${mounted}/large`, Buffer.alloc(300 * MIB, 7));
      });
      enlarge(path, 1400 * MIB);
      execFileSync('e2fsck', ['-fp', path], { stdio: 'pipe' });
      execFileSync('resize2fs', [path], { stdio: 'pipe' });
      expect(e2fsck(path)).toEqual({ status: 0, complaints: '' });
      expect(readTree(path).get('large')?.length).toBe(300 * MIB);
    },
    180_000,
  );

  it('cut at any write, with writes dropped or not, leaves every file, and can be repeated', () => {
    using folder = temporaryFolder();
    const path = folder.file('image');
    makeExt4(path, 8, '-t ext4 -b 1024 -J size=1 -g 1024 -N 256 -E resize=16384'.split(' '));
    {
      using device = FileDevice.open(path, { isReadOnly: false });
      fill(device, 12);
    }
    const before = readTree(path);
    const sizeBytes = 14 * MIB;
    const recorder = new RecordingDevice(
      Buffer.concat([readFileSync(path), Buffer.alloc(6 * MIB, 0x5a)]),
    );
    growExt4(recorder, sizeBytes);
    const random = seededRandom(8);
    const sizes = new Set<number>();
    const survivals = [() => true, () => random.below(2) === 0, () => false];
    for (let count = 0; count <= recorder.writes.length; count += 1) {
      const cut = recorder.imageAfter(count, survivals[count % survivals.length]);
      const image = new MemoryDevice(Uint8Array.from(cut));
      const isLookedAt = count % 17 === 0;
      const fileSystem = mountExt4(image, WRITABLE);
      if (isLookedAt) expect(readExt4Tree(fileSystem)).toEqual(before);
      fileSystem[Symbol.dispose]();
      expect(checkExt4(image, 'ext4')).toMatchObject({ verdict: 'clean', findings: [] });
      sizes.add(readSuperblock(image).blockCount);
      if (!isLookedAt) continue;
      writeFileSync(path, image.bytes);
      expect(e2fsck(path)).toEqual({ status: 0, complaints: '' });
      growExt4(image, sizeBytes);
      writeFileSync(path, image.bytes);
      expect(e2fsck(path)).toEqual({ status: 0, complaints: '' });
    }
    expect(sizes.size).toBeGreaterThan(2);
  }, 240_000);

  it('e2fsck replays a growth that was cut as we do', () => {
    using folder = temporaryFolder();
    const path = folder.file('image');
    const blank = new MemoryDevice(new Uint8Array(40 * MIB));
    formatExt4(blank, { label: '', uid: 0, gid: 0 });
    const recorder = new RecordingDevice(Buffer.concat([blank.bytes, Buffer.alloc(60 * MIB)]));
    growExt4(recorder, 100 * MIB);
    for (let count = 0; count <= recorder.writes.length; count += 60) {
      writeFileSync(path, recorder.imageAfter(count));
      try {
        execFileSync('e2fsck', ['-p', path], { stdio: 'pipe' });
      } catch (error) {
        expect(error).toMatchObject({ status: 1 });
      }
      expect(e2fsck(path)).toEqual({ status: 0, complaints: '' });
    }
  }, 120_000);

  it('is refused where it would shrink, or has features that we do not write', () => {
    const device = new MemoryDevice(new Uint8Array(40 * MIB));
    formatExt4(device, { label: '', uid: 0, gid: 0 });
    expect(() => planExt4Growth(device, 30 * MIB)).toThrow(coded('size-invalid'));
    using folder = temporaryFolder();
    const path = folder.file('image');
    makeExt4(path, 64, '-t ext4 -b 1024 -O bigalloc -C 4096'.split(' '));
    using theirs = FileDevice.open(path, { isReadOnly: true });
    expect(() => planExt4Growth(theirs, 64 * MIB)).toThrow(coded('filesystem-unsupported'));
  });
});

function readTree(path: string): Map<string, Buffer> {
  using device = FileDevice.open(path, { isReadOnly: true });
  using fileSystem = mountExt4(device, { ...WRITABLE, isReadOnly: true });
  return readExt4Tree(fileSystem);
}
