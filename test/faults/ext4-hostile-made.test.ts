import { execFileSync } from 'node:child_process';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MUTATIONS, mutateExt4 } from '../support/ext4-mutator.ts';
import { mayRefuse } from '../support/hostile.ts';
import { exercise, makeHostileBase, makeReadBase } from '../support/hostile-ext4.ts';
import { isFullProof } from '../support/proof.ts';
import { requireTool } from '../support/require-tool.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hasTools = requireTool('mke2fs', 'e2fsprogs');
const MUTANTS_PER_KIND = isFullProof ? 2000 : 15;
const VARIANT_MUTANTS = isFullProof ? 100 : 2;
/** Features that we only read, and forms of older ones. */
const VARIANTS = [
  '-t ext4 -b 1024 -I 256 -O inline_data',
  '-t ext4 -b 1024 -O metadata_csum_seed,orphan_file',
  '-t ext4 -b 1024 -O bigalloc -C 4096',
  '-t ext4 -b 1024 -O large_dir,ea_inode',
  '-t ext4 -b 1024 -O mmp,quota,project',
  '-t ext4 -b 1024 -O meta_bg,^resize_inode',
  '-t ext4 -b 4096 -O fast_commit',
  '-t ext4 -b 1024 -O ^metadata_csum,uninit_bg',
  '-t ext3 -b 1024',
  '-t ext2 -b 1024 -I 128 -O ^filetype',
  '-t ext4 -b 65536',
] as const;

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

describe.skipIf(!hasTools)('a volume made in bad faith, with right checksums', () => {
  let volumes: Readonly<{ closed: Buffer; cut: Buffer }>;
  beforeAll(() => {
    volumes = makeHostileBase();
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

  for (const args of VARIANTS) {
    it(`is refused or used with something wrong on ${args}`, { timeout: 3_600_000 }, () => {
      const base = makeReadBase(args);
      for (const kind of MUTATIONS) {
        for (let seed = 1; seed <= VARIANT_MUTANTS; seed += 1) {
          const bytes = Buffer.from(base);
          const random = seededRandom(seed * 37 + MUTATIONS.indexOf(kind));
          for (let count = 0; count <= random.below(3); count += 1) {
            mayRefuse(() => mutateExt4(bytes, kind, random));
          }
          exercise(`${kind} ${seed}`, bytes);
        }
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
