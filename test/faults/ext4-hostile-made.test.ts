import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MemoryDevice } from '../../main/block/memory-device.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import type { FileSystem } from '../../main/filesystem/file-system.ts';
import { makeExt4 } from '../support/ext4-image.ts';
import { MUTATIONS, mutateExt4 } from '../support/ext4-mutator.ts';
import { Ext4Workload } from '../support/ext4-workload.ts';
import { CREATOR, list, name } from '../support/fat-fixture.ts';
import { mayRefuse, readAll } from '../support/hostile.ts';
import { isFullProof } from '../support/proof.ts';
import { requireTool } from '../support/require-tool.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('mke2fs', 'e2fsprogs');
const MUTANTS_PER_KIND = isFullProof ? 5000 : 15;
/** Processor time: what else runs does not count. */
const LIMIT_MS = 2_000;
const SIZE_MIB = 8;
const EXT4 = { type: 'ext4', isReadOnly: false };

/** Values that no field of an inode or of the superblock expects. */
const VALUES = ['0', '1', '7', '0xffff', '0x7fffffff', '0xffffffff'];
const INODE_FIELDS =
  'mode links_count size size_high blocks flags extra_isize file_acl dtime block[0] block[1] block[2] block[3] block[4] block[5] block[6] block[7] block[8]';
const SUPER_FIELDS =
  'inodes_count blocks_count blocks_count_hi free_blocks_count free_inodes_count first_data_block log_block_size log_cluster_size blocks_per_group clusters_per_group inodes_per_group first_ino inode_size block_group_nr feature_compat feature_incompat feature_ro_compat journal_inum journal_dev last_orphan def_hash_version desc_size first_meta_bg min_extra_isize want_extra_isize log_groups_per_flex reserved_gdt_blocks rev_level creator_os state';
const LINKS = [
  'link /d /d/again',
  'link / /d/root',
  'link /d /d/e/up',
  'link /d/e /e2',
  'unlink /d/e',
  'link /file /d/e/file',
  'kill_file /d',
  'kill_file /many',
  'kill_file /file',
  'clri /d/e',
  'clri /file',
  'clri /many',
  'clri <2>',
  'clri <8>',
  'clri <7>',
  'freei /file',
  'freei /d',
  'freeb 1 200',
  'setb 2000 3000',
  'zap_block -f /many 0',
  'zap_block -f /many 1',
  'zap_block -f /d 0',
  'zap_block -f / 0',
  'zap_block -f <8> 0',
  'zap_block -f <8> 1',
  'zap_block -f /holes 0',
  'zap_block -p 0xff -o 4 -l 8 -f /d 0',
  'zap_block -p 0xff -o 4 -l 8 -f /many 0',
];

/** Runs a step; whatever it did, it may not have taken long. */
function limited(what: string, step: () => void): void {
  const before = process.cpuUsage();
  mayRefuse(step);
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000, what).toBeLessThan(LIMIT_MS);
}

/** Shows a volume without a write, then changes it as far as it lets itself be changed. */
function exercise(what: string, bytes: Buffer): void {
  const before = Buffer.from(bytes);
  limited(`reading ${what}`, () => {
    using fileSystem = mountExt4(new MemoryDevice(bytes), { ...EXT4, isReadOnly: true });
    readAll(fileSystem);
  });
  expect(bytes.equals(before), what).toBe(true);
  limited(`writing ${what}`, () => {
    using fileSystem = mountExt4(new MemoryDevice(bytes), EXT4);
    const workload = new Ext4Workload(fileSystem, seededRandom(bytes.length), 8_000);
    for (let step = 0; step < 12; step += 1) mayRefuse(() => workload.step());
    changeAll(fileSystem);
    readAll(fileSystem);
    mayRefuse(() => fileSystem.sync());
  });
}

/** Writes to, cuts, moves and removes what the root holds. */
function changeAll(fileSystem: FileSystem): void {
  for (const [index, text] of list(fileSystem, 1).entries()) {
    mayRefuse(() => {
      const node = fileSystem.lookup(1, name(text));
      mayRefuse(() => fileSystem.write(node, 3000, Buffer.alloc(5000, 1)));
      mayRefuse(() => fileSystem.setAttributes(node, { sizeBytes: 1500 }));
      const value = Buffer.alloc(600, 2);
      const always = { mustBeNew: false, mustExist: false };
      mayRefuse(() => fileSystem.setExtendedAttribute?.(node, name('user.more'), value, always));
      mayRefuse(() => fileSystem.create(node, name('inside'), 0o644, CREATOR));
      fileSystem.forget(node, 1);
    });
    const flags = { noReplace: false, exchange: false };
    mayRefuse(() => fileSystem.rename(1, name(text), 1, name(`moved ${index}`), flags));
  }
  for (const text of list(fileSystem, 1)) {
    mayRefuse(() => fileSystem.unlink(1, name(text)));
    mayRefuse(() => fileSystem.removeDirectory(1, name(text)));
  }
}

/** A volume with one of each structure, closed, and as a cut leaves it. */
function makeVolumes(): Readonly<{ closed: Buffer; cut: Buffer }> {
  using folder = temporaryFolder();
  const image = folder.file('image');
  makeExt4(image, SIZE_MIB, '-t ext4 -b 1024 -N 512'.split(' '));
  const device = new MemoryDevice(readFileSync(image));
  const fileSystem = mountExt4(device, EXT4);
  const make = (parent: number, text: string) =>
    fileSystem.create(parent, name(text), 0o644, CREATOR);
  const folder1 = fileSystem.makeDirectory(1, name('d'), 0o755, CREATOR);
  fileSystem.makeDirectory(folder1, name('e'), 0o755, CREATOR);
  const many = fileSystem.makeDirectory(1, name('many'), 0o755, CREATOR);
  for (let index = 0; index < 60; index += 1) make(many, `entry ${index} ${'x'.repeat(60)}`);
  const file = make(1, 'file');
  fileSystem.write(file, 0, Buffer.alloc(30_000, 'file'));
  const holes = make(1, 'holes');
  for (let index = 0; index < 40; index += 1) {
    fileSystem.write(holes, index * 4096, Buffer.alloc(1024, index));
  }
  const always = { mustBeNew: false, mustExist: false };
  for (const node of [file, folder1, holes]) {
    fileSystem.setExtendedAttribute?.(node, name('user.small'), Buffer.from('value'), always);
    fileSystem.setExtendedAttribute?.(node, name('user.large'), Buffer.alloc(500, 7), always);
  }
  fileSystem.symlink(1, name('link'), name('t'.repeat(200)), CREATOR);
  fileSystem.sync();
  const cut = Buffer.from(device.bytes);
  fileSystem[Symbol.dispose]();
  return { closed: Buffer.from(device.bytes), cut };
}

describe.skipIf(!hasTools)('a volume made in bad faith, with right checksums', () => {
  let volumes: Readonly<{ closed: Buffer; cut: Buffer }>;
  beforeAll(() => {
    volumes = makeVolumes();
  });

  for (const kind of MUTATIONS) {
    it(`is refused or used with a wrong ${kind}`, { timeout: 3_600_000 }, () => {
      for (let seed = 1; seed <= MUTANTS_PER_KIND; seed += 1) {
        const isCut = kind === 'journal' || seed % 4 === 0;
        const bytes = Buffer.from(isCut ? volumes.cut : volumes.closed);
        const random = seededRandom(seed * 31 + MUTATIONS.indexOf(kind));
        for (let count = 0; count <= random.below(3); count += 1) {
          mayRefuse(() => mutateExt4(bytes, kind, random));
        }
        exercise(`${kind} ${seed}`, bytes);
      }
    });
  }

  it('is refused or used as debugfs made it', { timeout: 600_000 }, () => {
    using folder = temporaryFolder();
    const image = folder.file('image');
    const ofInode = ['/file', '/d', '/many', '<8>'].flatMap((inode) =>
      INODE_FIELDS.split(' ').map((field, index) => `sif ${inode} ${field} ${valueFor(index)}`),
    );
    const ofSuper = SUPER_FIELDS.split(' ').flatMap((field, index) => [
      `ssv ${field} ${valueFor(index)}`,
      `ssv ${field} ${valueFor(index + 3)}`,
    ]);
    const commands = [...LINKS, ...ofInode, ...ofSuper];
    expect(commands.length).toBeGreaterThan(100);
    for (const command of commands) {
      writeFileSync(image, volumes.closed);
      execFileSync('debugfs', ['-w', '-R', command, image], { stdio: 'ignore' });
      truncateSync(image, volumes.closed.length); // debugfs may have written far behind the end
      exercise(command, readFileSync(image));
    }
  });
});

function valueFor(index: number): string {
  return VALUES[index % VALUES.length] ?? '0';
}
