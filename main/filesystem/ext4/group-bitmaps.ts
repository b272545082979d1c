import { setRun } from './bitmap-search.ts';
import { crc32c } from './crc32c.ts';
import { checksumWrong } from './ext4-damage.ts';
import { READ_ONLY_COMPATIBLE } from './ext4-features.ts';
import { GROUP, GROUP_FLAGS } from './ext4-layout.ts';
import { blocksOfGroup, firstBlockOfGroup, headBlocksOf } from './group-places.ts';
import {
  blockOf,
  descriptorChecksum,
  type GroupDescriptor,
  type GroupTable,
  hasGroupFlag,
  inodeTableOf,
} from './group-table.ts';
import type { MetadataBlock, MetadataBlocks } from './metadata-blocks.ts';
import type { Ext4Geometry } from './superblock.ts';

/** Added to a group's number in what a block was checked as; see `MetadataBlock`. */
const CHECKED_BITMAP = 2 ** 50;

type BitmapFields = Readonly<{
  low: number;
  high: number;
  checksumLow: number;
  checksumHigh: number;
  unused: keyof typeof GROUP_FLAGS;
}>;

const BLOCKS: BitmapFields = {
  low: GROUP.blockBitmapLow,
  high: GROUP.blockBitmapHigh,
  checksumLow: GROUP.blockBitmapChecksumLow,
  checksumHigh: GROUP.blockBitmapChecksumHigh,
  unused: 'blocksUnused',
};
const INODES: BitmapFields = {
  low: GROUP.inodeBitmapLow,
  high: GROUP.inodeBitmapHigh,
  checksumLow: GROUP.inodeBitmapChecksumLow,
  checksumHigh: GROUP.inodeBitmapChecksumHigh,
  unused: 'inodesUnused',
};

/** The bitmaps of a volume's groups. Those of unused groups are made when they are first changed. */
export class GroupBitmaps {
  readonly #geometry: Ext4Geometry;
  readonly #blocks: MetadataBlocks;
  readonly #groups: GroupTable;
  /** Whose checksums must be brought up to date before the next commit. */
  readonly #changed = new Set<number>();

  constructor(geometry: Ext4Geometry, blocks: MetadataBlocks, groups: GroupTable) {
    this.#geometry = geometry;
    this.#blocks = blocks;
    this.#groups = groups;
  }

  /** Borrowed: not to be changed. */
  readBlocks(group: number): Uint8Array {
    const descriptor = this.#groups.read(group);
    if (hasGroupFlag(descriptor, BLOCKS.unused)) return this.#freshBlockBitmap(group, descriptor);
    return this.#checked(group, descriptor, BLOCKS, clustersPerGroup(this.#geometry)).bytes;
  }

  readInodes(group: number): Uint8Array {
    const descriptor = this.#groups.read(group);
    if (hasGroupFlag(descriptor, INODES.unused)) return this.#freshInodeBitmap();
    return this.#checked(group, descriptor, INODES, this.#geometry.inodesPerGroup).bytes;
  }

  /** Borrowed for the operation at hand. */
  changeBlocks(group: number): Uint8Array {
    return this.#change(group, BLOCKS, clustersPerGroup(this.#geometry), (descriptor) =>
      this.#freshBlockBitmap(group, descriptor),
    );
  }

  changeInodes(group: number): Uint8Array {
    return this.#change(group, INODES, this.#geometry.inodesPerGroup, () =>
      this.#freshInodeBitmap(),
    );
  }

  /** Marks a descriptor's checksum as one to bring up to date. */
  markChanged(group: number): void {
    this.#changed.add(group);
  }

  /** Brings checksums up to date; inside an operation. */
  seal(): void {
    const { inodesPerGroup, hasChecksums } = this.#geometry;
    const clusters = clustersPerGroup(this.#geometry);
    for (const group of this.#changed) {
      const descriptor = this.#groups.change(group);
      if (hasChecksums) {
        this.#sealBitmap(descriptor, BLOCKS, clusters);
        this.#sealBitmap(descriptor, INODES, inodesPerGroup);
      }
      const checksum = descriptorChecksum(this.#geometry, group, descriptor);
      if (checksum !== undefined) {
        descriptor.block.bytes.writeUInt16LE(checksum, descriptor.at + GROUP.checksum);
      }
    }
    this.#changed.clear();
  }

  #change(
    group: number,
    fields: BitmapFields,
    bits: number,
    fresh: (descriptor: GroupDescriptor) => Uint8Array,
  ): Uint8Array {
    const descriptor = this.#groups.change(group);
    this.#changed.add(group);
    if (!hasGroupFlag(descriptor, fields.unused)) {
      return this.#blocks.change(this.#checked(group, descriptor, fields, bits)).bytes;
    }
    const content = fresh(descriptor);
    const block = this.#blocks.create(blockOf(descriptor, fields.low, fields.high));
    block.bytes.set(content);
    block.checkedAs = CHECKED_BITMAP + group;
    const at = descriptor.at + GROUP.flags;
    const flags = descriptor.block.bytes.readUInt16LE(at);
    descriptor.block.bytes.writeUInt16LE(flags & ~GROUP_FLAGS[fields.unused], at);
    return block.bytes;
  }

  #checked(
    group: number,
    descriptor: GroupDescriptor,
    fields: BitmapFields,
    bits: number,
  ): MetadataBlock {
    const block = this.#blocks.read(blockOf(descriptor, fields.low, fields.high));
    if (block.checkedAs === CHECKED_BITMAP + group) return block;
    if (this.#geometry.hasChecksums && !this.#isRight(block, descriptor, fields, bits)) {
      throw checksumWrong(`bitmap of group ${group}`);
    }
    block.checkedAs = CHECKED_BITMAP + group;
    return block;
  }

  #isRight(
    block: MetadataBlock,
    { block: holder, at, isWide }: GroupDescriptor,
    fields: BitmapFields,
    bits: number,
  ): boolean {
    const checksum = crc32c(this.#geometry.checksumSeed, block.bytes, 0, bits / 8);
    const low = holder.bytes.readUInt16LE(at + fields.checksumLow);
    if (!isWide) return (checksum & 0xffff) === low;
    const high = holder.bytes.readUInt16LE(at + fields.checksumHigh);
    return checksum === low + high * 2 ** 16;
  }

  #sealBitmap(descriptor: GroupDescriptor, fields: BitmapFields, bits: number): void {
    if (hasGroupFlag(descriptor, fields.unused)) return;
    const { block, at, isWide } = descriptor;
    const bitmap = this.#blocks.read(blockOf(descriptor, fields.low, fields.high));
    const checksum = crc32c(this.#geometry.checksumSeed, bitmap.bytes, 0, bits / 8);
    block.bytes.writeUInt16LE(checksum & 0xffff, at + fields.checksumLow);
    if (isWide) block.bytes.writeUInt16LE(checksum >>> 16, at + fields.checksumHigh);
  }

  #freshInodeBitmap(): Uint8Array {
    const { blockBytes, inodesPerGroup } = this.#geometry;
    const bitmap = new Uint8Array(blockBytes);
    setRun(bitmap, inodesPerGroup, 8 * blockBytes - inodesPerGroup);
    return bitmap;
  }

  /** An unused group has its copies in use, and those structures of its own that lie in it. */
  #freshBlockBitmap(group: number, descriptor: GroupDescriptor): Uint8Array {
    const { blockBytes, inodesPerGroup, inodeBytes, clusterBlocks } = this.#geometry;
    const bitmap = new Uint8Array(blockBytes);
    const first = firstBlockOfGroup(this.#geometry, group);
    const size = blocksOfGroup(this.#geometry, group);
    const take = (from: number, to: number): void => {
      const start = Math.floor(from / clusterBlocks);
      if (to > from) setRun(bitmap, start, Math.ceil(to / clusterBlocks) - start);
    };
    take(0, headBlocksOf(this.#geometry, group));
    const own = [
      [blockOf(descriptor, GROUP.blockBitmapLow, GROUP.blockBitmapHigh), 1],
      [blockOf(descriptor, GROUP.inodeBitmapLow, GROUP.inodeBitmapHigh), 1],
      [inodeTableOf(descriptor), (inodesPerGroup * inodeBytes) / blockBytes],
    ] as const;
    for (const [start, count] of own) {
      const from = Math.max(start, first);
      const to = Math.min(start + count, first + size);
      take(from - first, to - first);
    }
    const clusters = Math.ceil(size / clusterBlocks);
    setRun(bitmap, clusters, 8 * blockBytes - clusters);
    return bitmap;
  }
}

/** Bits of a group's bitmap of blocks. */
function clustersPerGroup({ blocksPerGroup, clusterBlocks }: Ext4Geometry): number {
  return blocksPerGroup / clusterBlocks;
}

/** Tells whether descriptors say which inodes were never written. */
export function countsUnused({ hasChecksums, features }: Ext4Geometry): boolean {
  return hasChecksums || (features.readOnlyCompatible & READ_ONLY_COMPATIBLE.uninit_bg) !== 0;
}
