import { ALIGN_BYTES, ENTRY_BYTES, FREE_MARK, LONG, LONG_LAST } from './fat-layout.ts';
import { readFirstCluster } from './fat-node.ts';
import type { FatVolume } from './fat-volume.ts';
import type { RenameRecord } from './rename-log.ts';
import { shortNameChecksum } from './short-name.ts';

/**
 * Finishes or takes back each rename of which the log has a record and both names are there: the
 * old name goes where the new one is whole, else what there is of the new one.
 */
export function healRenames(volume: FatVolume): void {
  const log = volume.renameLog;
  if (log === undefined || log.records.length === 0) return;
  for (const record of log.records) healRename(volume, record);
  volume.device.flush();
  log.clear();
}

function healRename(volume: FatVolume, record: RenameRecord): void {
  const old = readPlace(volume, record.oldPlace);
  const present = readPlace(volume, record.newPlace);
  if (!isEntryOf(old, record) || !isEntryOf(present, record)) return;
  const isWhole = record.newSlots === 1 || hasLongName(volume, record, present);
  const place = isWhole ? record.oldPlace : record.newPlace;
  volume.write(place * ENTRY_BYTES, Buffer.of(FREE_MARK), 2);
}

function readPlace(volume: FatVolume, place: number): Buffer {
  const entry = Buffer.alloc(ENTRY_BYTES);
  const { dataOffsetBytes } = volume.geometry;
  const offset = place * ENTRY_BYTES;
  const isInside = offset >= dataOffsetBytes && offset + ENTRY_BYTES <= volume.device.sizeBytes;
  if (isInside) volume.device.readInto(offset, entry);
  return entry;
}

function isEntryOf(entry: Buffer, record: RenameRecord): boolean {
  const first = entry[0] ?? 0;
  return first !== 0 && first !== FREE_MARK && readFirstCluster(entry) === record.firstCluster;
}

/** Tells whether the long name slots before the new entry belong to it, as far as one page shows. */
function hasLongName(volume: FatVolume, record: RenameRecord, short: Buffer): boolean {
  const checksum = shortNameChecksum(short);
  const pageStart = Math.floor((record.newPlace * ENTRY_BYTES) / ALIGN_BYTES) * ALIGN_BYTES;
  for (let number = 1; number < record.newSlots; number += 1) {
    const place = record.newPlace - number;
    if (place * ENTRY_BYTES < pageStart) return true;
    const slot = readPlace(volume, place);
    const isLast = number === record.newSlots - 1;
    const sequence = isLast ? number | LONG_LAST : number;
    if (slot[0] !== sequence || slot[LONG.checksum] !== checksum) return false;
  }
  return true;
}
