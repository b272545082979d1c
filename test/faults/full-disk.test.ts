import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MIB } from '../../shared/units.ts';
import { decryptIndependently, readIndependentVolume } from '../support/independent-volume.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools =
  requireTool('fusermount3', 'fuse3') &&
  requireTool('cryptsetup', 'cryptsetup-bin') &&
  requireTool('e2fsck', 'e2fsprogs') &&
  requireTool('fsck.fat', 'dosfstools');
/** A small disk of our own is root's to make. */
const isRoot = process.getuid?.() === 0;
const PASSPHRASE = 'full disk';

/** A disk of this size, gone when disposed. */
function smallDisk(lockline: Lockline, sizeMib: number): Disposable & { path: string } {
  const path = lockline.folder.file('disk');
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'tmpfs', path]);
  return { path, [Symbol.dispose]: () => execFileSync('umount', ['-l', path]) };
}

describe.skipIf(!hasTools || !isRoot)('a full disk', () => {
  it.each([
    ['while a filesystem is made', 64, ['--size', '8T']],
    ['while space is reserved', 64, ['--size', '128M', '--allocate']],
    ['before anything is done', 16, ['--size', '128M']],
  ] as const)('%s leaves no file behind', async (_, sizeMib, size) => {
    await using lockline = createLockline();
    using disk = smallDisk(lockline, sizeMib);
    const secret = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
    const { code, stderr } = await lockline.run([
      'create',
      `${disk.path}/vault`,
      ...size,
      ...CHEAP_KDF,
      ...secret,
    ]);
    expect(stderr).toContain('no-space');
    expect(code).toBe(7);
    expect(readdirSync(disk.path)).toEqual([]);
  });

  it.each([
    ['ext4', 'e2fsck', ['-fn']],
    ['fat32', 'fsck.fat', ['-n']],
  ] as const)(
    'while a mounted vault of %s is written gives ENOSPC and loses nothing that was written before',
    async (fs, checker, args) => {
      await using lockline = createLockline();
      using disk = smallDisk(lockline, 64);
      const vault = `${disk.path}/vault`;
      const secret = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
      await lockline.json(['create', vault, '--size', '256M', '--fs', fs, ...CHEAP_KDF, ...secret]);
      const mount = async () =>
        String((await lockline.json(['mount', vault, ...secret]))['mountPoint']);
      const mountPoint = await mount();
      const kept = Buffer.alloc(4 * MIB, 'kept ');
      writeFileSync(`${mountPoint}/kept`, kept);
      execFileSync('sync', [`${mountPoint}/kept`]);
      writeFileSync(`${disk.path}/ballast`, Buffer.alloc(4 * MIB));

      const fill = spawnSync(
        'dd',
        ['if=/dev/zero', `of=${mountPoint}/big`, 'bs=1M', 'count=200', 'conv=fsync'],
        { encoding: 'utf8' },
      );
      expect(fill.status).toBe(1);
      expect(fill.stderr).toContain('No space left on device');
      expect(readFileSync(`${mountPoint}/kept`).equals(kept)).toBe(true);

      // Small writes are refused as well, at once: what a cache takes it must be able to store.
      const small = spawnSync(
        'bash',
        [
          '-c',
          `i=0; while [ $i -lt 4000 ]; do printf %4096d $i > ${mountPoint}/small-$i || exit 1; i=$((i+1)); done`,
        ],
        { encoding: 'utf8' },
      );
      expect(small.stderr).toContain('No space left on device');
      const stored = readdirSync(mountPoint).filter((name) => name.startsWith('small-')).length - 1;
      execFileSync('sync', ['-f', mountPoint]);
      for (let i = 0; i < stored; i += 1) {
        expect(readFileSync(`${mountPoint}/small-${i}`, 'utf8')).toBe(String(i).padStart(4096));
      }

      // With space again everything goes on, and what is there is clean.
      rmSync(`${disk.path}/ballast`);
      rmSync(`${mountPoint}/big`);
      await lockline.json(['unmount', vault]);
      const again = await mount();
      expect(readFileSync(`${again}/kept`).equals(kept)).toBe(true);
      await lockline.json(['unmount', vault]);
      const image = lockline.folder.file('plain.img');
      writeFileSync(
        image,
        decryptIndependently(vault, await readIndependentVolume(vault, PASSPHRASE)),
      );
      expect(spawnSync(checker, [...args, image], { encoding: 'utf8' })).toMatchObject({
        status: 0,
      });
    },
  );
});
