import type { OrderedDevice } from '../../block/ordered-device.ts';
import type { FileSystem } from '../file-system.ts';
import { ClusterAllocator } from './cluster-allocator.ts';
import { type FatGeometry, readGeometry } from './fat-geometry.ts';
import { FSINFO, FSINFO_LEAD, FSINFO_STRUCTURE } from './fat-layout.ts';
import { FatTable } from './fat-table.ts';
import { FatVolume } from './fat-volume.ts';
import { Fat32FileSystem } from './fat32-file-system.ts';
import { finishGrowth } from './grow-journal.ts';
import { healVolume } from './heal-volume.ts';
import { RenameLog } from './rename-log.ts';
import { readVolumeLabel } from './volume-label.ts';
import { WatchedDevice } from './watched-device.ts';

export type MountFat32Options = Readonly<{
  isReadOnly: boolean;
  /** Shown as owner and group of everything. */
  uid: number;
  gid: number;
  /** Default 0600. A file with the read-only attribute shows without write bits. */
  filePermissions?: number;
  /** Default 0700. */
  directoryPermissions?: number;
  /** Tells the device of freed clusters once nothing on the storage names them any more. */
  discardFreed: boolean;
  now?: () => Date;
}>;

/**
 * Mounts a FAT32 volume. One that was not unmounted cleanly is healed first: what a cut can leave
 * behind (lost clusters, half a rename, a size that is behind its chain) is put in order. One with
 * other damage is mounted read-only, also where that shows later.
 *
 * @param below - Borrowed: not disposed with the filesystem.
 * @throws FormatError `filesystem-damaged` where the boot sector makes no sense.
 * @throws UnsupportedError `filesystem-unsupported` for FAT12 and FAT16.
 * @throws StateError `growth-unfinished` where the volume was growing and cannot be written.
 */
export function mountFat32(below: OrderedDevice, options: MountFat32Options): FileSystem {
  const device = new WatchedDevice(below);
  const geometry = readFinishedGeometry(device);
  const table = new FatTable(device, geometry);
  const isReadOnly = options.isReadOnly || device.isReadOnly;
  const renameLog = RenameLog.find(device, geometry);
  const isDirty = geometry.isMarkedDirty || !table.isMarkedClean;
  const info = isDirty ? undefined : readFsInfo(device, geometry);
  const next = info?.nextFree ?? 0;
  const allocator = new ClusterAllocator(table, geometry, info?.freeCount, next);
  const clock = options.now;
  const volume = new FatVolume({
    device,
    geometry,
    table,
    allocator,
    renameLog,
    isReadOnly,
    discardFreed: options.discardFreed,
    now: clock === undefined ? Date.now : () => clock().getTime(),
  });
  const needsHealing = isDirty || (renameLog?.records.length ?? 0) > 0;
  if (needsHealing && !isReadOnly) healVolume(volume);
  return new Fat32FileSystem(volume, readVolumeLabel(volume), {
    uid: options.uid,
    gid: options.gid,
    filePermissions: options.filePermissions ?? 0o600,
    directoryPermissions: options.directoryPermissions ?? 0o700,
  });
}

/** Growing that was cut is finished before anything else is believed. */
function readFinishedGeometry(device: OrderedDevice): FatGeometry {
  const geometry = readGeometry(device);
  return finishGrowth(device, geometry) ? readGeometry(device) : geometry;
}

function readFsInfo(
  device: OrderedDevice,
  geometry: FatGeometry,
): Readonly<{ freeCount: number; nextFree: number }> | undefined {
  if (geometry.fsInfoOffsetBytes === 0) return undefined;
  const sector = Buffer.alloc(512);
  device.readInto(geometry.fsInfoOffsetBytes, sector);
  const isValid =
    sector.readUInt32LE(FSINFO.leadSignature) === FSINFO_LEAD &&
    sector.readUInt32LE(FSINFO.structureSignature) === FSINFO_STRUCTURE;
  const freeCount = sector.readUInt32LE(FSINFO.freeCount);
  if (!isValid || freeCount > geometry.clusterCount) return undefined;
  return { freeCount, nextFree: sector.readUInt32LE(FSINFO.nextFree) };
}
