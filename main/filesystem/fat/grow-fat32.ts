/**
 * Makes a FAT32 filesystem fill a larger volume, so that a cut at any write leaves every file.
 *
 * 1. What lies in the way of the larger tables is copied behind the old end, which the old
 *    filesystem does not use.
 * 2. The new tables, every directory with its mapped entries, and the boot sectors go into a journal
 *    behind the new end. Until it counts the old filesystem is whole.
 * 3. A record makes it count; it is applied, and the record cleared. A cut from here on is finished
 *    by whoever opens the volume next.
 *
 * @see grow-journal.ts, grow-layout.ts
 */

import { FormatError, UnsupportedError } from '../../../shared/errors/vault-error.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { identifyFilesystem } from '../identify.ts';
import { clusterOffset, type FatGeometry, readGeometry } from './fat-geometry.ts';
import { ALIGN_BYTES, BOOT, FIRST_CLUSTER, FSINFO, FSINFO_LEAD } from './fat-layout.ts';
import { patchedDirectories } from './grow-directories.ts';
import {
  commitJournal,
  finishGrowth,
  GROWTH_RECORD_SECTOR,
  type JournalPiece,
  journalBytes,
  recordOffset,
} from './grow-journal.ts';
import { type GrowLayout, grownOffset, layoutGrowth } from './grow-layout.ts';
import { GrowMap } from './grow-map.ts';

const TABLE_STEP_ENTRIES = (256 * KIB) / 4;
const COPY_STEP_BYTES = MIB;

/** What growing takes. */
export type GrowPlan = Readonly<{
  /** Room behind the new end that the journal needs while it is under way. */
  journalBytes: number;
  /** Clusters whose content moves. */
  movedClusters: number;
}>;

/**
 * Returns what growing to `sizeBytes` takes. Reads only.
 *
 * @param device - Borrowed: the volume, cleanly unmounted.
 * @throws ContractError `size-invalid`; UnsupportedError `filesystem-unsupported`
 * @throws FormatError `filesystem-damaged`
 */
export function planFat32Growth(device: BlockDevice, sizeBytes: number): GrowPlan {
  const layout = layoutGrowth(device, sizeBytes);
  requireRecordOffset(device, layout);
  const map = new GrowMap(device, layout);
  let directoryClusters = 0;
  for (const { cluster } of patchedDirectories(device, layout, map)) {
    if (!isMoved(layout, cluster)) directoryClusters += 1;
  }
  const directories = Array.from({ length: directoryClusters }, () => ({
    lengthBytes: layout.old.clusterBytes,
  }));
  const fixed = [{ lengthBytes: layout.fatBytes }, { lengthBytes: bootBytes(layout) }];
  return { journalBytes: journalBytes([...fixed, ...directories]), movedClusters: map.movedCount };
}

/**
 * Grows the filesystem to `sizeBytes`.
 *
 * @param device - Borrowed: the volume, cleanly unmounted and already larger than `sizeBytes` by the
 * room of the journal, see {@link planFat32Growth}.
 * @throws as {@link planFat32Growth} does; nothing of the filesystem has changed then.
 */
export function growFat32(device: BlockDevice, sizeBytes: number): void {
  const layout = layoutGrowth(device, sizeBytes);
  const recordBytes = requireRecordOffset(device, layout);
  const map = new GrowMap(device, layout);
  for (const { from, to } of map.moved()) copyCluster(device, layout, from, to);
  for (const { cluster, content } of patchedDirectories(device, layout, map)) {
    if (isMoved(layout, cluster)) device.writeFrom(grownOffset(layout, map.map(cluster)), content);
  }
  const place = { recordBytes, journalBytes: Math.ceil(sizeBytes / ALIGN_BYTES) * ALIGN_BYTES };
  commitJournal(device, place, piecesOf(device, layout, map));
  finishGrowth(device, layout.old);
}

/**
 * Finishes a growth that was cut, on a volume that may hold anything. Reads two pages where there is
 * nothing to finish.
 *
 * @param device - Borrowed: the volume, used by nobody else.
 * @throws StateError `growth-unfinished` where the device cannot be written.
 */
export function finishFat32Growth(device: BlockDevice): void {
  if (device.sizeBytes < MIB || identifyFilesystem(device) !== 'vfat') return;
  let geometry: FatGeometry;
  try {
    geometry = readGeometry(device);
  } catch (error) {
    // Not a filesystem that we grow: whoever serves it will say what it is.
    if (error instanceof FormatError || error instanceof UnsupportedError) return;
    throw error;
  }
  finishGrowth(device, geometry);
}

function* piecesOf(device: BlockDevice, layout: GrowLayout, map: GrowMap): Generator<JournalPiece> {
  let freeClusters = 0;
  yield {
    targets: Array.from(
      { length: layout.fatCount },
      (_, index) => layout.old.reservedBytes + index * layout.fatBytes,
    ),
    lengthBytes: layout.fatBytes,
    *bytes() {
      const entries = layout.fatBytes / 4;
      for (let at = 0; at < entries; at += TABLE_STEP_ENTRIES) {
        const step = new Uint32Array(Math.min(TABLE_STEP_ENTRIES, entries - at));
        map.fillTable(at, step);
        freeClusters += countFree(step, at, layout.clusterCount + FIRST_CLUSTER);
        yield new Uint8Array(step.buffer);
      }
    },
  };
  for (const { cluster, content } of patchedDirectories(device, layout, map)) {
    if (isMoved(layout, cluster)) continue;
    const targets = [clusterOffset(layout.old, cluster)];
    yield { targets, lengthBytes: content.length, bytes: () => [content] };
  }
  const boot = grownBoot(device, layout, map, freeClusters);
  yield { targets: [0], lengthBytes: boot.length, bytes: () => [boot] };
}

function countFree(entries: Uint32Array, firstCluster: number, endCluster: number): number {
  let free = 0;
  for (let index = 0; index < entries.length; index += 1) {
    const cluster = firstCluster + index;
    if (cluster >= FIRST_CLUSTER && cluster < endCluster && entries[index] === 0) free += 1;
  }
  return free;
}

/** Returns the reserved sectors before the record, boot sectors and FSInfo brought up to date. */
function grownBoot(
  device: BlockDevice,
  layout: GrowLayout,
  map: GrowMap,
  freeClusters: number,
): Buffer {
  const { sectorBytes, rootCluster, fsInfoOffsetBytes } = layout.old;
  const sectors = Buffer.alloc(bootBytes(layout));
  device.readInto(0, sectors);
  const backupBytes = sectors.readUInt16LE(BOOT.backupSector) * sectorBytes;
  const hasBackup = backupBytes > 0 && backupBytes + sectorBytes <= sectors.length;
  for (const at of hasBackup ? [0, backupBytes] : [0]) {
    sectors.writeUInt16LE(0, at + BOOT.totalSectors16);
    sectors.writeUInt32LE(layout.totalSectors, at + BOOT.totalSectors32);
    sectors.writeUInt32LE(layout.fatSectors, at + BOOT.fatSectors32);
    sectors.writeUInt32LE(map.map(rootCluster), at + BOOT.rootCluster);
    const infoBytes = at + fsInfoOffsetBytes;
    const hasInfo = fsInfoOffsetBytes > 0 && infoBytes + 512 <= sectors.length;
    if (!hasInfo || sectors.readUInt32LE(infoBytes) !== FSINFO_LEAD) continue;
    sectors.writeUInt32LE(freeClusters, infoBytes + FSINFO.freeCount);
    sectors.writeUInt32LE(layout.firstNewCluster + map.movedCount, infoBytes + FSINFO.nextFree);
  }
  return sectors;
}

function bootBytes(layout: GrowLayout): number {
  return GROWTH_RECORD_SECTOR * layout.old.sectorBytes;
}

function isMoved(layout: GrowLayout, cluster: number): boolean {
  return cluster < layout.shiftClusters + FIRST_CLUSTER;
}

function copyCluster(device: BlockDevice, layout: GrowLayout, from: number, to: number): void {
  const { clusterBytes } = layout.old;
  for (let done = 0; done < clusterBytes; done += COPY_STEP_BYTES) {
    const bytes = new Uint8Array(Math.min(COPY_STEP_BYTES, clusterBytes - done));
    device.readInto(clusterOffset(layout.old, from) + done, bytes);
    device.writeFrom(grownOffset(layout, to) + done, bytes);
  }
}

function requireRecordOffset(device: BlockDevice, layout: GrowLayout): number {
  const offsetBytes = recordOffset(device, layout.old);
  if (offsetBytes === null)
    throw new UnsupportedError('filesystem-unsupported', { type: 'fat32-reserved-sectors' });
  return offsetBytes;
}
