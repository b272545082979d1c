import type { FileSystemUsage } from '../file-system.ts';
import { GROUP, SUPER, SUPER_BYTES, SUPER_OFFSET_BYTES } from './ext4-layout.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { countOf } from './group-table.ts';

const MAXIMUM_NAME_BYTES = 255;

/** Adds up what the groups have free. @throws FileSystemError `EUCLEAN`, `EBADMSG`. */
export function readUsage(volume: Ext4Volume): FileSystemUsage {
  const { geometry, groups } = volume;
  let freeClusters = 0;
  let freeNodes = 0;
  for (let group = 0; group < geometry.groupCount; group += 1) {
    const descriptor = groups.read(group);
    freeClusters += countOf(descriptor, GROUP.freeBlocksLow, GROUP.freeBlocksHigh);
    freeNodes += countOf(descriptor, GROUP.freeInodesLow, GROUP.freeInodesHigh);
  }
  const totalBlocks = Math.max(0, geometry.blockCount - readOverhead(volume));
  return {
    blockBytes: geometry.blockBytes,
    totalBlocks,
    freeBlocks: Math.min(totalBlocks, freeClusters * geometry.clusterBlocks),
    totalNodes: geometry.inodeCount,
    freeNodes: Math.min(geometry.inodeCount, freeNodes),
    maximumNameBytes: MAXIMUM_NAME_BYTES,
  };
}

/** Blocks that hold no files. Older volumes do not say; then only the inode tables are counted. */
function readOverhead({ device, geometry }: Ext4Volume): number {
  const superblock = Buffer.alloc(SUPER_BYTES);
  device.readInto(SUPER_OFFSET_BYTES, superblock);
  const stated = superblock.readUInt32LE(SUPER.overheadBlocks) * geometry.clusterBlocks;
  const tables = (geometry.inodeCount * geometry.inodeBytes) / geometry.blockBytes;
  return stated > 0 ? stated : tables + 2 * geometry.groupCount;
}
