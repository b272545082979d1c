import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { e2fsck, makeExt4 } from '../support/ext4-image.ts';
import { PROGRAMS, runProgram } from '../support/ext4-programs.ts';
import { type MountedImage, mountExt4Image } from '../support/mount-ext4-image.ts';
import { requireTool } from '../support/require-tool.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = [
  requireTool('mke2fs', 'e2fsprogs'),
  requireTool('fusermount3', 'fuse3'),
  requireTool('python3', 'python3'),
  requireTool('rsync', 'rsync'),
  requireTool('git', 'git'),
  requireTool('sqlite3', 'sqlite3'),
  requireTool('fio', 'fio'),
].every(Boolean);

const MAKE_REPOSITORY = `
  git init -q repository; cd repository; git config user.email a@example.org; git config user.name A
  for i in 1 2 3 4 5 6 7 8 9 10; do
    mkdir -p d$i; seq $((i * 300)) > d$i/f; cp d$i/f "g$i"; git add .; git commit -qm "commit $i"
  done`;

/** What `npm run soak:ext4` does for long, once. */
describe.skipIf(!hasTools)('programs on our ext4', () => {
  let folder: TemporaryFolder;
  let image: string;
  let mounted: MountedImage;

  beforeAll(async () => {
    folder = temporaryFolder();
    image = folder.file('image');
    makeExt4(image, 1024, ['-t', 'ext4']);
    execFileSync('sh', ['-euc', MAKE_REPOSITORY], {
      cwd: folder.path,
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' },
    });
    mounted = await mountExt4Image(image);
  });
  afterAll(async () => {
    await mounted.unmount();
    expect(e2fsck(image)).toEqual({ status: 0, complaints: '' });
    folder[Symbol.dispose]();
  });

  for (const program of Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[]) {
    it(`keeps what ${program} writes`, { timeout: 180_000 }, async () => {
      const repository = folder.file('repository');
      const scale = { repository, rows: 300, files: 300, fioMib: 4, operations: 150 };
      await runProgram(program, mounted.path, scale);
    });
  }
});
