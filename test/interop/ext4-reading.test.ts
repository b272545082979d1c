import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { FileDevice } from '../../main/block/file-device.ts';
import { checkExt4 } from '../../main/filesystem/ext4/check-ext4.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { identifyFilesystem } from '../../main/filesystem/identify.ts';
import {
  canMountExt4,
  describeFolder,
  describeVolume,
  makeExt4,
  withKernelMount,
} from '../support/ext4-image.ts';
import { requireTool } from '../support/require-tool.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools =
  requireTool('mke2fs', 'e2fsprogs') &&
  requireTool('python3', 'python3') &&
  requireTool('getfattr', 'attr');
const POPULATE = fileURLToPath(new URL('../support/populate-ext4.py', import.meta.url));

type Variant = Readonly<{ args: string; blockBytes: number; large?: number; tune?: string }>;

const VARIANTS: readonly Variant[] = [
  { args: '-t ext2 -b 1024', blockBytes: 1024 },
  { args: '-t ext2 -b 4096 -I 128 -O ^filetype', blockBytes: 4096 },
  { args: '-t ext3 -b 2048', blockBytes: 2048 },
  { args: '-t ext3 -b 4096', blockBytes: 4096, tune: '-E hash_alg=tea' },
  { args: '-t ext4 -b 1024', blockBytes: 1024 },
  { args: '-t ext4 -b 2048', blockBytes: 2048, tune: '-E hash_alg=legacy' },
  { args: '-t ext4 -b 4096', blockBytes: 4096 },
  { args: '-t ext4 -b 4096 -I 128 -O ^extra_isize', blockBytes: 4096 },
  { args: '-t ext4 -b 4096 -I 1024', blockBytes: 4096 },
  { args: '-t ext4 -b 1024 -O ^has_journal,^64bit', blockBytes: 1024 },
  { args: '-t ext4 -b 1024 -O ^metadata_csum,uninit_bg', blockBytes: 1024 },
  { args: '-t ext4 -b 4096 -O ^metadata_csum,uninit_bg,^64bit', blockBytes: 4096 },
  { args: '-t ext4 -b 1024 -O ^flex_bg,sparse_super2', blockBytes: 1024 },
  { args: '-t ext4 -b 1024 -O meta_bg,^resize_inode', blockBytes: 1024 },
  { args: '-t ext4 -b 4096 -O metadata_csum_seed,orphan_file', blockBytes: 4096 },
  { args: '-t ext4 -b 4096 -O inline_data', blockBytes: 4096 },
  { args: '-t ext4 -b 1024 -I 512 -O inline_data', blockBytes: 1024 },
  { args: '-t ext4 -b 1024 -O large_dir', blockBytes: 1024 },
  { args: '-t ext4 -b 1024 -O ^dir_index', blockBytes: 1024 },
  { args: '-t ext4 -b 4096 -O bigalloc -C 16384', blockBytes: 4096 },
  { args: '-t ext4 -b 4096 -O verity,encrypt,mmp', blockBytes: 4096 },
  { args: '-t ext4 -b 4096 -O ea_inode', blockBytes: 4096, large: 20_000 },
  { args: '-t ext4 -b 4096 -O fast_commit', blockBytes: 4096 },
];

function hash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

describe.skipIf(!(hasTools && canMountExt4()))('mountExt4() and what the kernel wrote', () => {
  for (const { args, blockBytes, large, tune } of VARIANTS) {
    it(`reads ${args} as the kernel does, and writes nothing`, { timeout: 180_000 }, () => {
      using folder = temporaryFolder();
      const image = folder.file('image');
      makeExt4(image, 96, args.split(' '));
      if (tune !== undefined) execFileSync('tune2fs', [...tune.split(' '), image]);
      const more = large === undefined ? [] : [String(large)];
      withKernelMount(image, 'user_xattr', (path) =>
        execFileSync('python3', [POPULATE, path, String(blockBytes), ...more]),
      );
      const expected = withKernelMount(image, 'ro,noload', describeFolder);
      const before = hash(image);
      using device = FileDevice.open(image, { isReadOnly: true });
      using fileSystem = mountExt4(device, { type: identifyFilesystem(device), isReadOnly: true });
      const found = describeVolume(fileSystem);
      expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [path, line] of expected)
        expect(`${path}: ${found.get(path)}`).toBe(`${path}: ${line}`);
      const report = checkExt4(device, identifyFilesystem(device));
      expect(report).toMatchObject({ verdict: 'clean', findings: [] });
      expect(hash(image)).toBe(before);
    });
  }
});
