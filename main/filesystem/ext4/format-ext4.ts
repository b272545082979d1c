import { randomBytes, randomUUID } from 'node:crypto';
import type { BlockDevice } from '../../block/block-device.ts';
import { crc32c } from './crc32c.ts';
import { GROUP, GROUP_FLAGS, SUPER, SUPER_OFFSET_BYTES } from './ext4-layout.ts';
import {
  DESCRIPTOR_BYTES,
  type Ext4Plan,
  hasSparseSuperblock,
  headBlocks,
  planExt4,
} from './ext4-plan.ts';
import { type BlockRange, claimsByGroup, FormatClaims } from './format-claims.ts';
import { type Formatting, formatInodes, USED_INODES } from './format-inodes.ts';
import { encodeNewSuperblock, type NewVolume } from './format-superblock.ts';
import { blocksOfGroup, firstBlockOfGroup } from './group-places.ts';
import { descriptorChecksum, type GroupDescriptor, putBlock, putCount } from './group-table.ts';
import { looseBlock } from './metadata-blocks.ts';
import { type Ext4Geometry, parseSuperblock, sealSuperblock } from './superblock.ts';

const HIGH = 2 ** 32;
const USED_DIRECTORIES = 2;

export type FormatExt4Options = Readonly<{
  /** Cut to 16 bytes of UTF-8. */
  label: string;
  /** Who owns the root directory and may use the blocks that are kept back. */
  uid: number;
  gid: number;
  /** Smallest unit of the device below, which blocks must not be smaller than; 512 where absent. */
  sectorBytes?: number;
  /** Random where absent; 16 bytes each. */
  uuid?: Uint8Array;
  hashSeed?: Uint8Array;
  timestamp?: Date;
}>;

/**
 * Makes an empty ext4 filesystem on the whole device, with the features and sizes of `mke2fs -t
 * ext4`. Inode tables and bitmaps of unused groups are marked as not written yet, so that little
 * is written whatever the size.
 *
 * @throws ContractError `size-invalid` below 8 MiB.
 */
export function formatExt4(device: BlockDevice, options: FormatExt4Options): void {
  const plan = planExt4(device.sizeBytes, options.sectorBytes);
  const volume: NewVolume = {
    label: options.label,
    uid: options.uid,
    gid: options.gid,
    uuid: options.uuid ?? Buffer.from(randomUUID().replaceAll('-', ''), 'hex'),
    hashSeed: options.hashSeed ?? randomBytes(16),
    nowSeconds: Math.floor((options.timestamp ?? new Date()).getTime() / 1000),
  };
  const superblock = encodeNewSuperblock(plan, volume);
  sealSuperblock(superblock);
  const geometry = parseSuperblock(superblock, device.sizeBytes);
  // What lies before the first superblock may be the magic of something else.
  device.writeFrom(0, Buffer.alloc(SUPER_OFFSET_BYTES));
  const claims = new FormatClaims(plan);
  const metadataBlocks = countBlocks(claims.ranges);
  const formatting: Formatting = { device, plan, geometry, claims, volume };
  const { table, copy } = formatInodes(formatting);
  superblock.set(copy, SUPER.journalBackup);
  const overhead = plan.firstDataBlock + metadataBlocks + plan.journalBlocks;
  superblock.writeUInt32LE(overhead % HIGH, SUPER.overheadBlocks);
  const firstTable = claims.places[0]?.inodeTable ?? 0;
  device.writeFrom(firstTable * plan.blockBytes, table);
  const descriptors = formatGroups(formatting);
  writeSuperblocks(formatting, superblock, descriptors);
  device.flush();
}

/** Writes the bitmaps that are needed. Returns the descriptors of all groups. */
function formatGroups(formatting: Formatting): Buffer {
  const { plan, claims, geometry } = formatting;
  const descriptors = Buffer.alloc(plan.descriptorBlocks * plan.blockBytes);
  const block = looseBlock(0, descriptors);
  const byGroup = claimsByGroup(claims.ranges, plan);
  for (let group = 0; group < plan.groupCount; group += 1) {
    const descriptor = { block, at: group * DESCRIPTOR_BYTES, isWide: true };
    formatGroup(formatting, group, byGroup.get(group) ?? [], descriptor);
    const checksum = descriptorChecksum(geometry, group, descriptor) ?? 0;
    descriptors.writeUInt16LE(checksum, descriptor.at + GROUP.checksum);
  }
  return descriptors;
}

function formatGroup(
  formatting: Formatting,
  group: number,
  claimed: readonly BlockRange[],
  descriptor: GroupDescriptor,
): void {
  const { plan, claims } = formatting;
  const places = claims.places[group] ?? { blockBitmap: 0, inodeBitmap: 0, inodeTable: 0 };
  const usedInodes = group === 0 ? USED_INODES : 0;
  const freeBlocks = blocksOfGroup(plan, group) - countBlocks(claimed);
  putBlock(descriptor, GROUP.blockBitmapLow, GROUP.blockBitmapHigh, places.blockBitmap);
  putBlock(descriptor, GROUP.inodeBitmapLow, GROUP.inodeBitmapHigh, places.inodeBitmap);
  putBlock(descriptor, GROUP.inodeTableLow, GROUP.inodeTableHigh, places.inodeTable);
  putCount(descriptor, GROUP.freeBlocksLow, GROUP.freeBlocksHigh, freeBlocks);
  const freeInodes = plan.inodesPerGroup - usedInodes;
  putCount(descriptor, GROUP.freeInodesLow, GROUP.freeInodesHigh, freeInodes);
  putCount(descriptor, GROUP.unusedInodesLow, GROUP.unusedInodesHigh, freeInodes);
  const directories = group === 0 ? USED_DIRECTORIES : 0;
  putCount(descriptor, GROUP.directoriesLow, GROUP.directoriesHigh, directories);
  let flags = 0;
  if (group === 0) {
    const bitmap = inodeBitmap(plan, usedInodes);
    const checksum = bitmapChecksum(formatting.geometry, bitmap, plan.inodesPerGroup);
    writeBlock(formatting, places.inodeBitmap, bitmap);
    putChecksum(descriptor, GROUP.inodeBitmapChecksumLow, GROUP.inodeBitmapChecksumHigh, checksum);
  } else {
    flags |= GROUP_FLAGS.inodesUnused;
  }
  // The last group's bitmap says where the volume ends; the others' can be told from the head.
  const isLast = group === plan.groupCount - 1;
  if (isLast || group === 0 || !isHeadOnly(plan, group, claimed)) {
    const bitmap = blockBitmap(plan, group, claimed);
    const checksum = bitmapChecksum(formatting.geometry, bitmap, plan.blocksPerGroup);
    writeBlock(formatting, places.blockBitmap, bitmap);
    putChecksum(descriptor, GROUP.blockBitmapChecksumLow, GROUP.blockBitmapChecksumHigh, checksum);
  } else {
    flags |= GROUP_FLAGS.blocksUnused;
  }
  descriptor.block.bytes.writeUInt16LE(flags, descriptor.at + GROUP.flags);
}

function isHeadOnly(plan: Ext4Plan, group: number, claimed: readonly BlockRange[]): boolean {
  return countBlocks(claimed) === headBlocks(plan, hasSparseSuperblock(group));
}

function blockBitmap(plan: Ext4Plan, group: number, claimed: readonly BlockRange[]): Buffer {
  const first = firstBlockOfGroup(plan, group);
  const bitmap = Buffer.alloc(plan.blockBytes);
  for (const { start, count } of claimed) setBits(bitmap, start - first, count);
  const blocks = blocksOfGroup(plan, group);
  setBits(bitmap, blocks, 8 * plan.blockBytes - blocks);
  return bitmap;
}

function inodeBitmap(plan: Ext4Plan, used: number): Buffer {
  const bitmap = Buffer.alloc(plan.blockBytes);
  setBits(bitmap, 0, used);
  setBits(bitmap, plan.inodesPerGroup, 8 * plan.blockBytes - plan.inodesPerGroup);
  return bitmap;
}

function setBits(bitmap: Buffer, from: number, count: number): void {
  for (let bit = from; bit < from + count; bit += 1) {
    bitmap[bit >>> 3] = (bitmap[bit >>> 3] ?? 0) | (1 << (bit & 7));
  }
}

function bitmapChecksum(geometry: Ext4Geometry, bitmap: Buffer, bits: number): number {
  return crc32c(geometry.checksumSeed, bitmap, 0, bits / 8);
}

function putChecksum(
  { block, at }: GroupDescriptor,
  low: number,
  high: number,
  checksum: number,
): void {
  block.bytes.writeUInt16LE(checksum & 0xffff, at + low);
  block.bytes.writeUInt16LE(checksum >>> 16, at + high);
}

/** Writes the copies first: where the first superblock stands, all that it names is there. */
function writeSuperblocks(
  { device, plan, claims }: Formatting,
  superblock: Buffer,
  descriptors: Buffer,
): void {
  const free = plan.blockCount - plan.firstDataBlock - countBlocks(claims.ranges);
  superblock.writeUInt32LE(free % HIGH, SUPER.freeBlocksLow);
  superblock.writeUInt32LE(Math.floor(free / HIGH), SUPER.freeBlocksHigh);
  superblock.writeUInt32LE(plan.inodesPerGroup * plan.groupCount - USED_INODES, SUPER.freeInodes);
  for (let group = plan.groupCount - 1; group >= 0; group -= 1) {
    if (!hasSparseSuperblock(group)) continue;
    const first = firstBlockOfGroup(plan, group);
    superblock.writeUInt16LE(group, SUPER.blockGroup);
    sealSuperblock(superblock);
    device.writeFrom((first + 1) * plan.blockBytes, Buffer.from(descriptors));
    if (group === 0) {
      device.flush();
      device.writeFrom(SUPER_OFFSET_BYTES, Buffer.from(superblock));
    } else {
      const head = Buffer.alloc(plan.blockBytes);
      head.set(superblock);
      device.writeFrom(first * plan.blockBytes, head);
    }
  }
}

function writeBlock({ device, plan }: Formatting, number: number, bytes: Buffer): void {
  device.writeFrom(number * plan.blockBytes, bytes);
}

function countBlocks(ranges: readonly BlockRange[]): number {
  return ranges.reduce((sum, { count }) => sum + count, 0);
}
