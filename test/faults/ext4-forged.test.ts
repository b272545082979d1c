import { beforeAll, describe, it } from 'vitest';
import { indexChecksum } from '../../main/filesystem/ext4/directory-blocks.ts';
import { INCOMPATIBLE } from '../../main/filesystem/ext4/ext4-features.ts';
import {
  ATTRIBUTE_BLOCK,
  GROUP,
  INDEX_ENTRY,
  INDEX_NODE,
  INDEX_ROOT,
  INODE,
  INODE_FLAGS,
  INODES,
  SUPER,
} from '../../main/filesystem/ext4/ext4-layout.ts';
import type { Inode } from '../../main/filesystem/ext4/inode.ts';
import { JOURNAL_SUPER } from '../../main/filesystem/ext4/journal-superblock.ts';
import { Ext4Forge } from '../support/ext4-forge.ts';
import { exercise, makeHostileBase } from '../support/hostile-ext4.ts';
import { requireTool } from '../support/require-tool.ts';

const hasTools = requireTool('mke2fs', 'e2fsprogs');

type Forgery = (forge: Ext4Forge) => void;

/** Structures that fan out: in larger blocks they do it more. */
const WIDE = /extents|names|directory/;

function withSuper(offset: number, bytes: number, ...values: readonly number[]): Forgery[] {
  return values.map((value) => (forge) => {
    forge.superblock((block) => block.writeUIntLE(value, offset, bytes));
  });
}

function ofFile(path: string, change: (inode: Inode, forge: Ext4Forge) => void): Forgery {
  return (forge) => {
    forge.inode(forge.numberOf(path), (inode) => change(inode, forge));
  };
}

/** Makes the tree of a directory name one leaf in each of so many entries, on so many levels. */
function foldIndex(forge: Ext4Forge, levels: number, leaf: number): void {
  const directory = forge.volume.inodes.get(forge.numberOf('many'));
  const seal = (bytes: Buffer, at: number): void => {
    const limit = bytes.readUInt16LE(at + INDEX_ENTRY.limit);
    const tail = at + limit * INDEX_ENTRY.bytes;
    bytes.writeUInt32LE(indexChecksum(directory.checksumSeed, bytes, at), tail + 4);
  };
  const fill = (bytes: Buffer, at: number, child: number, step: number): void => {
    const limit = Math.floor((bytes.length - at - 8) / INDEX_ENTRY.bytes);
    bytes.writeUInt16LE(limit, at + INDEX_ENTRY.limit);
    bytes.writeUInt16LE(limit, at + INDEX_ENTRY.count);
    for (let entry = 0; entry < limit; entry += 1) {
      const place = at + entry * INDEX_ENTRY.bytes;
      if (entry > 0) bytes.writeUInt32LE((entry * step) >>> 0, place + INDEX_ENTRY.hash);
      bytes.writeUInt32LE(child, place + INDEX_ENTRY.block);
    }
    seal(bytes, at);
  };
  const extents = Array.from({ length: 3 + levels }, (_, logical) => ({
    logical,
    length: 1,
    start: logical < 3 ? forge.placeOf(directory, logical) : forge.freeBlock(),
    isUnwritten: false,
  }));
  let child = leaf;
  for (let level = 0; level < levels; level += 1) {
    const start = extents[3 + level]?.start ?? 0;
    const bytes = forge.block(start);
    bytes.fill(0);
    bytes.writeUInt16LE(bytes.length, 4);
    fill(bytes, INDEX_NODE.entries, child, 2 ** (4 + 7 * level));
    child = 3 + level;
  }
  const root = forge.block(forge.placeOf(directory, 0));
  root.writeUInt8(levels, INDEX_ROOT.levels);
  fill(root, INDEX_ROOT.entries, child, 2 ** 25);
  forge.inode(directory.number, (inode) => {
    forge.extents(inode, extents);
    inode.sizeBytes = extents.length * forge.volume.geometry.blockBytes;
  });
}

const FORGERIES: Readonly<Record<string, Forgery | readonly Forgery[]>> = {
  'blocks of an absurd size': withSuper(SUPER.logBlockSize, 4, 6, 7, 32, 63, 0xffffffff),
  'groups of an absurd number of inodes': withSuper(SUPER.inodesPerGroup, 4, 0, 1, 8, 0xffffffff),
  'groups of an absurd number of blocks': withSuper(SUPER.blocksPerGroup, 4, 0, 8, 256, 0xfffffff8),
  'a first data block that is absurd': withSuper(SUPER.firstDataBlock, 4, 0, 2, 8191, 0xffffffff),
  'inodes of an absurd size': withSuper(SUPER.inodeBytes, 2, 0, 1, 128, 1024, 0x8000, 0xffff),
  'descriptors of an absurd size': withSuper(SUPER.descriptorBytes, 2, 0, 1, 32, 1024, 0xffff),
  'more blocks than there are': withSuper(SUPER.blockCountHigh, 4, 1, 0xffff, 0xffffffff),
  'a journal that is another inode': withSuper(SUPER.journalInode, 4, 1, 2, 7, 11, 12, 0xffffffff),
  'a list of orphans that starts anywhere': withSuper(
    SUPER.lastOrphan,
    4,
    2,
    7,
    8,
    11,
    12,
    13,
    510,
  ),
  'features of others': withSuper(
    SUPER.incompatible,
    4,
    0x2c2,
    0x82c2,
    0x102c2,
    0x42c2,
    0xffffffff,
  ),
  'a first meta group that is absurd': (forge) =>
    forge.superblock((block) => {
      const bits = block.readUInt32LE(SUPER.incompatible) | INCOMPATIBLE.meta_bg;
      block.writeUInt32LE(bits, SUPER.incompatible);
      block.writeUInt32LE(0xffffffff, SUPER.firstMetaGroup);
    }),
  'descriptors that name the superblock': [0, 1, 2, 8191, 0xffffffff].map((block) => (forge) => {
    forge.descriptor(0, ({ block: { bytes }, at }) => {
      for (const field of [GROUP.blockBitmapLow, GROUP.inodeBitmapLow]) {
        bytes.writeUInt32LE(block, at + field);
      }
    });
  }),
  'a table of inodes that lies anywhere': [0, 1, 2, 3, 8000, 8191].map((block) => (forge) => {
    forge.descriptor(0, ({ block: { bytes }, at }) => {
      bytes.writeUInt32LE(block, at + GROUP.inodeTableLow);
    });
  }),
  'groups that say they are empty': (forge) =>
    forge.descriptor(0, ({ block: { bytes }, at }) => bytes.writeUInt16LE(7, at + GROUP.flags)),
  'files of absurd sizes': [2 ** 32, 2 ** 44, 2 ** 48, 2 ** 52, 2 ** 63].map((size) =>
    ofFile('holes', ({ block, at }) => {
      block.bytes.writeUInt32LE(size % 2 ** 32, at + INODE.sizeLow);
      block.bytes.writeUInt32LE(Math.floor(size / 2 ** 32), at + INODE.sizeHigh);
    }),
  ),
  'directories of absurd sizes': [1, 1024 * 8191, 2 ** 31, 2 ** 40].map((size) =>
    ofFile('d', (inode) => {
      inode.sizeBytes = size;
    }),
  ),
  'extents that are folded': [2, 3, 4, 5].flatMap((depth) =>
    [true, false].map((isEmpty) =>
      ofFile('holes', (inode, forge) => {
        forge.foldedTree(inode, depth, isEmpty);
        inode.sizeBytes = 2 ** 41;
      }),
    ),
  ),
  'extents that overlap': ofFile('file', (inode, forge) => {
    const extents = Array.from({ length: 4 }, (_, index) => {
      return { logical: index * 8000, length: 8000, start: 100, isUnwritten: index === 2 };
    });
    forge.extents(inode, extents);
    inode.sizeBytes = 32_000 * 1024;
  }),
  'very many extents over one block': ofFile('file', (inode, forge) => {
    const extents = Array.from({ length: 40_000 }, (_, index) => {
      return { logical: index, length: 1, start: 6000, isUnwritten: false };
    });
    forge.extents(inode, extents);
    inode.sizeBytes = 40_000 * 1024;
  }),
  'a directory that is one block in all places': ofFile('d', (inode, forge) => {
    const start = forge.placeOf(inode, 0);
    const extents = Array.from({ length: 8000 }, (_, logical) => {
      return { logical, length: 1, start, isUnwritten: false };
    });
    forge.extents(inode, extents);
    inode.sizeBytes = 8000 * 1024;
  }),
  'a tree of names that is folded': [0, 1, 2].map((levels) => (forge) => {
    foldIndex(forge, levels, 1);
  }),
  'a tree of names that leads to itself': [0, 1, 2].map((levels) => (forge) => {
    foldIndex(forge, levels, 2 + levels);
  }),
  'a large tree of names that is folded': (forge) => {
    forge.superblock((block) => {
      const bits = block.readUInt32LE(SUPER.incompatible) | INCOMPATIBLE.large_dir;
      block.writeUInt32LE(bits, SUPER.incompatible);
    });
    foldIndex(forge, 2, 1);
  },
  'a directory in itself': (forge) => {
    const directory = forge.volume.inodes.get(forge.numberOf('d'));
    forge.leaf(directory, forge.placeOf(directory, 0), (bytes) => {
      bytes.writeUInt32LE(directory.number, 24);
    });
  },
  'a block of attributes that is something else': [1, 2, 3, 100, 8191, 0xffffffff].map((number) =>
    ofFile('file', ({ block, at }) =>
      block.bytes.writeUInt32LE(number, at + INODE.attributeBlockLow),
    ),
  ),
  'attributes that very many share': ofFile('file', (inode, forge) => {
    forge.block(inode.attributeBlock).writeUInt32LE(0xffffffff, ATTRIBUTE_BLOCK.references);
  }),
  'a link with an absurd target': [0, 59, 60, 4095, 4096, 2 ** 32].map((size) =>
    ofFile('link', (inode) => {
      inode.sizeBytes = size;
    }),
  ),
  'data that is said to be inline': ['file', 'd', 'link', 'many'].map((path) => (forge) => {
    forge.superblock((block) => {
      const bits = block.readUInt32LE(SUPER.incompatible) | INCOMPATIBLE.inline_data;
      block.writeUInt32LE(bits, SUPER.incompatible);
    });
    forge.inode(forge.numberOf(path), (inode) => {
      inode.flags |= INODE_FLAGS.inlineData;
    });
  }),
  'a journal with holes, or past the end': [0, 1, 1023, 8000].map((length) => (forge) => {
    forge.inode(INODES.journal, (inode) => {
      const start = forge.placeOf(inode, 0);
      forge.extents(inode, [
        { logical: 0, length: Math.max(1, length), start, isUnwritten: false },
      ]);
    });
  }),
  'a journal in single blocks': (forge) => {
    forge.inode(INODES.journal, (inode) => {
      const extents = Array.from({ length: 1024 }, (_, logical) => {
        const start = forge.placeOf(inode, logical === 0 ? 0 : 1024 - logical);
        return { logical, length: 1, start, isUnwritten: false };
      });
      forge.extents(inode, extents);
    });
  },
  'a journal of one block in all places': (forge) => {
    forge.inode(INODES.journal, (inode) => {
      const start = forge.placeOf(inode, 0);
      const extents = Array.from({ length: 1024 }, (_, logical) => {
        return { logical, length: 1, start, isUnwritten: false };
      });
      forge.extents(inode, extents);
    });
  },
  'the journal says absurd things of itself': [
    JOURNAL_SUPER.blockCount,
    JOURNAL_SUPER.first,
    JOURNAL_SUPER.start,
    JOURNAL_SUPER.sequence,
    JOURNAL_SUPER.blockBytes,
    JOURNAL_SUPER.incompatible,
    JOURNAL_SUPER.fastCommitBlocks,
  ].flatMap((field) =>
    [0, 1, 2, 5, 600, 1023, 1024, 1025, 0x7fffffff, 0xffffffff].map(
      (value): Forgery =>
        (forge) =>
          forge.journalHead((bytes) => bytes.writeUInt32BE(value, field)),
    ),
  ),
};

describe.skipIf(!hasTools)('a volume forged on purpose', () => {
  let volumes: Readonly<{ closed: Buffer; cut: Buffer }>;
  let ofLargeBlocks: Readonly<{ closed: Buffer; cut: Buffer }>;
  beforeAll(() => {
    volumes = makeHostileBase();
    ofLargeBlocks = makeHostileBase(4096);
  });

  for (const [what, forgeries] of Object.entries(FORGERIES)) {
    it(`is refused or used with ${what}`, { timeout: 300_000 }, () => {
      for (const [index, forgery] of [forgeries].flat().entries()) {
        for (const base of WIDE.test(what) ? [volumes, ofLargeBlocks] : [volumes]) {
          const bytes = Buffer.from(what.startsWith('the journal') ? base.cut : base.closed);
          forgery(new Ext4Forge(bytes));
          exercise(`${what} ${index}`, bytes);
        }
      }
    });
  }
});
