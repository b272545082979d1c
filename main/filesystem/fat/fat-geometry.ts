import { FormatError, UnsupportedError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { BOOT, FIRST_CLUSTER, MAXIMUM_CLUSTERS } from './fat-layout.ts';

/** Where everything lies on a FAT32 volume; offsets are bytes from its start. */
export type FatGeometry = Readonly<{
  sectorBytes: number;
  clusterBytes: number;
  reservedBytes: number;
  fatOffsetBytes: number;
  fatBytes: number;
  /** FATs kept equal; 1 where mirroring is off and `fatOffsetBytes` is the active one. */
  fatCount: number;
  dataOffsetBytes: number;
  /** Cluster numbers run from 2 to `clusterCount + 1`. */
  clusterCount: number;
  rootCluster: number;
  /** Offset of the FSInfo sector, or 0 where there is none. */
  fsInfoOffsetBytes: number;
  label: string;
  volumeId: number;
  /** Linux's mark of a volume that was not cleanly unmounted is set in the boot sector. */
  isMarkedDirty: boolean;
}>;

/**
 * Reads and validates the boot sector. Whether a volume is FAT32 is told by BPB_FATSz16 being 0,
 * as Linux and fsck.fat do, not by the cluster count.
 *
 * @throws FormatError `filesystem-damaged` where a field is impossible or leads outside the device.
 * @throws UnsupportedError `filesystem-unsupported` for FAT12, FAT16 and unknown versions.
 */
export function readGeometry(device: BlockDevice): FatGeometry {
  if (device.sizeBytes < 512) throw damaged('too-small');
  const boot = Buffer.alloc(512);
  device.readInto(0, boot);
  if (boot.readUInt16LE(BOOT.signature) !== 0xaa55) throw damaged('signature');
  if (boot.readUInt16LE(BOOT.fatSectors16) !== 0 || boot.readUInt16LE(BOOT.rootEntries) !== 0) {
    throw new UnsupportedError('filesystem-unsupported', { type: 'fat16' });
  }
  if (boot.readUInt16LE(BOOT.version) !== 0) {
    throw new UnsupportedError('filesystem-unsupported', { type: 'fat32-version' });
  }
  return parseBoot(boot, device.sizeBytes);
}

function parseBoot(boot: Buffer, deviceBytes: number): FatGeometry {
  const sectorBytes = boot.readUInt16LE(BOOT.sectorBytes);
  const perCluster = boot.readUInt8(BOOT.sectorsPerCluster);
  if (![512, 1024, 2048, 4096].includes(sectorBytes)) throw damaged('sector-size');
  if (perCluster === 0 || (perCluster & (perCluster - 1)) !== 0) throw damaged('cluster-size');
  const reserved = boot.readUInt16LE(BOOT.reservedSectors);
  const fats = boot.readUInt8(BOOT.fatCount);
  const fatSectors = boot.readUInt32LE(BOOT.fatSectors32);
  if (reserved === 0 || fats === 0 || fats > 4 || fatSectors === 0) throw damaged('fat-layout');

  const totalSectors =
    boot.readUInt32LE(BOOT.totalSectors32) || boot.readUInt16LE(BOOT.totalSectors16);
  if (totalSectors * sectorBytes > deviceBytes) throw damaged('size');
  const dataSectors = totalSectors - reserved - fats * fatSectors;
  const clusterCount = Math.min(
    Math.floor(dataSectors / perCluster),
    (fatSectors * sectorBytes) / 4 - FIRST_CLUSTER,
  );
  if (clusterCount < 1 || clusterCount > MAXIMUM_CLUSTERS) throw damaged('cluster-count');
  const rootCluster = boot.readUInt32LE(BOOT.rootCluster);
  if (rootCluster < FIRST_CLUSTER || rootCluster >= clusterCount + FIRST_CLUSTER) {
    throw damaged('root-cluster');
  }

  const flags = boot.readUInt16LE(BOOT.extendedFlags);
  const isMirrored = (flags & 0x80) === 0;
  const active = isMirrored ? 0 : flags & 0x0f;
  if (active >= fats) throw damaged('active-fat');
  const fsInfo = boot.readUInt16LE(BOOT.fsInfoSector);
  const hasFsInfo = fsInfo > 0 && fsInfo < reserved;
  return {
    sectorBytes,
    clusterBytes: perCluster * sectorBytes,
    reservedBytes: reserved * sectorBytes,
    fatOffsetBytes: (reserved + active * fatSectors) * sectorBytes,
    fatBytes: fatSectors * sectorBytes,
    fatCount: isMirrored ? fats : 1,
    dataOffsetBytes: (reserved + fats * fatSectors) * sectorBytes,
    clusterCount,
    rootCluster,
    fsInfoOffsetBytes: hasFsInfo ? fsInfo * sectorBytes : 0,
    label: boot.toString('latin1', BOOT.label, BOOT.label + 11).trimEnd(),
    volumeId: boot.readUInt32LE(BOOT.volumeId),
    isMarkedDirty: (boot.readUInt8(BOOT.state) & 1) !== 0,
  };
}

/** Returns the byte offset of a cluster's content. */
export function clusterOffset(geometry: FatGeometry, cluster: number): number {
  return geometry.dataOffsetBytes + (cluster - FIRST_CLUSTER) * geometry.clusterBytes;
}

function damaged(field: string): FormatError {
  return new FormatError('filesystem-damaged', { field });
}
