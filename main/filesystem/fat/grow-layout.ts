import { ContractError, UnsupportedError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { type FatGeometry, readGeometry } from './fat-geometry.ts';
import { ALIGN_BYTES, BOOT, FIRST_CLUSTER, MAXIMUM_CLUSTERS } from './fat-layout.ts';

/**
 * How a FAT32 volume is cut before and after it grows.
 *
 * Larger tables need room, and take it from the first clusters of the data region. What lies there
 * moves behind the old end; everything else stays where it is and only gets a lower cluster number.
 */
export type GrowLayout = Readonly<{
  old: FatGeometry;
  /** Copies of the table, all kept alike. */
  fatCount: number;
  totalSectors: number;
  fatSectors: number;
  fatBytes: number;
  dataOffsetBytes: number;
  clusterCount: number;
  /** Clusters by which the data region begins later: their content moves. */
  shiftClusters: number;
  /** Cluster number, after growing, of the first cluster behind the old end. */
  firstNewCluster: number;
}>;

/**
 * Returns how the volume has to be cut to fill `sizeBytes`.
 *
 * @throws ContractError `size-invalid` where it would shrink, or needs more clusters than FAT32 has.
 * @throws UnsupportedError `filesystem-unsupported` for tables that are not mirrored.
 */
export function layoutGrowth(device: BlockDevice, sizeBytes: number): GrowLayout {
  const old = readGeometry(device);
  const { sectorBytes, clusterBytes } = old;
  const boot = Buffer.alloc(512);
  device.readInto(0, boot);
  const fatCount = boot.readUInt8(BOOT.fatCount);
  const isMirrored = (boot.readUInt16LE(BOOT.extendedFlags) & 0x80) === 0;
  if (!isMirrored)
    throw new UnsupportedError('filesystem-unsupported', { type: 'fat32-unmirrored' });
  const totalSectors = Math.floor(sizeBytes / sectorBytes);
  const oldSectors =
    boot.readUInt32LE(BOOT.totalSectors32) || boot.readUInt16LE(BOOT.totalSectors16);
  const maximumBytes = Math.min((2 ** 32 - 1) * sectorBytes, MAXIMUM_CLUSTERS * clusterBytes);
  if (totalSectors < oldSectors || sizeBytes > maximumBytes)
    throw new ContractError('size-invalid', { sizeBytes, maximumBytes });
  const fatSectors = tableSectors(old, fatCount, totalSectors);
  const fatBytes = fatSectors * sectorBytes;
  const dataOffsetBytes = old.reservedBytes + fatCount * fatBytes;
  const clusterCount = clustersBeside(old, fatCount, totalSectors, fatSectors);
  const shiftClusters = (dataOffsetBytes - old.dataOffsetBytes) / clusterBytes;
  const firstNewCluster = Math.max(old.clusterCount - shiftClusters, 0) + FIRST_CLUSTER;
  return {
    old,
    fatCount,
    totalSectors,
    fatSectors,
    fatBytes,
    dataOffsetBytes,
    clusterCount,
    shiftClusters,
    firstNewCluster,
  };
}

/** The least tables that hold all clusters, in steps that move the data region by whole clusters. */
function tableSectors(old: FatGeometry, fatCount: number, totalSectors: number): number {
  const oldSectors = old.fatBytes / old.sectorBytes;
  const step = Math.max(1, ALIGN_BYTES / old.sectorBytes);
  for (let fatSectors = oldSectors; ; fatSectors += step) {
    const clusters = clustersBeside(old, fatCount, totalSectors, fatSectors);
    const holdsAll = (clusters + FIRST_CLUSTER) * 4 <= fatSectors * old.sectorBytes;
    const movedBytes = fatCount * (fatSectors - oldSectors) * old.sectorBytes;
    if (holdsAll && movedBytes % old.clusterBytes === 0) return fatSectors;
  }
}

function clustersBeside(
  old: FatGeometry,
  fatCount: number,
  totalSectors: number,
  fatSectors: number,
): number {
  const dataSectors = totalSectors - old.reservedBytes / old.sectorBytes - fatCount * fatSectors;
  return Math.floor((dataSectors * old.sectorBytes) / old.clusterBytes);
}

/** Returns the offset of a cluster's content after growing. */
export function grownOffset(layout: GrowLayout, cluster: number): number {
  return layout.dataOffsetBytes + (cluster - FIRST_CLUSTER) * layout.old.clusterBytes;
}
