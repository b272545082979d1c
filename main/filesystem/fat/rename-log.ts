import { crc32 } from 'node:zlib';
import type { OrderedDevice } from '../../block/ordered-device.ts';
import type { FatGeometry } from './fat-geometry.ts';
import { ALIGN_BYTES } from './fat-layout.ts';

/**
 * The renames whose old name is not off the disk yet, in a page of the reserved sectors that no
 * other driver uses: sectors 16 to 23 where sectors have 512 bytes.
 *
 * A rename between two pages cannot be one write. It is: this record (rank 1), the new name (rank
 * 2), and only after both are on the storage the removal of the old name and of the record. After a
 * cut the record tells which of two names of one file is the old one.
 *
 * | offset | bytes | meaning |
 * | --- | --- | --- |
 * | 0 | 8 | "LLRENAME" |
 * | 8 | 4 | number of records, at most 127 |
 * | 12 | 4 | CRC-32 of bytes 8 to 11 and of the records |
 * | 16 + 32 n | 8, 2 | place of the old short entry on the volume, in 32-byte units; number of slots |
 * | 26 + 32 n | 2 | number of slots of the new entry |
 * | 28 + 32 n | 8 | place of the new short entry, in 32-byte units |
 * | 36 + 32 n | 4 | first cluster of the file, 0 where it has none |
 */
export type RenameRecord = Readonly<{
  oldPlace: number;
  oldSlots: number;
  newPlace: number;
  newSlots: number;
  firstCluster: number;
}>;

const MAGIC = 'LLRENAME';
const LOG_SECTOR = 16;
const RECORD_BYTES = 32;
const MAXIMUM_RECORDS = 127;

export class RenameLog {
  readonly #device: OrderedDevice;
  readonly #offsetBytes: number;
  #records: RenameRecord[] = [];

  private constructor(device: OrderedDevice, offsetBytes: number) {
    this.#device = device;
    this.#offsetBytes = offsetBytes;
  }

  /** Returns the log of a volume, or undefined where its reserved sectors are few or in use. */
  static find(device: OrderedDevice, geometry: FatGeometry): RenameLog | undefined {
    const offsetBytes = LOG_SECTOR * geometry.sectorBytes;
    if (offsetBytes + ALIGN_BYTES > geometry.reservedBytes) return undefined;
    const page = Buffer.alloc(ALIGN_BYTES);
    device.readInto(offsetBytes, page);
    const isOurs = page.toString('latin1', 0, 8) === MAGIC;
    if (!isOurs && page.some((byte) => byte !== 0)) return undefined;
    const log = new RenameLog(device, offsetBytes);
    if (isOurs) log.#records = parseRecords(page);
    return log;
  }

  get records(): readonly RenameRecord[] {
    return this.#records;
  }

  get isFull(): boolean {
    return this.#records.length >= MAXIMUM_RECORDS;
  }

  add(record: RenameRecord): void {
    this.#records.push(record);
    this.#device.writeOrdered(this.#offsetBytes, encodeRecords(this.#records), 1);
  }

  /** Empties the log on the storage with rank 3: after the removals of the old names. */
  clear(): void {
    this.#records = [];
    this.#device.writeOrdered(this.#offsetBytes, Buffer.alloc(ALIGN_BYTES), 3);
  }
}

function parseRecords(page: Buffer): RenameRecord[] {
  const count = page.readUInt32LE(8);
  if (count > MAXIMUM_RECORDS || page.readUInt32LE(12) !== checksum(page, count)) return [];
  return Array.from({ length: count }, (_, index) => {
    const at = 16 + index * RECORD_BYTES;
    return {
      oldPlace: Number(page.readBigUInt64LE(at)),
      oldSlots: page.readUInt16LE(at + 8),
      newSlots: page.readUInt16LE(at + 10),
      newPlace: Number(page.readBigUInt64LE(at + 12)),
      firstCluster: page.readUInt32LE(at + 20),
    };
  });
}

function encodeRecords(records: readonly RenameRecord[]): Buffer {
  const page = Buffer.alloc(ALIGN_BYTES);
  page.write(MAGIC, 0, 'latin1');
  page.writeUInt32LE(records.length, 8);
  records.forEach((record, index) => {
    const at = 16 + index * RECORD_BYTES;
    page.writeBigUInt64LE(BigInt(record.oldPlace), at);
    page.writeUInt16LE(record.oldSlots, at + 8);
    page.writeUInt16LE(record.newSlots, at + 10);
    page.writeBigUInt64LE(BigInt(record.newPlace), at + 12);
    page.writeUInt32LE(record.firstCluster, at + 20);
  });
  page.writeUInt32LE(checksum(page, records.length), 12);
  return page;
}

function checksum(page: Buffer, count: number): number {
  return crc32(page.subarray(16, 16 + count * RECORD_BYTES), crc32(page.subarray(8, 12)));
}
