import type { BlockDevice } from '../../block/block-device.ts';
import { ExtentMap } from './extent-map.ts';
import { GroupTable } from './group-table.ts';
import type { Inode } from './inode.ts';
import { InodeTable } from './inode-table.ts';
import { type MappedRun, newRun } from './mapped-run.ts';
import { MetadataBlocks } from './metadata-blocks.ts';
import { findByPointers } from './pointer-map.ts';
import type { Ext4Geometry } from './superblock.ts';

/** Most bytes of the filesystem's own structures that stay in memory. */
const METADATA_BYTES = 32 * 2 ** 20;

/** One ext2, ext3 or ext4 volume: the parts that every operation needs. */
export class Ext4Volume {
  readonly device: BlockDevice;
  readonly geometry: Ext4Geometry;
  readonly blocks: MetadataBlocks;
  readonly groups: GroupTable;
  readonly inodes: InodeTable;
  readonly extents: ExtentMap;
  /** Scratch of the operation at hand. */
  readonly run: MappedRun = newRun();

  /** @param device - Borrowed. */
  constructor(device: BlockDevice, geometry: Ext4Geometry) {
    this.device = device;
    this.geometry = geometry;
    const range = { first: geometry.firstDataBlock, end: geometry.blockCount };
    this.blocks = new MetadataBlocks(device, geometry.blockBytes, range, METADATA_BYTES);
    this.groups = new GroupTable(this.blocks, geometry);
    this.inodes = new InodeTable(this.blocks, this.groups, geometry);
    this.extents = new ExtentMap(this.blocks, geometry);
  }

  /** Finds the run of the volume that holds a file's block. @throws FileSystemError `EUCLEAN`. */
  find(inode: Inode, logical: number, run: MappedRun): void {
    if (inode.hasFlag('extents')) this.extents.find(inode, logical, run);
    else findByPointers(this.blocks, this.geometry.blockBytes, inode, logical, run);
  }
}
