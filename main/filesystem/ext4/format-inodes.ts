import type { BlockDevice } from '../../block/block-device.ts';
import { sealLeaf } from './directory-blocks.ts';
import { neededBytes, putEntry, typeByteOf } from './directory-entries.ts';
import {
  DIRENT_TAIL,
  INODE_FLAGS,
  INODES,
  MAXIMUM_EXTENT_BLOCKS,
  MODE_TYPES,
} from './ext4-layout.ts';
import { type Ext4Plan, INODE_BYTES } from './ext4-plan.ts';
import {
  blockMaximum,
  type ExtentNode,
  putExtent,
  putHeader,
  putIndex,
  ROOT_MAXIMUM,
  sealNode,
} from './extent-node.ts';
import type { BlockRange, FormatClaims } from './format-claims.ts';
import type { NewVolume } from './format-superblock.ts';
import { firstBlockOfGroup } from './group-places.ts';
import { Inode } from './inode.ts';
import { encodeJournalSuperblock } from './journal-superblock.ts';
import { looseBlock } from './metadata-blocks.ts';
import {
  copyGroups,
  DOUBLE_POINTER_AT,
  encodeDoublePointers,
  encodeKeptBlock,
  firstKeptBlock,
} from './resize-inode.ts';
import type { Ext4Geometry } from './superblock.ts';

/** Inodes that a new volume has in use: the reserved ones and `lost+found`. */
export const USED_INODES = 11;

const LOST_AND_FOUND = INODES.firstOrdinary;
const LOST_AND_FOUND_BYTES = 16_384;
/** As many as `mke2fs` takes where blocks are small. */
const LOST_AND_FOUND_MAXIMUM_BLOCKS = 12;
const EXTRA_BYTES = 32;
const POINTER_BYTES = 4;
const DIRECT_POINTERS = 12;
const JOURNAL_COPY_WORDS = 15;

/** A new volume on its way to the device. */
export type Formatting = Readonly<{
  device: BlockDevice;
  plan: Ext4Plan;
  geometry: Ext4Geometry;
  claims: FormatClaims;
  volume: NewVolume;
}>;

/**
 * Makes the inodes that every volume has and writes what they hold.
 *
 * @returns The used start of the first group's inode table, and the superblock's copy of where the
 * journal lies: 17 words.
 */
export function formatInodes(formatting: Formatting): Readonly<{ table: Buffer; copy: Buffer }> {
  const { plan } = formatting;
  const bytes = Buffer.alloc(
    Math.ceil((USED_INODES * INODE_BYTES) / plan.blockBytes) * plan.blockBytes,
  );
  const inodeAt = (number: number): Inode => newInode(formatting, looseBlock(0, bytes), number);
  formatDirectories(formatting, inodeAt(INODES.root), inodeAt(LOST_AND_FOUND));
  if (plan.reservedDescriptorBlocks > 0) formatResize(formatting, inodeAt(INODES.resize));
  const journal = inodeAt(INODES.journal);
  formatJournal(formatting, journal);
  const copy = Buffer.alloc((JOURNAL_COPY_WORDS + 2) * POINTER_BYTES);
  copy.set(journal.content);
  copy.writeUInt32LE(Math.floor(journal.sizeBytes / 2 ** 32), JOURNAL_COPY_WORDS * POINTER_BYTES);
  copy.writeUInt32LE(journal.sizeBytes % 2 ** 32, (JOURNAL_COPY_WORDS + 1) * POINTER_BYTES);
  return { table: bytes, copy };
}

function newInode({ geometry, volume }: Formatting, block: Inode['block'], number: number): Inode {
  const inode = new Inode(geometry, number, block, (number - 1) * INODE_BYTES);
  inode.extraBytes = EXTRA_BYTES;
  const now = { seconds: volume.nowSeconds, nanoseconds: 0 };
  for (const which of ['accessed', 'changed', 'modified', 'created'] as const) {
    inode.setTime(which, now);
  }
  return inode;
}

function formatDirectories(formatting: Formatting, root: Inode, lost: Inode): void {
  const { blockBytes } = formatting.plan;
  const lostBlocks = Math.min(LOST_AND_FOUND_MAXIMUM_BLOCKS, LOST_AND_FOUND_BYTES / blockBytes);
  for (const [inode, permissions, blocks] of [
    [root, 0o755, 1],
    [lost, 0o700, lostBlocks],
  ] as const) {
    inode.mode = MODE_TYPES.directory | permissions;
    inode.uid = formatting.volume.uid;
    inode.gid = formatting.volume.gid;
    inode.links = inode === root ? 3 : 2;
    const start = formatting.claims.claim(blocks, formatting.plan.firstDataBlock);
    putExtents(formatting, inode, [{ start, count: blocks }], 0);
    const entries = [
      { name: '.', inode: inode.number },
      { name: '..', inode: root.number },
      ...(inode === root ? [{ name: 'lost+found', inode: LOST_AND_FOUND }] : []),
    ];
    for (let index = 0; index < blocks; index += 1) {
      const leaf = encodeLeaf(blockBytes, index === 0 ? entries : [{ name: '', inode: 0 }]);
      sealLeaf(inode.checksumSeed, leaf);
      formatting.device.writeFrom((start + index) * blockBytes, leaf);
    }
    inode.seal();
  }
}

function encodeLeaf(
  blockBytes: number,
  entries: readonly Readonly<{ name: string; inode: number }>[],
): Buffer {
  const bytes = Buffer.alloc(blockBytes);
  const end = blockBytes - DIRENT_TAIL.bytes;
  let at = 0;
  for (const [index, { name, inode }] of entries.entries()) {
    const isLast = index === entries.length - 1;
    const lengthBytes = isLast ? end - at : neededBytes(name.length);
    const type = inode === 0 ? 0 : typeByteOf('directory');
    putEntry(bytes, at, { inode, lengthBytes, name: Buffer.from(name), type });
    at += lengthBytes;
  }
  return bytes;
}

/** Gives an inode these blocks, through a node of their own where they do not fit into the inode. */
function putExtents(
  { device, plan, claims }: Formatting,
  inode: Inode,
  pieces: readonly BlockRange[],
  goal: number,
): void {
  inode.flags = INODE_FLAGS.extents;
  const blocks = pieces.reduce((sum, { count }) => sum + count, 0);
  inode.sizeBytes = blocks * plan.blockBytes;
  const isDeep = pieces.length > ROOT_MAXIMUM;
  inode.allocatedBytes = (blocks + (isDeep ? 1 : 0)) * plan.blockBytes;
  const root: ExtentNode = { bytes: inode.block.bytes, at: inode.contentAt };
  if (!isDeep) {
    putHeader(root, { entries: pieces.length, maximum: ROOT_MAXIMUM, depth: 0 });
    putPieces(root, pieces);
    return;
  }
  const maximum = blockMaximum(plan.blockBytes);
  const leaf: ExtentNode = { bytes: Buffer.alloc(plan.blockBytes), at: 0 };
  putHeader(leaf, { entries: pieces.length, maximum, depth: 0 });
  putPieces(leaf, pieces);
  sealNode(leaf, inode.checksumSeed);
  const number = claims.claim(1, goal);
  putHeader(root, { entries: 1, maximum: ROOT_MAXIMUM, depth: 1 });
  putIndex(root, 0, 0, number);
  device.writeFrom(number * plan.blockBytes, leaf.bytes);
}

function putPieces(node: ExtentNode, pieces: readonly BlockRange[]): void {
  let logical = 0;
  for (const [index, { start, count }] of pieces.entries()) {
    putExtent(node, index, { logical, length: count, start, isUnwritten: false });
    logical += count;
  }
}

/** The journal lies in the middle of the volume, where it is near to everything. */
function formatJournal(formatting: Formatting, inode: Inode): void {
  const { device, plan, claims, volume } = formatting;
  const goal = firstBlockOfGroup(plan, Math.floor(plan.groupCount / 2));
  const pieces = claims.claimPieces(plan.journalBlocks, goal, MAXIMUM_EXTENT_BLOCKS);
  inode.mode = MODE_TYPES.file | 0o600;
  inode.links = 1;
  putExtents(formatting, inode, pieces, goal);
  inode.seal();
  const first = pieces[0]?.start ?? 0;
  const superblock = encodeJournalSuperblock(plan.blockBytes, plan.journalBlocks, volume.uuid);
  device.writeFrom(first * plan.blockBytes, superblock);
}

/** The inode that keeps blocks for more group descriptors. */
function formatResize({ device, plan, claims, volume, geometry }: Formatting, inode: Inode): void {
  const { blockBytes, reservedDescriptorBlocks } = plan;
  const perBlock = blockBytes / POINTER_BYTES;
  const { descriptorBlocks } = plan;
  const first = firstKeptBlock(geometry, descriptorBlocks);
  for (let index = 0; index < reservedDescriptorBlocks; index += 1) {
    const kept = first + index;
    device.writeFrom(kept * blockBytes, encodeKeptBlock(geometry, kept));
  }
  const number = claims.claim(1, geometry.firstDataBlock);
  device.writeFrom(number * blockBytes, encodeDoublePointers(geometry, descriptorBlocks));
  inode.mode = MODE_TYPES.file | 0o600;
  inode.links = 1;
  inode.sizeBytes = (perBlock * perBlock + perBlock + DIRECT_POINTERS) * blockBytes;
  inode.allocatedBytes =
    (1 + reservedDescriptorBlocks * (1 + copyGroups(geometry).length)) * blockBytes;
  inode.content.writeUInt32LE(number, DOUBLE_POINTER_AT);
  inode.setTime('created', { seconds: volume.nowSeconds, nanoseconds: 0 });
  inode.seal();
}
