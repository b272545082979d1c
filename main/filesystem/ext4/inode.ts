import type { NodeKind, Timestamp } from '../file-system.ts';
import { crc32c, crc32cOfU32 } from './crc32c.ts';
import {
  CLASSIC_INODE_BYTES,
  CONTENT_BYTES,
  INODE,
  INODE_FLAGS,
  MODE_TYPES,
} from './ext4-layout.ts';
import type { MetadataBlock } from './metadata-blocks.ts';
import type { Ext4Geometry } from './superblock.ts';

const HIGH = 2 ** 32;
const HIGH_16 = 2 ** 16;
const SECTOR_BYTES = 512;
const NO_BYTES = Buffer.alloc(2);
/** The last that 34 bits hold: in the year 2446. */
const LAST_SECOND = 3 * HIGH + HIGH / 2 - 1;

/** Which of an inode's times, by where its parts lie. */
export const INODE_TIMES = {
  accessed: { at: INODE.accessed, extra: INODE.accessedExtra },
  changed: { at: INODE.changed, extra: INODE.changedExtra },
  modified: { at: INODE.modified, extra: INODE.modifiedExtra },
  created: { at: INODE.created, extra: INODE.createdExtra },
} as const;

const KINDS: Readonly<Record<number, NodeKind>> = {
  [MODE_TYPES.fifo]: 'fifo',
  [MODE_TYPES.character]: 'character',
  [MODE_TYPES.directory]: 'directory',
  [MODE_TYPES.block]: 'block',
  [MODE_TYPES.file]: 'file',
  [MODE_TYPES.symlink]: 'symlink',
  [MODE_TYPES.socket]: 'socket',
};

/** The fields of one inode, read from the block of the inode table that holds it. */
export class Inode {
  readonly number: number;
  readonly block: MetadataBlock;
  /** Where the inode starts in the block. */
  readonly at: number;
  readonly #geometry: Ext4Geometry;
  readonly #bytes: Buffer;

  constructor(geometry: Ext4Geometry, number: number, block: MetadataBlock, at: number) {
    this.number = number;
    this.block = block;
    this.at = at;
    this.#geometry = geometry;
    this.#bytes = block.bytes;
  }

  get mode(): number {
    return this.#u16(INODE.mode);
  }

  /** `undefined` where the mode names no type of file. */
  get kind(): NodeKind | undefined {
    return KINDS[this.mode & MODE_TYPES.mask];
  }

  get uid(): number {
    return this.#u16(INODE.uidLow) + this.#u16(INODE.uidHigh) * HIGH_16;
  }

  get gid(): number {
    return this.#u16(INODE.gidLow) + this.#u16(INODE.gidHigh) * HIGH_16;
  }

  get links(): number {
    return this.#u16(INODE.links);
  }

  get flags(): number {
    return this.#u32(INODE.flags);
  }

  hasFlag(flag: keyof typeof INODE_FLAGS): boolean {
    return (this.flags & INODE_FLAGS[flag]) !== 0;
  }

  get generation(): number {
    return this.#u32(INODE.generation);
  }

  get deletedSeconds(): number {
    return this.#u32(INODE.deleted);
  }

  /** Not a safe integer where the inode is damaged. */
  get sizeBytes(): number {
    return this.#u32(INODE.sizeLow) + this.#u32(INODE.sizeHigh) * HIGH;
  }

  get allocatedBytes(): number {
    const count = this.#u32(INODE.sectorsLow) + this.#u16(INODE.sectorsHigh) * HIGH;
    const stored = count * (this.hasFlag('hugeFile') ? this.#geometry.blockBytes : SECTOR_BYTES);
    // What lies in the inode counts as the sectors that it would fill, as it does on Linux.
    const isInline = this.hasFlag('inlineData') && this.kind !== 'directory';
    return stored + (isInline ? Math.ceil(this.sizeBytes / SECTOR_BYTES) * SECTOR_BYTES : 0);
  }

  get attributeBlock(): number {
    return this.#u32(INODE.attributeBlockLow) + this.#u16(INODE.attributeBlockHigh) * HIGH;
  }

  /** The 60 bytes of block pointers, extent root, link target or inline data. Borrowed. */
  get content(): Buffer {
    const from = this.at + INODE.content;
    return this.#bytes.subarray(from, from + CONTENT_BYTES);
  }

  /** Where the 60 bytes start in the block. */
  get contentAt(): number {
    return this.at + INODE.content;
  }

  /** Bytes of fields after the classic 128. */
  get extraBytes(): number {
    return this.#geometry.inodeBytes > CLASSIC_INODE_BYTES ? this.#u16(INODE.extraBytes) : 0;
  }

  /** The space after the extra fields, in which extended attributes may lie. Borrowed. */
  get tail(): Buffer {
    const from = this.at + CLASSIC_INODE_BYTES + this.extraBytes;
    const to = this.at + this.#geometry.inodeBytes;
    return this.#bytes.subarray(Math.min(from, to), to);
  }

  /** Reads a time. Two bits of the extra field carry the seconds on to the year 2446. */
  time(which: keyof typeof INODE_TIMES): Timestamp {
    const { at, extra } = INODE_TIMES[which];
    const low = this.#holds(at) ? this.#bytes.readInt32LE(this.at + at) : 0;
    if (!this.#holds(extra)) return { seconds: low, nanoseconds: 0 };
    const word = this.#u32(extra);
    return { seconds: low + (word & 3) * HIGH, nanoseconds: Math.min(word >>> 2, 999_999_999) };
  }

  /** Device number of a character or block node, as `new_encode_dev` of Linux makes it. */
  get deviceNumber(): number {
    const old = this.#bytes.readUInt32LE(this.contentAt);
    if (old === 0) return this.#bytes.readUInt32LE(this.contentAt + 4);
    return old & 0xffff;
  }

  /** Seed of the checksums of this inode and of its blocks. */
  get checksumSeed(): number {
    const seed = crc32cOfU32(this.#geometry.checksumSeed, this.number);
    return crc32cOfU32(seed, this.generation);
  }

  /** Tells whether the stored checksum is right; `true` where the volume has none. */
  get isChecksumRight(): boolean {
    if (!this.#geometry.hasChecksums) return true;
    const checksum = this.computeChecksum();
    const isLow = (checksum & 0xffff) === this.#u16(INODE.checksumLow);
    if (!this.#holds(INODE.checksumHigh)) return isLow;
    return isLow && checksum >>> 16 === this.#u16(INODE.checksumHigh);
  }

  computeChecksum(): number {
    const { inodeBytes } = this.#geometry;
    const lowAt = this.at + INODE.checksumLow;
    let crc = crc32c(this.checksumSeed, this.#bytes, this.at, lowAt);
    crc = crc32c(crc, NO_BYTES);
    const classicEnd = this.at + CLASSIC_INODE_BYTES;
    crc = crc32c(crc, this.#bytes, lowAt + 2, classicEnd);
    if (inodeBytes === CLASSIC_INODE_BYTES) return crc;
    const highAt = this.at + INODE.checksumHigh;
    crc = crc32c(crc, this.#bytes, classicEnd, highAt);
    if (this.#holds(INODE.checksumHigh)) crc = crc32c(crc, NO_BYTES);
    else crc = crc32c(crc, this.#bytes, highAt, highAt + 2);
    return crc32c(crc, this.#bytes, highAt + 2, this.at + inodeBytes);
  }

  set mode(mode: number) {
    this.#putU16(INODE.mode, mode);
  }

  set uid(uid: number) {
    this.#putU16(INODE.uidLow, uid & 0xffff);
    this.#putU16(INODE.uidHigh, uid >>> 16);
  }

  set gid(gid: number) {
    this.#putU16(INODE.gidLow, gid & 0xffff);
    this.#putU16(INODE.gidHigh, gid >>> 16);
  }

  set links(links: number) {
    this.#putU16(INODE.links, links);
  }

  set flags(flags: number) {
    this.#putU32(INODE.flags, flags);
  }

  set generation(generation: number) {
    this.#putU32(INODE.generation, generation);
  }

  set deletedSeconds(seconds: number) {
    this.#putU32(INODE.deleted, seconds);
  }

  set sizeBytes(sizeBytes: number) {
    this.#putU32(INODE.sizeLow, sizeBytes % HIGH);
    this.#putU32(INODE.sizeHigh, Math.floor(sizeBytes / HIGH));
  }

  /** Written in sectors, or in blocks where that many sectors have no place. */
  set allocatedBytes(allocatedBytes: number) {
    const sectors = allocatedBytes / SECTOR_BYTES;
    const isHuge = sectors >= HIGH * HIGH_16;
    const count = isHuge ? allocatedBytes / this.#geometry.blockBytes : sectors;
    const flag = INODE_FLAGS.hugeFile;
    this.flags = isHuge ? this.flags | flag : this.flags & ~flag;
    this.#putU32(INODE.sectorsLow, count % HIGH);
    this.#putU16(INODE.sectorsHigh, Math.floor(count / HIGH));
  }

  set attributeBlock(block: number) {
    this.#putU32(INODE.attributeBlockLow, block % HIGH);
    this.#putU16(INODE.attributeBlockHigh, Math.floor(block / HIGH));
  }

  set extraBytes(extraBytes: number) {
    this.#putU16(INODE.extraBytes, extraBytes);
  }

  set deviceNumber(device: number) {
    const isOld = device < HIGH_16;
    this.#bytes.writeUInt32LE(isOld ? device : 0, this.contentAt);
    this.#bytes.writeUInt32LE(isOld ? 0 : device, this.contentAt + 4);
  }

  /** Writes a time, as near as the inode's size allows: without extra fields only to 2038. */
  setTime(which: keyof typeof INODE_TIMES, { seconds, nanoseconds }: Timestamp): void {
    const { at, extra } = INODE_TIMES[which];
    if (!this.#holds(at)) return;
    const hasExtra = this.#holds(extra);
    const last = hasExtra ? LAST_SECOND : HIGH / 2 - 1;
    const held = Math.max(-HIGH / 2, Math.min(seconds, last));
    const low = held | 0;
    this.#bytes.writeInt32LE(low, this.at + at);
    if (hasExtra) this.#putU32(extra, ((nanoseconds << 2) | ((held - low) / HIGH)) >>> 0);
  }

  /** Brings the stored checksum up to date. */
  seal(): void {
    if (!this.#geometry.hasChecksums) return;
    const checksum = this.computeChecksum();
    this.#putU16(INODE.checksumLow, checksum & 0xffff);
    if (this.#holds(INODE.checksumHigh)) this.#putU16(INODE.checksumHigh, checksum >>> 16);
  }

  #holds(field: number): boolean {
    const width = field === INODE.checksumHigh ? 2 : 4;
    return field < CLASSIC_INODE_BYTES || field + width <= CLASSIC_INODE_BYTES + this.extraBytes;
  }

  #u16(field: number): number {
    return this.#bytes.readUInt16LE(this.at + field);
  }

  #u32(field: number): number {
    return this.#bytes.readUInt32LE(this.at + field);
  }

  #putU16(field: number, value: number): void {
    this.#bytes.writeUInt16LE(value, this.at + field);
  }

  #putU32(field: number, value: number): void {
    this.#bytes.writeUInt32LE(value >>> 0, this.at + field);
  }
}
