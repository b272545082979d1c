/**
 * The journal of a growing FAT32 volume: everything that is going to be written over, as it has to
 * be afterwards, in space behind the grown filesystem. It is complete and on stable storage before a
 * record in the reserved sectors says that it counts; from then on it is applied, as often as cuts
 * make it necessary, before anything else is done with the volume.
 *
 * The record takes the page of sectors 24 to 31 (where sectors have 512 bytes), which no other
 * driver uses:
 *
 * | offset | bytes | meaning |
 * | --- | --- | --- |
 * | 0 | 8 | "LLGROWTH" |
 * | 8 | 8 | offset of the journal on the volume |
 * | 16 | 8 | its length |
 * | 24 | 4 | CRC-32 of the journal |
 * | 28 | 4 | CRC-32 of bytes 0 to 27 |
 *
 * The journal is a list of pieces, each aligned to 4096 bytes: a page with "LLPIECE1", the length
 * (8), the number of targets (4) and their offsets (8 each), then the bytes, padded.
 */

import { crc32 } from 'node:zlib';
import { FormatError, StateError } from '../../../shared/errors/vault-error.ts';
import { MIB } from '../../../shared/units.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import type { FatGeometry } from './fat-geometry.ts';
import { ALIGN_BYTES } from './fat-layout.ts';

const RECORD_MAGIC = 'LLGROWTH';
const PIECE_MAGIC = 'LLPIECE1';
export const GROWTH_RECORD_SECTOR = 24;
const STEP_BYTES = MIB;
const MAXIMUM_TARGETS = 16;

/** Bytes that go to one or more places. */
export type JournalPiece = Readonly<{
  targets: readonly number[];
  lengthBytes: number;
  /** Yields the bytes in order, in steps of any size. Borrowed until the next one is asked for. */
  bytes: () => Iterable<Uint8Array>;
}>;

type Record = Readonly<{ offsetBytes: number; lengthBytes: number; checksum: number }>;

/** Returns the room that a journal of these pieces takes. */
export function journalBytes(pieces: Iterable<Pick<JournalPiece, 'lengthBytes'>>): number {
  let total = 0;
  for (const { lengthBytes } of pieces) total += ALIGN_BYTES + aligned(lengthBytes);
  return total;
}

/** Returns where the record lies; `null` where the reserved sectors are too few or in use. */
export function recordOffset(device: BlockDevice, geometry: FatGeometry): number | null {
  const offsetBytes = GROWTH_RECORD_SECTOR * geometry.sectorBytes;
  if (offsetBytes + ALIGN_BYTES > geometry.reservedBytes) return null;
  const page = readPage(device, offsetBytes);
  const isOurs = page.toString('latin1', 0, 8) === RECORD_MAGIC;
  return isOurs || page.every((byte) => byte === 0) ? offsetBytes : null;
}

/** Writes a journal and makes it count. Returns when both are on stable storage. */
export function commitJournal(
  device: BlockDevice,
  place: Readonly<{ recordBytes: number; journalBytes: number }>,
  pieces: Iterable<JournalPiece>,
): void {
  let at = place.journalBytes;
  let checksum = 0;
  const append = (bytes: Uint8Array) => {
    checksum = crc32(bytes, checksum);
    device.writeFrom(at, Buffer.from(bytes));
    at += bytes.length;
  };
  for (const piece of pieces) {
    append(encodePieceHead(piece));
    for (const bytes of piece.bytes()) append(bytes);
    append(Buffer.alloc(aligned(piece.lengthBytes) - piece.lengthBytes));
  }
  device.flush();
  const record = {
    offsetBytes: place.journalBytes,
    lengthBytes: at - place.journalBytes,
    checksum,
  };
  device.writeFrom(place.recordBytes, encodeRecord(record));
  device.flush();
}

/**
 * Finishes a growth that was cut, or that has just been committed: applies the journal and clears
 * the record. Does nothing where there is none.
 *
 * @returns Whether there was something to finish.
 * @throws StateError `growth-unfinished` where there is and the device cannot be written.
 * @throws FormatError `filesystem-damaged` where the journal is not what the record says.
 */
export function finishGrowth(device: BlockDevice, geometry: FatGeometry): boolean {
  const recordBytes = recordOffset(device, geometry);
  const record = recordBytes === null ? null : parseRecord(readPage(device, recordBytes));
  if (recordBytes === null || record === null) return false;
  if (device.isReadOnly) throw new StateError('growth-unfinished');
  assertJournal(device, record);
  applyJournal(device, record);
  device.flush();
  device.writeFrom(recordBytes, Buffer.alloc(ALIGN_BYTES));
  device.flush();
  return true;
}

function applyJournal(device: BlockDevice, record: Record): void {
  const endBytes = record.offsetBytes + record.lengthBytes;
  for (let at = record.offsetBytes; at < endBytes; ) {
    const { lengthBytes, targets } = parsePieceHead(readPage(device, at));
    at += ALIGN_BYTES;
    for (let done = 0; done < lengthBytes; done += STEP_BYTES) {
      const bytes = Buffer.alloc(Math.min(STEP_BYTES, lengthBytes - done));
      device.readInto(at + done, bytes);
      for (const target of targets) device.writeFrom(target + done, Buffer.from(bytes));
    }
    at += aligned(lengthBytes);
  }
}

/** Nothing is applied that is not complete and right. */
function assertJournal(device: BlockDevice, record: Record): void {
  const { offsetBytes, lengthBytes } = record;
  if (offsetBytes + lengthBytes > device.sizeBytes) throw damaged('size');
  let checksum = 0;
  for (let done = 0; done < lengthBytes; done += STEP_BYTES) {
    const bytes = Buffer.alloc(Math.min(STEP_BYTES, lengthBytes - done));
    device.readInto(offsetBytes + done, bytes);
    checksum = crc32(bytes, checksum);
  }
  if (checksum !== record.checksum) throw damaged('checksum');
  for (let at = offsetBytes; at < offsetBytes + lengthBytes; ) {
    const piece = parsePieceHead(readPage(device, at));
    at += ALIGN_BYTES + aligned(piece.lengthBytes);
    const isInside = piece.targets.every((target) => target + piece.lengthBytes <= offsetBytes);
    if (at > offsetBytes + lengthBytes || !isInside) throw damaged('piece');
  }
}

function encodePieceHead({ lengthBytes, targets }: JournalPiece): Buffer {
  const page = Buffer.alloc(ALIGN_BYTES);
  page.write(PIECE_MAGIC, 0, 'latin1');
  page.writeBigUInt64LE(BigInt(lengthBytes), 8);
  page.writeUInt32LE(targets.length, 16);
  targets.forEach((target, index) => {
    page.writeBigUInt64LE(BigInt(target), 24 + index * 8);
  });
  return page;
}

function parsePieceHead(
  page: Buffer,
): Readonly<{ lengthBytes: number; targets: readonly number[] }> {
  const count = page.readUInt32LE(16);
  const isPiece = page.toString('latin1', 0, 8) === PIECE_MAGIC && count <= MAXIMUM_TARGETS;
  if (!isPiece) throw damaged('piece');
  const at = (offset: number) => Number(page.readBigUInt64LE(offset));
  const targets = Array.from({ length: count }, (_, index) => at(24 + index * 8));
  return { lengthBytes: at(8), targets };
}

function encodeRecord({ offsetBytes, lengthBytes, checksum }: Record): Buffer {
  const page = Buffer.alloc(ALIGN_BYTES);
  page.write(RECORD_MAGIC, 0, 'latin1');
  page.writeBigUInt64LE(BigInt(offsetBytes), 8);
  page.writeBigUInt64LE(BigInt(lengthBytes), 16);
  page.writeUInt32LE(checksum, 24);
  page.writeUInt32LE(crc32(page.subarray(0, 28)), 28);
  return page;
}

/** A record that is torn, or not there, does not count: nothing has been applied then. */
function parseRecord(page: Buffer): Record | null {
  const isOurs = page.toString('latin1', 0, 8) === RECORD_MAGIC;
  if (!isOurs || page.readUInt32LE(28) !== crc32(page.subarray(0, 28))) return null;
  return {
    offsetBytes: Number(page.readBigUInt64LE(8)),
    lengthBytes: Number(page.readBigUInt64LE(16)),
    checksum: page.readUInt32LE(24),
  };
}

function readPage(device: BlockDevice, offsetBytes: number): Buffer {
  const page = Buffer.alloc(ALIGN_BYTES);
  if (offsetBytes + ALIGN_BYTES <= device.sizeBytes) device.readInto(offsetBytes, page);
  return page;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGN_BYTES) * ALIGN_BYTES;
}

function damaged(what: string): FormatError {
  return new FormatError('filesystem-damaged', { field: 'growth-journal', what });
}
