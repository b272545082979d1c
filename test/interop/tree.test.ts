import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MIB } from '../../shared/units.ts';
import { hashTree, pickPackages } from '../support/file-tree.ts';
import { decryptIndependently, readIndependentVolume } from '../support/independent-volume.ts';
import { requireTool } from '../support/require-tool.ts';
import { CHEAP_KDF, createLockline } from '../support/run-lockline.ts';

const hasTools =
  requireTool('fusermount3', 'fuse3') &&
  requireTool('cryptsetup', 'cryptsetup-bin') &&
  requireTool('e2fsck', 'e2fsprogs');
const MINIMUM_FILES = 2_000;
const MINIMUM_BYTES = 200 * MIB;
const PASSPHRASE = 'a real tree';
const NOBODY = { uid: 65534, gid: 65534 };

const USERS = [
  { name: 'the user of the tests', user: {} },
  ...(process.getuid?.() === 0 ? [{ name: 'an unprivileged user', user: NOBODY }] : []),
];

describe.skipIf(!hasTools)('a real tree', () => {
  it.each(USERS)(
    'is copied in, locked away and found again by hash: $name',
    async ({ user }) => {
      const packages = pickPackages(MINIMUM_FILES, MINIMUM_BYTES);
      await using lockline = createLockline();
      chmodSync(lockline.folder.path, 0o755);
      mkdirSync(lockline.folder.file('data'));
      if ('uid' in user) execFileSync('chown', ['-R', `${user.uid}`, lockline.folder.path]);
      const secret = ['--passphrase-file', lockline.passphraseFile(PASSPHRASE)];
      const vault = lockline.folder.file('vault');
      await lockline.json(['create', vault, '--size', '700M', ...CHEAP_KDF, ...secret], user);
      const mount = async () =>
        String((await lockline.json(['mount', vault, ...secret], user))['mountPoint']);

      const first = await mount();
      execFileSync('cp', ['-r', '--preserve=timestamps', ...packages, first], {
        ...user,
        stdio: 'pipe',
      });
      await lockline.json(['unmount', vault], user);

      const second = await mount();
      const copy = mkdtempSync(join(tmpdir(), 'lockline-tree-'));
      try {
        if ('uid' in user) execFileSync('chown', [`${user.uid}`, copy]);
        // Read out by the same user: nobody else, root included, can enter the mount.
        execFileSync('cp', ['-r', `${second}/.`, copy], user);
        let files = 0;
        for (const folder of packages) {
          const expected = hashTree(folder);
          files += expected.size;
          expect(hashTree(join(copy, basename(folder)))).toEqual(expected);
        }
        expect(files).toBeGreaterThanOrEqual(MINIMUM_FILES);
      } finally {
        rmSync(copy, { recursive: true });
      }
      await lockline.json(['unmount', vault], user);

      const image = lockline.folder.file('plain.img');
      writeFileSync(
        image,
        decryptIndependently(vault, await readIndependentVolume(vault, PASSPHRASE)),
      );
      execFileSync('e2fsck', ['-fn', image], { stdio: 'pipe' });
      expect(statSync(vault).size).toBe(700 * MIB);
    },
    240_000,
  );
});
