import { COMPATIBLE, READ_ONLY_COMPATIBLE } from './ext4-features.ts';
import type { Ext4Geometry } from './superblock.ts';

/** Where groups begin and which of them hold a copy of the superblock. */

export function firstBlockOfGroup(
  geometry: Pick<Ext4Geometry, 'firstDataBlock' | 'blocksPerGroup'>,
  group: number,
): number {
  return geometry.firstDataBlock + group * geometry.blocksPerGroup;
}

/** Blocks of a group; the last one may be short. */
export function blocksOfGroup(
  geometry: Pick<Ext4Geometry, 'firstDataBlock' | 'blocksPerGroup' | 'blockCount'>,
  group: number,
): number {
  const first = firstBlockOfGroup(geometry, group);
  return Math.min(geometry.blocksPerGroup, geometry.blockCount - first);
}

/** Tells whether a group starts with a copy of the superblock. */
export function hasSuperblock(
  geometry: Pick<Ext4Geometry, 'features' | 'backupGroups'>,
  group: number,
): boolean {
  const { compatible, readOnlyCompatible } = geometry.features;
  if (group === 0) return true;
  if ((compatible & COMPATIBLE.sparse_super2) !== 0) return geometry.backupGroups.includes(group);
  if (group === 1 || (readOnlyCompatible & READ_ONLY_COMPATIBLE.sparse_super) === 0) return true;
  return isPowerOf(group, 3) || isPowerOf(group, 5) || isPowerOf(group, 7);
}

/** The block of the volume that holds a group's descriptor. */
export function descriptorBlockOf(geometry: Ext4Geometry, group: number): number {
  const perBlock = geometry.blockBytes / geometry.descriptorBytes;
  const index = Math.floor(group / perBlock);
  if (index < geometry.firstMetaGroup) return superblockBlock(geometry) + 1 + index;
  const metaGroup = index * perBlock;
  // With blocks of 1024 bytes and clusters, the first block is in no group's count.
  const skipped = index === 0 && geometry.blockBytes === 1024 && geometry.firstDataBlock === 0;
  const before = (hasSuperblock(geometry, metaGroup) ? 1 : 0) + (skipped ? 1 : 0);
  return firstBlockOfGroup(geometry, metaGroup) + before;
}

/** Blocks at a group's start that hold copies of superblock and descriptors, or are kept for them. */
export function headBlocksOf(geometry: Ext4Geometry, group: number): number {
  const perBlock = geometry.blockBytes / geometry.descriptorBytes;
  const copies = hasSuperblock(geometry, group) ? 1 : 0;
  const index = Math.floor(group / perBlock);
  if (index >= geometry.firstMetaGroup) {
    const within = group % perBlock;
    const hasDescriptors = within === 0 || within === 1 || within === perBlock - 1;
    return copies + (hasDescriptors ? 1 : 0);
  }
  if (copies === 0) return 0;
  const last = descriptorBlockOf(geometry, geometry.groupCount - 1);
  const isSimple = geometry.firstMetaGroup === Number.MAX_SAFE_INTEGER;
  const descriptors = isSimple ? last - superblockBlock(geometry) : geometry.firstMetaGroup;
  return copies + descriptors + (isSimple ? geometry.reservedDescriptorBlocks : 0);
}

/** The block that holds the first superblock. */
export function superblockBlock(geometry: Pick<Ext4Geometry, 'blockBytes'>): number {
  return geometry.blockBytes === 1024 ? 1 : 0;
}

function isPowerOf(value: number, base: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}
