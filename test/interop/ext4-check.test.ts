import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { checkExt4 } from '../../main/filesystem/ext4/check-ext4.ts';
import { formatExt4 } from '../../main/filesystem/ext4/format-ext4.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { e2fsck, makeExt4 } from '../support/ext4-image.ts';
import { Ext4Workload } from '../support/ext4-workload.ts';
import { CREATOR, list, MIB, name } from '../support/fat-fixture.ts';
import { requireTool } from '../support/require-tool.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('e2fsck', 'e2fsprogs') && requireTool('debugfs', 'e2fsprogs');

/** What debugfs is told to do to a volume, and what must be found then. */
const DAMAGES = [
  ['clri /folder/file-3', 'directory'],
  ['set_inode_field /file links_count 7', 'links'],
  ['set_inode_field /folder links_count 9', 'links'],
  ['set_inode_field /file blocks 2', 'inode'],
  ['set_inode_field /link mode 0100644', 'directory'],
  ['unlink /folder/file-5', 'links'],
  ['unlink /folder', 'directory'],
  ['link /folder/file-5 /twice', 'links'],
  ['freeb 3000 20', 'bitmap'],
  ['setb 15000 3', 'bitmap'],
  ['freei /file', 'inode'],
  ['seti <900>', 'inode'],
  ['set_block_group 0 free_blocks_count 1', 'group'],
  ['set_block_group 0 free_inodes_count 1', 'group'],
  ['set_block_group 1 inode_table 4', 'group'],
] as const;

describe.skipIf(!hasTools)('checkExt4()', () => {
  let image: Buffer;
  beforeAll(() => {
    const device = new MemoryDevice(new Uint8Array(16 * MIB));
    formatExt4(device, { label: 'check', uid: 0, gid: 0, timestamp: new Date(1e12) });
    const fileSystem = mountExt4(device, { type: 'ext4', isReadOnly: false });
    const file = fileSystem.create(1, name('file'), 0o600, CREATOR);
    fileSystem.write(file, 0, Buffer.alloc(2_000_000, 'x'));
    const folder = fileSystem.makeDirectory(1, name('folder'), 0o700, CREATOR);
    for (let i = 0; i < 300; i += 1) {
      fileSystem.create(folder, name(`file-${i}`), 0o600, CREATOR);
    }
    fileSystem.symlink(1, name('link'), name('file'), CREATOR);
    fileSystem[Symbol.dispose]();
    image = Buffer.from(device.bytes);
  });

  it('finds nothing in what is clean, and counts what is there', () => {
    const device = new MemoryDevice(Buffer.from(image), true);
    expect(checkExt4(device, 'ext4')).toEqual({
      filesystem: 'ext4',
      verdict: 'clean',
      findings: [],
      more: 0,
      files: 301,
      directories: 3,
    });
  });

  for (const [command, kind] of DAMAGES) {
    it(`finds what "${command}" did, as e2fsck does`, () => {
      using folder = temporaryFolder();
      const path = folder.file('image');
      writeFileSync(path, image);
      execFileSync('debugfs', ['-w', '-R', command, path], { stdio: 'pipe' });
      expect(e2fsck(path).status).not.toBe(0);
      const report = checkExt4(new MemoryDevice(readFileSync(path), true), 'ext4');
      expect(report.verdict).toBe('damaged');
      expect(report.findings.map((finding) => finding.kind)).toContain(kind);
    });
  }

  it('is never clean where e2fsck sees damage in what was changed at random', () => {
    using folder = temporaryFolder();
    const path = folder.file('image');
    const random = seededRandom(11);
    for (let turn = 0; turn < 40; turn += 1) {
      const bytes = Buffer.from(image);
      // Superblock, descriptors, bitmaps and inode tables: where every bit has a meaning.
      const at = 1024 + random.below(600_000);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      writeFileSync(path, bytes);
      const theirs = e2fsck(path).status;
      let ours: string;
      try {
        ours = checkExt4(new MemoryDevice(bytes, true), 'ext4').verdict;
      } catch {
        ours = 'refused';
      }
      if (theirs !== 0) expect(`${at}: ${ours}`).not.toBe(`${at}: clean`);
    }
  });

  it('finds nothing in a volume with quotas, which is read and not written', () => {
    using folder = temporaryFolder();
    const [path, source] = [folder.file('image'), folder.file('source')];
    mkdirSync(source);
    writeFileSync(`${source}/file`, 'of a user with a quota');
    makeExt4(path, 64, ['-t', 'ext4', '-O', 'quota,project', '-d', source]);
    const device = new MemoryDevice(readFileSync(path));
    expect(checkExt4(device, 'ext4')).toMatchObject({ verdict: 'clean', findings: [] });
    using fileSystem = mountExt4(device, { type: 'ext4', isReadOnly: false });
    expect(fileSystem.isReadOnly).toBe(true);
    expect(fileSystem.readOnlyReasons?.join()).toContain('quota, project');
    expect(list(fileSystem, 1)).toContain('file');
  });

  it('sees what a cut has left as the next mount will', () => {
    const device = new MemoryDevice(Buffer.from(image));
    const fileSystem = mountExt4(device, { type: 'ext4', isReadOnly: false });
    const workload = new Ext4Workload(fileSystem, seededRandom(3), 10_000);
    for (let step = 0; step < 200; step += 1) workload.step();
    fileSystem.sync();
    const cut = new MemoryDevice(Buffer.from(device.bytes), true);
    const report = checkExt4(cut, 'ext4');
    expect(report.verdict).toBe('clean');
    expect(report.findings.map(({ kind }) => kind)).toContain('journal');
  });
});
