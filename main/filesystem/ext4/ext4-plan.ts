import { ContractError } from '../../../shared/errors/vault-error.ts';
import { KIB, MIB, TIB } from '../../../shared/units.ts';
import { hasSuperblock } from './group-places.ts';

/** How a new volume of some size is cut, by the rules and the sizes of `mke2fs -t ext4`. */
export type Ext4Plan = Readonly<{
  blockBytes: number;
  blockCount: number;
  firstDataBlock: number;
  blocksPerGroup: number;
  groupCount: number;
  inodesPerGroup: number;
  /** Blocks of a group's inode table. */
  tableBlocks: number;
  /** Blocks of group descriptors, and blocks kept for more of them. */
  descriptorBlocks: number;
  reservedDescriptorBlocks: number;
  journalBlocks: number;
}>;

export const INODE_BYTES = 256;
export const DESCRIPTOR_BYTES = 64;
const SMALLEST_BYTES = 8 * MIB;
const SMALL_BYTES = 512 * MIB;
/** Most growth that descriptors are kept for. */
const GROWTH = 1024;
const LARGEST_GROWN_BLOCKS = 2 ** 32 - 1;
/** A last group with less room than this beside its structures is left out. */
const LAST_GROUP_SPARE_BLOCKS = 50;
const POINTER_BYTES = 4;

/** Journal blocks by the number of blocks below which they are enough. */
const JOURNAL_SIZES = [
  [32_768, 1024],
  [256 * KIB, 4096],
  [512 * KIB, 8192],
  [4096 * KIB, 16_384],
  [8192 * KIB, 32_768],
  [16_384 * KIB, 65_536],
  [32_768 * KIB, 131_072],
] as const;
const LARGEST_JOURNAL_BLOCKS = 262_144;

/**
 * Plans a volume; a function of its size and of the sectors below alone.
 *
 * @param sectorBytes - Of the device below: Linux mounts no blocks smaller than these.
 * @throws ContractError `size-invalid` below 8 MiB.
 */
export function planExt4(sizeBytes: number, sectorBytes = 512): Ext4Plan {
  if (sizeBytes < SMALLEST_BYTES) throw new ContractError('size-invalid', { sizeBytes });
  const blockBytes = sizeBytes < SMALL_BYTES && sectorBytes <= KIB ? KIB : 4 * KIB;
  const journalBlocks = journalBlocksFor(Math.floor(sizeBytes / blockBytes));
  let blockCount = Math.floor(sizeBytes / blockBytes);
  for (;;) {
    const plan = { ...cut(blockBytes, blockCount, sizeBytes), journalBlocks };
    const lastBlocks = (blockCount - plan.firstDataBlock) % plan.blocksPerGroup;
    const needed = groupOverhead(plan, plan.groupCount - 1) + LAST_GROUP_SPARE_BLOCKS;
    if (lastBlocks === 0 || lastBlocks >= needed || plan.groupCount === 1) return plan;
    blockCount -= lastBlocks;
  }
}

/** Blocks at a group's start that hold copies of superblock and descriptors. */
export function headBlocks(plan: Ext4Plan, hasCopy: boolean): number {
  return hasCopy ? 1 + plan.descriptorBlocks + plan.reservedDescriptorBlocks : 0;
}

function groupOverhead(plan: Ext4Plan, group: number): number {
  return 2 + plan.tableBlocks + headBlocks(plan, hasSparseSuperblock(group));
}

/** Tells whether a group has copies, where a volume is sparse as all new ones are. */
export function hasSparseSuperblock(group: number): boolean {
  return hasSuperblock({ features: SPARSE, backupGroups: [0, 0] }, group);
}

const SPARSE = { compatible: 0, incompatible: 0, readOnlyCompatible: 1 } as const;

function cut(
  blockBytes: number,
  blockCount: number,
  sizeBytes: number,
): Omit<Ext4Plan, 'journalBlocks'> {
  const firstDataBlock = blockBytes === KIB ? 1 : 0;
  const blocksPerGroup = 8 * blockBytes;
  const groupCount = Math.ceil((blockCount - firstDataBlock) / blocksPerGroup);
  const wanted = Math.floor((blockCount * blockBytes) / inodeRatio(sizeBytes));
  const perTableBlock = blockBytes / INODE_BYTES;
  const tableBlocks = Math.ceil(Math.ceil(wanted / groupCount) / perTableBlock);
  // The bitmap of a group's inodes is made of whole bytes.
  const inodesPerGroup = Math.floor((tableBlocks * perTableBlock) / 8) * 8;
  const perDescriptorBlock = blockBytes / DESCRIPTOR_BYTES;
  const descriptorBlocks = Math.ceil(groupCount / perDescriptorBlock);
  return {
    blockBytes,
    blockCount,
    firstDataBlock,
    blocksPerGroup,
    groupCount,
    inodesPerGroup,
    tableBlocks: (inodesPerGroup * INODE_BYTES) / blockBytes,
    descriptorBlocks,
    reservedDescriptorBlocks: reservedBlocks(blockCount, firstDataBlock, blockBytes),
  };
}

function reservedBlocks(blockCount: number, firstDataBlock: number, blockBytes: number): number {
  if (blockCount > LARGEST_GROWN_BLOCKS) return 0;
  const perDescriptorBlock = blockBytes / DESCRIPTOR_BYTES;
  const blocksPerGroup = 8 * blockBytes;
  const blocksFor = (count: number): number =>
    Math.ceil(Math.ceil((count - firstDataBlock) / blocksPerGroup) / perDescriptorBlock);
  const grown = Math.min(LARGEST_GROWN_BLOCKS, blockCount * GROWTH);
  const more = blocksFor(grown) - blocksFor(blockCount);
  return Math.min(more, blockBytes / POINTER_BYTES);
}

function inodeRatio(sizeBytes: number): number {
  if (sizeBytes < SMALL_BYTES) return 4 * KIB;
  if (sizeBytes < 4 * TIB) return 16 * KIB;
  return sizeBytes < 16 * TIB ? 32 * KIB : 64 * KIB;
}

function journalBlocksFor(blockCount: number): number {
  for (const [limit, blocks] of JOURNAL_SIZES) if (blockCount < limit) return blocks;
  return LARGEST_JOURNAL_BLOCKS;
}
