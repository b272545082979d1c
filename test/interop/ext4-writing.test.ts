import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import type { FileSystem } from '../../main/filesystem/file-system.ts';
import {
  canMountExt4,
  describeFolder,
  describeVolume,
  e2fsck,
  makeExt4,
  withKernelMount,
} from '../support/ext4-image.ts';
import { Ext4Workload, readExt4Tree } from '../support/ext4-workload.ts';
import { attributesOf, CREATOR, list, name, newCache, PLAIN } from '../support/fat-fixture.ts';
import { isFullProof } from '../support/proof.ts';
import { requireTool } from '../support/require-tool.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('mke2fs', 'e2fsprogs') && requireTool('getfattr', 'attr');
const ENTRIES = 4000;

function onImage<T>(image: string, use: (fileSystem: FileSystem) => T): T {
  using device = FileDevice.open(image, { isReadOnly: false });
  using cache = newCache(device);
  using fileSystem = mountExt4(cache, { type: 'ext4', isReadOnly: false });
  return use(fileSystem);
}

const SMALL_MIB = 48;
const TIB_IN_MIB = 2 ** 20;
const FEATURES = [
  'metadata_csum',
  '^metadata_csum,uninit_bg,^64bit',
  '^flex_bg',
  'metadata_csum_seed,sparse_super2',
  'meta_bg,^resize_inode',
  'orphan_file',
];

/** How volumes are made, and how large they are. `npm run proof:ext4` has all that goes together. */
const VARIANTS: readonly (readonly [string, number])[] = isFullProof
  ? [64, 4096, 64 * 1024, TIB_IN_MIB].flatMap((sizeMib) =>
      [1024, 2048, 4096].flatMap((block) =>
        FEATURES.map((features) => [`-t ext4 -b ${block} -O ${features}`, sizeMib] as const),
      ),
    )
  : [
      ['-t ext4 -b 1024', SMALL_MIB],
      ['-t ext4 -b 2048 -I 128 -O ^extra_isize', SMALL_MIB],
      ['-t ext4 -b 4096 -O ^metadata_csum,uninit_bg,^64bit', SMALL_MIB],
      ['-t ext4 -b 1024 -O ^metadata_csum,^flex_bg', SMALL_MIB],
      ['-t ext4 -b 4096 -O metadata_csum_seed,sparse_super2', SMALL_MIB],
      ['-t ext4 -b 1024 -O meta_bg,^resize_inode -J size=2', SMALL_MIB],
      ['-t ext4 -b 4096', TIB_IN_MIB],
    ];

describe.skipIf(!(hasTools && canMountExt4()))('an ext4 that we wrote, and the kernel', () => {
  for (const [index, [args, sizeMib]] of VARIANTS.entries()) {
    it(`${args}, ${sizeMib} MiB: is clean and reads the same`, { timeout: 300_000 }, () => {
      using folder = temporaryFolder();
      const image = folder.file('image');
      makeExt4(image, sizeMib, [...args.split(' '), '-E', 'lazy_itable_init=1']);
      const expected = onImage(image, (fileSystem) => {
        const workload = new Ext4Workload(fileSystem, seededRandom(index + 1));
        for (let step = 0; step < 500; step += 1) {
          workload.step();
          if (step % 50 === 0) fileSystem.sync();
        }
        return workload.tree;
      });
      expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
      const theirs = withKernelMount(image, 'rw', (path) => {
        execFileSync('sh', ['-c', `mkdir ${path}/new && cp /etc/passwd ${path}/new`]);
        execFileSync('rm', ['-r', `${path}/new`]);
        return describeFolder(path);
      });
      const ours = onImage(image, (fileSystem) => {
        expect(readExt4Tree(fileSystem)).toEqual(expected);
        return describeVolume(fileSystem);
      });
      expect(ours).toEqual(theirs);
    });
  }

  it('shares a directory with the kernel that grows into a tree', { timeout: 180_000 }, () => {
    using folder = temporaryFolder();
    const image = folder.file('image');
    makeExt4(image, 64, '-t ext4 -b 1024 -N 12000'.split(' '));
    onImage(image, (fileSystem) => {
      const many = fileSystem.makeDirectory(1, name('many'), 0o755, CREATOR);
      for (let entry = 0; entry < ENTRIES; entry += 1) {
        const text = name(`a name of some length ${entry}`);
        fileSystem.forget(fileSystem.create(many, text, 0o644, CREATOR), 1);
      }
      expect(list(fileSystem, many)).toHaveLength(ENTRIES);
    });
    expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
    const theirs = withKernelMount(image, 'rw', (path) => {
      execFileSync('sh', [
        '-c',
        `cd ${path}/many && seq 1 ${ENTRIES} | sed 's/^/new /' | xargs -d '\\n' touch`,
      ]);
      execFileSync('sh', [
        '-c',
        `cd ${path}/many && rm -f -- *7 && test -e 'a name of some length 1'`,
      ]);
      return describeFolder(path);
    });
    onImage(image, (fileSystem) => {
      expect(describeVolume(fileSystem)).toEqual(theirs);
      const many = fileSystem.lookup(1, name('many'));
      for (const text of list(fileSystem, many)) fileSystem.unlink(many, name(text));
      fileSystem.removeDirectory(1, name('many'));
      fileSystem.forget(many, 1);
    });
    expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
  });

  it('keeps links, kinds, owners and times as the kernel does', { timeout: 60_000 }, () => {
    using folder = temporaryFolder();
    const image = folder.file('image');
    makeExt4(image, 32, ['-t', 'ext4', '-b', '4096']);
    const ours = onImage(image, (fileSystem) => {
      const file = fileSystem.create(1, name('file'), 0o4755, { uid: 70_000, gid: 4e9 });
      fileSystem.link(file, 1, name('hard'));
      const second = fileSystem.makeDirectory(1, name('shared'), 0o2775, CREATOR);
      fileSystem.makeDirectory(second, name('inner'), 0o755, { uid: 5, gid: 6 });
      fileSystem.symlink(1, name('short'), name('target'), CREATOR);
      fileSystem.symlink(1, name('long'), name('t'.repeat(500)), CREATOR);
      fileSystem.makeNode(1, name('fifo'), 'fifo', 0o600, 0, CREATOR);
      fileSystem.makeNode(1, name('null'), 'character', 0o666, 0x103, CREATOR);
      fileSystem.makeNode(1, name('large'), 'block', 0o660, (300 << 8) | 0x44, CREATOR);
      fileSystem.setAttributes(file, {
        modified: { seconds: 2 ** 33 + 5, nanoseconds: 123_456_789 },
        accessed: { seconds: -1_000_000, nanoseconds: 1 },
      });
      fileSystem.rename(second, name('inner'), 1, name('moved'), PLAIN);
      fileSystem.rename(1, name('short'), 1, name('long'), { noReplace: false, exchange: true });
      const refused = () => fileSystem.rename(1, name('shared'), second, name('in'), PLAIN);
      expect(refused).toThrow(/EINVAL/);
      return describeVolume(fileSystem);
    });
    expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
    expect(withKernelMount(image, 'ro', describeFolder)).toEqual(ours);
  });

  it('gives back at the next mount what was open without a name', () => {
    using folder = temporaryFolder();
    const image = folder.file('image');
    makeExt4(image, 32, ['-t', 'ext4', '-b', '1024']);
    const free = onImage(image, (fileSystem) => fileSystem.usage.freeBlocks);
    onImage(image, (fileSystem) => {
      const file = fileSystem.create(1, name('file'), 0o644, CREATOR);
      for (let block = 0; block < 400; block += 1) {
        fileSystem.write(file, block * 2048, Buffer.alloc(1024, block));
      }
      fileSystem.unlink(1, name('file'));
      expect(attributesOf(fileSystem, file).links).toBe(0);
    });
    onImage(image, (fileSystem) => expect(fileSystem.usage.freeBlocks).toBe(free));
    expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
  });
});
