import { CRC16_START, crc16 } from './crc16.ts';
import { crc32c, crc32cOfU32 } from './crc32c.ts';
import { checksumWrong, damaged } from './ext4-damage.ts';
import { READ_ONLY_COMPATIBLE } from './ext4-features.ts';
import { GROUP, GROUP_FLAGS } from './ext4-layout.ts';
import { descriptorBlockOf } from './group-places.ts';
import type { MetadataBlock, MetadataBlocks } from './metadata-blocks.ts';
import type { Ext4Geometry } from './superblock.ts';

const HIGH = 2 ** 32;
const HIGH_16 = 2 ** 16;
/** From this length on descriptors have the upper halves of their fields. */
const WIDE_DESCRIPTOR_BYTES = 64;
const CHECKSUM_BYTES = 2;
const NO_BYTES = Buffer.alloc(CHECKSUM_BYTES);
/** What a block of descriptors is checked as. */
const CHECKED_DESCRIPTORS = 1;

/** A group's descriptor, in the block that holds it. */
export type GroupDescriptor = Readonly<{ block: MetadataBlock; at: number; isWide: boolean }>;

/** The group descriptors of a volume, read and checked as they are needed. */
export class GroupTable {
  readonly #blocks: MetadataBlocks;
  readonly #geometry: Ext4Geometry;
  readonly #perBlock: number;

  constructor(blocks: MetadataBlocks, geometry: Ext4Geometry) {
    this.#blocks = blocks;
    this.#geometry = geometry;
    this.#perBlock = geometry.blockBytes / geometry.descriptorBytes;
  }

  /** @throws FileSystemError `EUCLEAN`, `EBADMSG`. */
  read(group: number): GroupDescriptor {
    if (!(group >= 0 && group < this.#geometry.groupCount)) throw damaged(`group ${group}`);
    const block = this.#blocks.read(descriptorBlockOf(this.#geometry, group));
    if (block.checkedAs !== CHECKED_DESCRIPTORS) this.#check(block, group);
    return this.#descriptorIn(block, group);
  }

  /** Returns a descriptor for the operation at hand to change. */
  change(group: number): GroupDescriptor {
    const descriptor = this.read(group);
    this.#blocks.change(descriptor.block);
    return descriptor;
  }

  #descriptorIn(block: MetadataBlock, group: number): GroupDescriptor {
    const { descriptorBytes } = this.#geometry;
    return {
      block,
      at: (group % this.#perBlock) * descriptorBytes,
      isWide: descriptorBytes >= WIDE_DESCRIPTOR_BYTES,
    };
  }

  #check(block: MetadataBlock, group: number): void {
    const first = group - (group % this.#perBlock);
    const end = Math.min(first + this.#perBlock, this.#geometry.groupCount);
    for (let index = first; index < end; index += 1) {
      const descriptor = this.#descriptorIn(block, index);
      const checksum = descriptorChecksum(this.#geometry, index, descriptor);
      const stored = block.bytes.readUInt16LE(descriptor.at + GROUP.checksum);
      if (checksum !== undefined && checksum !== stored) {
        throw checksumWrong(`descriptor of group ${index}`);
      }
    }
    block.checkedAs = CHECKED_DESCRIPTORS;
  }
}

/** Returns the checksum that belongs into a descriptor, `undefined` where the volume has none. */
export function descriptorChecksum(
  geometry: Ext4Geometry,
  group: number,
  { block, at }: GroupDescriptor,
): number | undefined {
  const { bytes } = block;
  const end = at + geometry.descriptorBytes;
  const checksumAt = at + GROUP.checksum;
  if (geometry.hasChecksums) {
    let crc = crc32cOfU32(geometry.checksumSeed, group);
    crc = crc32c(crc, bytes, at, checksumAt);
    crc = crc32c(crc, NO_BYTES);
    return crc32c(crc, bytes, checksumAt + CHECKSUM_BYTES, end) & 0xffff;
  }
  if ((geometry.features.readOnlyCompatible & READ_ONLY_COMPATIBLE.uninit_bg) === 0) {
    return undefined;
  }
  const number = Buffer.alloc(4);
  number.writeUInt32LE(group, 0);
  let crc = crc16(crc16(CRC16_START, geometry.uuid), number);
  crc = crc16(crc, bytes, at, checksumAt);
  return crc16(crc, bytes, checksumAt + CHECKSUM_BYTES, end);
}

/** Reads a block number of which the descriptor holds two halves. */
export function blockOf({ block, at, isWide }: GroupDescriptor, low: number, high: number): number {
  const upper = isWide ? block.bytes.readUInt32LE(at + high) : 0;
  return block.bytes.readUInt32LE(at + low) + upper * HIGH;
}

/** Reads a count of which the descriptor holds two halves of 16 bits. */
export function countOf({ block, at, isWide }: GroupDescriptor, low: number, high: number): number {
  const upper = isWide ? block.bytes.readUInt16LE(at + high) : 0;
  return block.bytes.readUInt16LE(at + low) + upper * HIGH_16;
}

export function inodeTableOf(descriptor: GroupDescriptor): number {
  return blockOf(descriptor, GROUP.inodeTableLow, GROUP.inodeTableHigh);
}

export function hasGroupFlag(
  { block, at }: GroupDescriptor,
  flag: keyof typeof GROUP_FLAGS,
): boolean {
  return (block.bytes.readUInt16LE(at + GROUP.flags) & GROUP_FLAGS[flag]) !== 0;
}

/** Writes the two halves of a block number. */
export function putBlock(
  { block, at, isWide }: GroupDescriptor,
  low: number,
  high: number,
  number: number,
): void {
  block.bytes.writeUInt32LE(number % HIGH, at + low);
  if (isWide) block.bytes.writeUInt32LE(Math.floor(number / HIGH), at + high);
}

/** Writes the two halves of a count. */
export function putCount(
  { block, at, isWide }: GroupDescriptor,
  low: number,
  high: number,
  count: number,
): void {
  block.bytes.writeUInt16LE(count % HIGH_16, at + low);
  if (isWide) block.bytes.writeUInt16LE(Math.floor(count / HIGH_16), at + high);
}
