import { UnsupportedError } from '../../../shared/errors/vault-error.ts';
import { clearRun } from './bitmap-search.ts';
import { COMPATIBLE } from './ext4-features.ts';
import { GROUP, INODES, SUPER, SUPER_BYTES, SUPER_OFFSET_BYTES } from './ext4-layout.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { GroupBitmaps } from './group-bitmaps.ts';
import {
  blocksOfGroup,
  descriptorBlockOf,
  firstBlockOfGroup,
  superblockBlock,
} from './group-places.ts';
import { countOf, putCount } from './group-table.ts';
import { makeGroup } from './grow-groups.ts';
import { groupsPerDescriptorBlock, ownBlocks } from './grow-plan.ts';
import type { JournalWriter } from './journal-writer.ts';
import { looseBlock, type MetadataBlock } from './metadata-blocks.ts';
import {
  copyGroups,
  DOUBLE_POINTER_AT,
  encodeDoublePointers,
  encodeKeptBlock,
  firstKeptBlock,
} from './resize-inode.ts';
import { type Ext4Geometry, sealSuperblock } from './superblock.ts';

const HIGH = 2 ** 32;

/** What a step adds to the volume's counts. */
type Added = { blocks: number; freeBlocks: number; overheadBlocks: number; groups: number };

/**
 * Takes a volume from its present geometry to the next one, as one transaction. What lies behind the
 * present end is written before it; what the transaction changes goes to its own places after it.
 *
 * @throws UnsupportedError `filesystem-unsupported` where the journal is too small.
 */
export function growStep(volume: Ext4Volume, next: Ext4Geometry, journal: JournalWriter): void {
  const { geometry, blocks, device } = volume;
  const added: Added = {
    blocks: next.blockCount - geometry.blockCount,
    freeBlocks: 0,
    overheadBlocks: 0,
    groups: next.groupCount - geometry.groupCount,
  };
  blocks.begin();
  if (added.groups === 0) extendLastGroup(volume, next, added);
  else addGroups(volume, next, added);
  putSuperblock(volume, next, added);
  const changed = [...blocks.running.values()];
  blocks.end();
  if (changed.length > journal.transactionBlocks) {
    const features = ['a journal too small to grow with'];
    throw new UnsupportedError('filesystem-unsupported', { type: 'ext4', features });
  }
  device.flush();
  journal.commit(changed, [], new Date());
  // The superblock last: what it counts must be there, also before a journal is looked at.
  const isSuperblock = ({ number }: MetadataBlock) => number === superblockBlock(geometry);
  for (const part of [
    changed.filter((each) => !isSuperblock(each)),
    changed.filter(isSuperblock),
  ]) {
    for (const { number, bytes } of part) {
      device.writeFrom(number * geometry.blockBytes, Buffer.from(bytes));
    }
    device.flush();
  }
  journal.empty();
}

/** The last group takes the blocks up to its end, or to the volume's. */
function extendLastGroup(volume: Ext4Volume, next: Ext4Geometry, added: Added): void {
  const { geometry, groups, blocks } = volume;
  const last = geometry.groupCount - 1;
  const bitmaps = new GroupBitmaps(geometry, blocks, groups);
  const before = blocksOfGroup(geometry, last);
  const more = blocksOfGroup(next, last) - before;
  clearRun(bitmaps.changeBlocks(last), before, more);
  const descriptor = groups.change(last);
  const free = countOf(descriptor, GROUP.freeBlocksLow, GROUP.freeBlocksHigh);
  putCount(descriptor, GROUP.freeBlocksLow, GROUP.freeBlocksHigh, free + more);
  bitmaps.seal();
  added.freeBlocks += more;
}

function addGroups(volume: Ext4Volume, next: Ext4Geometry, added: Added): void {
  const { geometry, device } = volume;
  const perBlock = groupsPerDescriptorBlock(next);
  let holder: MetadataBlock | undefined;
  for (let group = geometry.groupCount; group < next.groupCount; group += 1) {
    if (holder === undefined || group % perBlock === 0) {
      if (holder !== undefined) storeOutside(volume, holder);
      holder = descriptorBlock(volume, next, group);
    }
    const at = (group % perBlock) * next.descriptorBytes;
    const descriptor = { block: holder, at, isWide: next.descriptorBytes >= 64 };
    added.freeBlocks += makeGroup(device, next, group, descriptor);
    added.overheadBlocks += ownBlocks(next, group);
  }
  if (holder !== undefined) storeOutside(volume, holder);
  const had = (geometry.features.compatible & COMPATIBLE.resize_inode) !== 0;
  if (had) putResizeInode(volume, next, added);
}

/** The block for a new group's descriptor: in the journal where the volume has it already. */
function descriptorBlock(
  { blocks, geometry }: Ext4Volume,
  next: Ext4Geometry,
  group: number,
): MetadataBlock {
  const number = descriptorBlockOf(next, group);
  const isInside = number < geometry.blockCount;
  const isUsed = group % groupsPerDescriptorBlock(next) !== 0;
  if (isUsed) return blocks.change(blocks.read(number));
  if (isInside) return blocks.create(number);
  return looseBlock(number, Buffer.alloc(geometry.blockBytes));
}

/** With `meta_bg` a block of descriptors may lie behind the present end; nobody knows it yet. */
function storeOutside({ geometry, device }: Ext4Volume, { number, bytes }: MetadataBlock): void {
  if (number >= geometry.blockCount) {
    device.writeFrom(number * geometry.blockBytes, Buffer.from(bytes));
  }
}

/** Blocks that were kept become descriptors; what is still kept has counterparts in new groups. */
function putResizeInode(volume: Ext4Volume, next: Ext4Geometry, added: Added): void {
  const { blocks, inodes } = volume;
  const { number: place } = inodes.get(INODES.resize).block;
  blocks.change(blocks.read(place));
  const inode = inodes.get(INODES.resize);
  const double = inode.content.readUInt32LE(DOUBLE_POINTER_AT);
  const isKept = (next.features.compatible & COMPATIBLE.resize_inode) !== 0;
  if (!isKept) {
    inode.content.fill(0);
    inode.allocatedBytes = 0;
    inode.seal();
    freeBlock(volume, double, added);
    return;
  }
  const descriptorBlocks = Math.ceil(next.groupCount / groupsPerDescriptorBlock(next));
  blocks.change(blocks.read(double)).bytes.set(encodeDoublePointers(next, descriptorBlocks));
  const first = firstKeptBlock(next, descriptorBlocks);
  for (let index = 0; index < next.reservedDescriptorBlocks; index += 1) {
    const kept = blocks.read(first + index);
    const content = encodeKeptBlock(next, first + index);
    if (!kept.bytes.equals(content)) blocks.change(kept).bytes.set(content);
  }
  const copies = copyGroups(next).length;
  inode.allocatedBytes = (1 + next.reservedDescriptorBlocks * (1 + copies)) * next.blockBytes;
  inode.seal();
}

function freeBlock(volume: Ext4Volume, number: number, added: Added): void {
  const { geometry, groups, blocks } = volume;
  const bitmaps = new GroupBitmaps(geometry, blocks, groups);
  const group = Math.floor((number - geometry.firstDataBlock) / geometry.blocksPerGroup);
  clearRun(bitmaps.changeBlocks(group), number - firstBlockOfGroup(geometry, group), 1);
  const descriptor = groups.change(group);
  const free = countOf(descriptor, GROUP.freeBlocksLow, GROUP.freeBlocksHigh);
  putCount(descriptor, GROUP.freeBlocksLow, GROUP.freeBlocksHigh, free + 1);
  bitmaps.seal();
  added.freeBlocks += 1;
  added.overheadBlocks -= 1;
}

function putSuperblock({ blocks, geometry }: Ext4Volume, next: Ext4Geometry, added: Added): void {
  const { bytes: block } = blocks.change(blocks.read(superblockBlock(geometry)));
  const at = SUPER_OFFSET_BYTES % geometry.blockBytes;
  const bytes = block.subarray(at, at + SUPER_BYTES);
  const isWide = next.descriptorBytes >= 64;
  const addTo = (low: number, high: number, more: number): void => {
    const before = bytes.readUInt32LE(low) + (isWide ? bytes.readUInt32LE(high) * HIGH : 0);
    bytes.writeUInt32LE((before + more) % HIGH, low);
    if (isWide) bytes.writeUInt32LE(Math.floor((before + more) / HIGH), high);
  };
  const reserved = reservedShare(bytes, geometry, isWide) * next.blockCount;
  addTo(SUPER.blockCountLow, SUPER.blockCountHigh, added.blocks);
  addTo(SUPER.freeBlocksLow, SUPER.freeBlocksHigh, added.freeBlocks);
  bytes.writeUInt32LE(Math.floor(reserved) % HIGH, SUPER.reservedBlocksLow);
  if (isWide) bytes.writeUInt32LE(Math.floor(reserved / HIGH), SUPER.reservedBlocksHigh);
  const inodes = added.groups * next.inodesPerGroup;
  bytes.writeUInt32LE(next.inodeCount, SUPER.inodeCount);
  bytes.writeUInt32LE(bytes.readUInt32LE(SUPER.freeInodes) + inodes, SUPER.freeInodes);
  bytes.writeUInt32LE(next.features.compatible, SUPER.compatible);
  const incompatible = bytes.readUInt32LE(SUPER.incompatible) | next.features.incompatible;
  bytes.writeUInt32LE(incompatible >>> 0, SUPER.incompatible);
  bytes.writeUInt16LE(next.reservedDescriptorBlocks, SUPER.reservedGdtBlocks);
  if (next.firstMetaGroup !== Number.MAX_SAFE_INTEGER) {
    bytes.writeUInt32LE(next.firstMetaGroup, SUPER.firstMetaGroup);
  }
  const overhead = bytes.readUInt32LE(SUPER.overheadBlocks);
  // 0 means that nobody has counted.
  if (overhead > 0) bytes.writeUInt32LE(overhead + added.overheadBlocks, SUPER.overheadBlocks);
  sealSuperblock(bytes);
}

/** The share of the blocks that is kept for the administrator stays as it is. */
function reservedShare(bytes: Buffer, geometry: Ext4Geometry, isWide: boolean): number {
  const high = isWide ? bytes.readUInt32LE(SUPER.reservedBlocksHigh) : 0;
  return (bytes.readUInt32LE(SUPER.reservedBlocksLow) + high * HIGH) / geometry.blockCount;
}
