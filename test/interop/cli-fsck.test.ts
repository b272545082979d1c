import { execFileSync } from 'node:child_process';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MIB } from '../../shared/units.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

const hasTools =
  requireTool('fusermount3', 'fuse3') &&
  requireTool('e2fsck', 'e2fsprogs') &&
  requireTool('fsck.fat', 'dosfstools');

const secretOf = (lockline: Lockline) => [
  '--passphrase-file',
  lockline.passphraseFile('look after it'),
];

async function makeVault(lockline: Lockline, ...options: readonly string[]): Promise<string> {
  const file = lockline.folder.file('vault');
  const create = ['create', file, '--size', '64M', ...options, ...CHEAP_KDF];
  await lockline.json([...create, ...secretOf(lockline)]);
  return file;
}

async function mount(lockline: Lockline, file: string, ...options: readonly string[]) {
  const mounted = await lockline.json(['mount', file, ...options, ...secretOf(lockline)]);
  return String(mounted['mountPoint']);
}

describe.skipIf(!hasTools)('lockline fsck', () => {
  it.each([
    ['ext4', 'ext4', 'e2fsck'],
    ['fat32', 'vfat', 'fsck.fat'],
  ])(
    'finds nothing wrong with a vault of %s, and neither does its own program',
    async (fs, filesystem, program) => {
      await using lockline = createLockline();
      const file = await makeVault(lockline, '--fs', fs);
      const folder = await mount(lockline, file);
      for (let i = 0; i < 20; i += 1) writeFileSync(`${folder}/${i}`, String(i));
      await lockline.json(['unmount', file]);
      expect(await lockline.json(['fsck', file, ...secretOf(lockline)])).toMatchObject({
        filesystem,
        verdict: 'clean',
        findings: [],
        files: 20,
        checker: { program, exitCode: 0, verdict: 'clean' },
        repair: null,
      });
      const own = ['fsck', file, '--no-checker', ...secretOf(lockline)];
      expect(await lockline.json(own)).toMatchObject({ verdict: 'clean', checker: null });
    },
    180_000,
  );

  it('names what is damaged, ends with 4, and lets e2fsck repair it', async () => {
    await using lockline = createLockline();
    const file = await makeVault(lockline, '--fs', 'none');
    const volume = `${await mount(lockline, file)}/volume`;
    execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', volume]);
    execFileSync('debugfs', ['-w', '-R', 'freeb 9000 7', volume], { stdio: 'pipe' });
    execFileSync('debugfs', ['-w', '-R', 'set_inode_field / links_count 9', volume], {
      stdio: 'pipe',
    });
    await lockline.json(['unmount', file]);

    const found = await lockline.run(['fsck', file, ...secretOf(lockline)]);
    expect(found.code).toBe(4);
    expect(found.stdout).toContain('inode 2: 9 links stated, 3 found');
    expect(found.stdout).toContain('e2fsck finds damage');

    const unasked = await lockline.run(['fsck', file, '--repair', ...secretOf(lockline)]);
    expect(unasked.code).not.toBe(0);
    expect(unasked.stderr).toContain('confirmation-wrong');
    const repair = ['fsck', file, '--repair', '--yes', ...secretOf(lockline)];
    expect(await lockline.json(repair)).toMatchObject({
      verdict: 'clean',
      findings: [],
      repair: { program: 'e2fsck', verdict: 'repaired' },
    });
  }, 180_000);

  it.each(['ext4', 'fat32'])(
    'mount --discard gives the space of deleted files of %s back, and is kept',
    async (fs) => {
      await using lockline = createLockline();
      const file = await makeVault(lockline, '--fs', fs);
      const usedMib = () => (statSync(file).blocks * 512) / MIB;
      const writeAndRemove = async (...options: readonly string[]) => {
        const folder = await mount(lockline, file, ...options);
        writeFileSync(`${folder}/large`, Buffer.alloc(20 * MIB, 1));
        execFileSync('sync', ['-f', folder]);
        const before = usedMib();
        rmSync(`${folder}/large`);
        await lockline.json(['unmount', file]);
        return before - usedMib();
      };
      expect(await writeAndRemove('--discard', '--pin')).toBeGreaterThan(18);
      expect(await writeAndRemove()).toBeGreaterThan(18);
      expect(await writeAndRemove('--no-discard')).toBeLessThan(1);
    },
    180_000,
  );
});
