import type { BlockDevice } from '../../block/block-device.ts';
import { setRun } from './bitmap-search.ts';
import { crc32c } from './crc32c.ts';
import { GROUP, GROUP_FLAGS } from './ext4-layout.ts';
import { countsUnused } from './group-bitmaps.ts';
import { blocksOfGroup, firstBlockOfGroup, headBlocksOf } from './group-places.ts';
import { descriptorChecksum, type GroupDescriptor, putBlock, putCount } from './group-table.ts';
import { ownBlocks, tableBlocks } from './grow-plan.ts';
import type { Ext4Geometry } from './superblock.ts';

const ZEROS_BYTES = 256 * 1024;

/**
 * Makes a group behind the present end, with its structures inside itself. Nobody knows the group
 * before its descriptor counts.
 *
 * @param geometry - After the group was added.
 * @param descriptor - Of zeros; receives what describes the group.
 * @returns Its free blocks.
 */
export function makeGroup(
  device: BlockDevice,
  geometry: Ext4Geometry,
  group: number,
  descriptor: GroupDescriptor,
): number {
  const { inodesPerGroup } = geometry;
  const start = firstBlockOfGroup(geometry, group) + headBlocksOf(geometry, group);
  const free = blocksOfGroup(geometry, group) - ownBlocks(geometry, group);
  putBlock(descriptor, GROUP.blockBitmapLow, GROUP.blockBitmapHigh, start);
  putBlock(descriptor, GROUP.inodeBitmapLow, GROUP.inodeBitmapHigh, start + 1);
  putBlock(descriptor, GROUP.inodeTableLow, GROUP.inodeTableHigh, start + 2);
  putCount(descriptor, GROUP.freeBlocksLow, GROUP.freeBlocksHigh, free);
  putCount(descriptor, GROUP.freeInodesLow, GROUP.freeInodesHigh, inodesPerGroup);
  const isLazy = countsUnused(geometry);
  if (isLazy) putCount(descriptor, GROUP.unusedInodesLow, GROUP.unusedInodesHigh, inodesPerGroup);
  let flags = isLazy ? GROUP_FLAGS.inodesUnused : 0;
  // The last group's bitmap says where the volume ends; the others' can be told from the descriptor.
  if (isLazy && group < geometry.groupCount - 1) flags |= GROUP_FLAGS.blocksUnused;
  else writeBlockBitmap(device, geometry, group, { descriptor, place: start });
  if (!isLazy) writeInodes(device, geometry, start + 1);
  descriptor.block.bytes.writeUInt16LE(flags, descriptor.at + GROUP.flags);
  const checksum = descriptorChecksum(geometry, group, descriptor);
  if (checksum !== undefined) {
    descriptor.block.bytes.writeUInt16LE(checksum, descriptor.at + GROUP.checksum);
  }
  return free;
}

function writeBlockBitmap(
  device: BlockDevice,
  geometry: Ext4Geometry,
  group: number,
  { descriptor, place }: Readonly<{ descriptor: GroupDescriptor; place: number }>,
): void {
  const { blockBytes, blocksPerGroup } = geometry;
  const bitmap = Buffer.alloc(blockBytes);
  const size = blocksOfGroup(geometry, group);
  setRun(bitmap, 0, ownBlocks(geometry, group));
  setRun(bitmap, size, 8 * blockBytes - size);
  if (geometry.hasChecksums) {
    const checksum = crc32c(geometry.checksumSeed, bitmap, 0, blocksPerGroup / 8);
    const { block, at, isWide } = descriptor;
    block.bytes.writeUInt16LE(checksum & 0xffff, at + GROUP.blockBitmapChecksumLow);
    if (isWide) block.bytes.writeUInt16LE(checksum >>> 16, at + GROUP.blockBitmapChecksumHigh);
  }
  device.writeFrom(place * blockBytes, bitmap);
}

/** Where descriptors cannot say what was never written, all of it is. */
function writeInodes(device: BlockDevice, geometry: Ext4Geometry, place: number): void {
  const { blockBytes, inodesPerGroup } = geometry;
  const bitmap = Buffer.alloc(blockBytes);
  setRun(bitmap, inodesPerGroup, 8 * blockBytes - inodesPerGroup);
  device.writeFrom(place * blockBytes, bitmap);
  const end = (place + 1 + tableBlocks(geometry)) * blockBytes;
  for (let at = (place + 1) * blockBytes; at < end; at += ZEROS_BYTES) {
    device.writeFrom(at, Buffer.alloc(Math.min(ZEROS_BYTES, end - at)));
  }
}
