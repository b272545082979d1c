import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
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

/** Changes that leave revoked blocks, blocks that look like the journal's own, and wrapped logs. */
const WORK = `
import os, sys
root = sys.argv[1]
magic = bytes.fromhex('c03b3998')
def sync():
    fd = os.open(root, os.O_RDONLY); os.fsync(fd); os.close(fd)
for turn in range(int(sys.argv[2])):
    folder = '%s/turn-%d' % (root, turn)
    os.mkdir(folder)
    for index in range(300):
        with open('%s/file-%d' % (folder, index), 'wb') as file:
            file.write(magic * (index * 10 + 1))
    sync()
    if turn % 2 == 1:
        for index in range(300):
            os.unlink('%s/file-%d' % (folder, index))
        os.rmdir(folder)
        sync()
        with open('%s/reused-%d' % (root, turn), 'wb') as file:
            file.write(magic * 300000)
            file.flush()
            os.fsync(file.fileno())
sync()
`;

const VARIANTS = [
  { args: '-t ext4 -b 1024', options: 'rw', turns: 5 },
  { args: '-t ext4 -b 4096', options: 'rw', turns: 4 },
  { args: '-t ext4 -b 4096', options: 'data=journal', turns: 3 },
  { args: '-t ext4 -b 1024 -J size=1', options: 'rw', turns: 9 },
  { args: '-t ext4 -b 4096 -O ^metadata_csum,^64bit', options: 'rw', turns: 4 },
  { args: '-t ext4 -b 2048 -O ^metadata_csum', options: 'journal_checksum', turns: 4 },
  { args: '-t ext3 -b 1024', options: 'data=journal', turns: 5 },
];

describe.skipIf(!(hasTools && canMountExt4()))('mountExt4() and a journal that is needed', () => {
  for (const { args, options, turns } of VARIANTS) {
    it(`shows ${args}, ${options}, as e2fsck leaves it`, { timeout: 180_000 }, () => {
      using folder = temporaryFolder();
      const [image, cut, work] = [folder.file('image'), folder.file('cut'), folder.file('work.py')];
      writeFileSync(work, WORK);
      makeExt4(image, 64, args.split(' '));
      withKernelMount(image, options, (path) => {
        execFileSync('python3', [work, path, String(turns)]);
        copyFileSync(image, cut);
      });
      const bytes = readFileSync(cut);
      const before = Buffer.from(bytes);
      using fileSystem = mountExt4(new MemoryDevice(bytes, true), {
        type: 'ext4',
        isReadOnly: true,
      });
      const found = describeVolume(fileSystem);
      expect(bytes.equals(before)).toBe(true);
      expect(spawnSync('e2fsck', ['-fp', cut]).status).toBeLessThan(4);
      expect(found).toEqual(withKernelMount(cut, 'ro', describeFolder));
      expect(found.size).toBeGreaterThan(300);
    });
  }
});
