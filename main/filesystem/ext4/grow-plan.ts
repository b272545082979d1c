import { ContractError, UnsupportedError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { COMPATIBLE, INCOMPATIBLE, readOnlyReasons } from './ext4-features.ts';
import { blocksOfGroup, headBlocksOf } from './group-places.ts';
import { type Ext4Geometry, mostGroups, readSuperblock } from './superblock.ts';

/** Descriptor blocks that one step adds to or makes, at most. */
const STEP_DESCRIPTOR_BLOCKS = 16;
/** A last group with less room than this beside its structures is left out. */
const LAST_GROUP_SPARE_BLOCKS = 50;
const HIGH = 2 ** 32;

/** Tells whether we can write a volume, and so make it larger. @throws FormatError, UnsupportedError */
export function canWriteExt4(device: BlockDevice): boolean {
  const { features, hasErrors } = readSuperblock(device);
  return readOnlyReasons(features).length === 0 && !hasErrors;
}

/**
 * Returns how many blocks the filesystem has when it fills `sizeBytes`; as many as now where what is
 * left over makes no group.
 *
 * @throws ContractError `size-invalid` where it would shrink.
 * @throws UnsupportedError `filesystem-unsupported` where it has features that we cannot write.
 */
export function planExt4Growth(device: BlockDevice, sizeBytes: number): number {
  const geometry = readSuperblock(device);
  const features = readOnlyReasons(geometry.features);
  if (features.length > 0) {
    throw new UnsupportedError('filesystem-unsupported', { type: 'ext4', features });
  }
  const { blockBytes, blockCount, blocksPerGroup, firstDataBlock } = geometry;
  const has64Bit = (geometry.features.incompatible & INCOMPATIBLE['64bit']) !== 0;
  const most = Math.min(
    has64Bit ? Number.MAX_SAFE_INTEGER : HIGH - 1,
    firstDataBlock + mostGroups(geometry) * blocksPerGroup,
  );
  const wanted = Math.min(Math.floor(sizeBytes / blockBytes), most);
  if (wanted < blockCount) throw new ContractError('size-invalid', { sizeBytes });
  const grown = withBlocks(geometry, wanted);
  const last = grown.groupCount - 1;
  const isNew = last >= geometry.groupCount;
  if (!isNew || blocksOfGroup(grown, last) >= ownBlocks(grown, last) + LAST_GROUP_SPARE_BLOCKS) {
    return wanted;
  }
  return Math.max(blockCount, wanted - blocksOfGroup(grown, last));
}

/** Blocks of a group's own structures, all of them inside it. */
export function ownBlocks(geometry: Ext4Geometry, group: number): number {
  return headBlocksOf(geometry, group) + 2 + tableBlocks(geometry);
}

export function tableBlocks({ inodesPerGroup, inodeBytes, blockBytes }: Ext4Geometry): number {
  return (inodesPerGroup * inodeBytes) / blockBytes;
}

export function groupsPerDescriptorBlock({ blockBytes, descriptorBytes }: Ext4Geometry): number {
  return blockBytes / descriptorBytes;
}

/** Returns a volume's geometry with another number of blocks. */
function withBlocks(geometry: Ext4Geometry, blockCount: number): Ext4Geometry {
  const { firstDataBlock, blocksPerGroup, inodesPerGroup } = geometry;
  const groupCount = Math.ceil((blockCount - firstDataBlock) / blocksPerGroup);
  return { ...geometry, blockCount, groupCount, inodeCount: groupCount * inodesPerGroup };
}

/**
 * The next step towards `blockCount`: first the last group becomes whole, then groups are added.
 * Descriptors go where blocks are kept for them; where none are left, each further block of them lies
 * with its own groups (`meta_bg`).
 *
 * @returns The geometry after the step, `undefined` where there is nothing more to do.
 */
export function nextGeometry(geometry: Ext4Geometry, blockCount: number): Ext4Geometry | undefined {
  if (geometry.blockCount >= blockCount) return undefined;
  const { firstDataBlock, blocksPerGroup, groupCount } = geometry;
  const wholeEnd = firstDataBlock + groupCount * blocksPerGroup;
  if (geometry.blockCount < wholeEnd) return withBlocks(geometry, Math.min(wholeEnd, blockCount));
  const perBlock = groupsPerDescriptorBlock(geometry);
  const used = Math.ceil(groupCount / perBlock);
  const isFull = groupCount === used * perBlock;
  const kept = geometry.reservedDescriptorBlocks;
  const isMeta = geometry.firstMetaGroup !== Number.MAX_SAFE_INTEGER;
  if (isFull && !isMeta && kept === 0)
    return nextGeometry(withMetaGroups(geometry, used), blockCount);
  const limit = isMeta ? STEP_DESCRIPTOR_BLOCKS : Math.min(kept, STEP_DESCRIPTOR_BLOCKS);
  const lastGroup = (used + limit) * perBlock;
  const end = Math.min(blockCount, firstDataBlock + lastGroup * blocksPerGroup);
  const grown = withBlocks(geometry, end);
  if (isMeta) return grown;
  const taken = Math.ceil(grown.groupCount / perBlock) - used;
  return { ...grown, reservedDescriptorBlocks: kept - taken };
}

function withMetaGroups(geometry: Ext4Geometry, firstMetaGroup: number): Ext4Geometry {
  const { compatible, incompatible, readOnlyCompatible } = geometry.features;
  return {
    ...geometry,
    firstMetaGroup,
    features: {
      compatible: compatible & ~COMPATIBLE.resize_inode,
      incompatible: incompatible | INCOMPATIBLE.meta_bg,
      readOnlyCompatible,
    },
  };
}
