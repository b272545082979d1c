import type { BlockDevice } from '../../block/block-device.ts';
import {
  COMMIT,
  commitChecksum,
  REVOKE,
  TAG_FLAGS,
  TAIL_BYTES,
  tagBytes,
  tailChecksum,
} from './journal-blocks.ts';
import type { JournalPlace } from './journal-place.ts';
import {
  JOURNAL_BLOCK_TYPES,
  JOURNAL_FEATURES,
  JOURNAL_HEADER,
  JOURNAL_MAGIC,
  JOURNAL_SUPER,
  type JournalHead,
  parseJournalSuperblock,
  sealJournalSuperblock,
} from './journal-superblock.ts';
import type { MetadataBlock } from './metadata-blocks.ts';
import { blockChecksum } from './scan-journal.ts';
import type { Ext4Geometry } from './superblock.ts';

const HIGH = 2 ** 32;
const UUID_BYTES = 16;
const CRC32C_TYPE = 4;
const INCOMPATIBLE_64BIT = 0x80;
/** The commit block, and what a commit changes besides: superblock, descriptors, their blocks. */
const COMMIT_BLOCKS = 16;

/**
 * Writes transactions into the journal of a volume, in the format that Linux replays. A commit is
 * complete when its last block is on stable storage, after a barrier behind all before it.
 */
export class JournalWriter {
  readonly #device: BlockDevice;
  readonly #place: JournalPlace;
  readonly #blockBytes: number;
  readonly #uuid: Buffer;
  readonly #superblock: Buffer;
  #head: JournalHead;
  /** Where the next block of the log goes, and how many blocks may still be needed. */
  #next: number;
  #used = 0;
  /** Blocks from there on that surely can be written. */
  #reserved = 0;
  #sequence: number;

  /**
   * Starts an empty log: what the journal held before was replayed, or is not needed.
   *
   * @param superblock - The journal's first block; owned.
   * @param sequence - Of the first transaction.
   */
  constructor(
    device: BlockDevice,
    place: JournalPlace,
    geometry: Ext4Geometry,
    superblock: Buffer,
    sequence: number,
  ) {
    this.#device = device;
    this.#place = place;
    this.#blockBytes = geometry.blockBytes;
    this.#superblock = superblock;
    this.#uuid = Buffer.from(
      superblock.subarray(JOURNAL_SUPER.uuid, JOURNAL_SUPER.uuid + UUID_BYTES),
    );
    this.#setFeatures(geometry);
    this.#head = parseJournalSuperblock(superblock, place.blockCount);
    this.#next = this.#head.first;
    this.#sequence = sequence;
    this.#writeStart(this.#next);
  }

  /** Blocks of one transaction that surely fit, half of the log being free. */
  get transactionBlocks(): number {
    const half = Math.floor((this.#head.end - this.#head.first) / 2);
    return Math.max(16, half - Math.ceil(half / this.#tagsPerBlock()) - 16);
  }

  /** Tells whether the older half of the log is in use: it should be emptied. */
  get isHalfFull(): boolean {
    return this.#used * 2 > this.#head.end - this.#head.first;
  }

  get isEmpty(): boolean {
    return this.#used === 0;
  }

  /**
   * Makes sure that the next transaction finds space on the host, with this many blocks and a few
   * more that a commit itself changes.
   *
   * @throws DeviceError `no-space`
   */
  reserve(blocks: number, revoked: number): void {
    const own =
      Math.ceil(blocks / this.#tagsPerBlock()) + Math.ceil(revoked / this.#revokesPerBlock());
    const needed = Math.min(blocks + own + COMMIT_BLOCKS, this.#head.end - this.#head.first);
    while (this.#reserved < needed) {
      const at = this.#wrapped(this.#next + this.#reserved);
      this.#device.reserve?.(this.#place.physicalOf(at) * this.#blockBytes, this.#blockBytes);
      this.#reserved += 1;
    }
  }

  /** Writes a transaction to stable storage. `blocks` are borrowed and sealed. */
  commit(blocks: readonly MetadataBlock[], revoked: readonly number[], now: Date): void {
    this.#writeRevokes(revoked);
    const perBlock = this.#tagsPerBlock();
    for (let from = 0; from < blocks.length; from += perBlock) {
      this.#writeBlocks(blocks.slice(from, from + perBlock));
    }
    this.#device.flush();
    const bytes = this.#newBlock(JOURNAL_BLOCK_TYPES.commit);
    const milliseconds = now.getTime();
    bytes.writeBigUInt64BE(BigInt(Math.floor(milliseconds / 1000)), COMMIT.seconds);
    bytes.writeUInt32BE((milliseconds % 1000) * 1_000_000, COMMIT.nanoseconds);
    if (this.#head.checksumVersion !== 0) {
      bytes.writeUInt32BE(commitChecksum(this.#head, bytes), COMMIT.checksum);
    }
    this.#append(bytes);
    this.#device.flush();
    this.#sequence = (this.#sequence + 1) >>> 0;
  }

  /** Tells the journal that all transactions are at their places on stable storage. */
  empty(): void {
    this.#used = 0;
    // From the start again: a sparse container keeps small what it has of the log.
    this.#next = this.#head.first;
    this.#reserved = 0;
    this.#writeStart(this.#next);
    this.#device.flush();
  }

  /** Marks the journal as not needed. */
  close(): void {
    this.#writeStart(0);
    this.#device.flush();
  }

  #writeRevokes(revoked: readonly number[]): void {
    const size = this.#head.is64Bit ? 8 : 4;
    const perBlock = this.#revokesPerBlock();
    for (let from = 0; from < revoked.length; from += perBlock) {
      const part = revoked.slice(from, from + perBlock);
      const bytes = this.#newBlock(JOURNAL_BLOCK_TYPES.revoke);
      bytes.writeUInt32BE(REVOKE.entries + part.length * size, REVOKE.usedBytes);
      for (const [index, block] of part.entries()) {
        const at = REVOKE.entries + index * size;
        if (this.#head.is64Bit) bytes.writeUInt32BE(Math.floor(block / HIGH), at);
        bytes.writeUInt32BE(block % HIGH, at + size - 4);
      }
      this.#sealTail(bytes);
      this.#append(bytes);
    }
  }

  #writeBlocks(blocks: readonly MetadataBlock[]): void {
    const descriptor = this.#newBlock(JOURNAL_BLOCK_TYPES.descriptor);
    const contents: Buffer[] = [];
    let at = JOURNAL_HEADER.bytes as number;
    for (const [index, block] of blocks.entries()) {
      const content = Buffer.from(block.bytes);
      const isEscaped = content.readUInt32BE(0) === JOURNAL_MAGIC;
      if (isEscaped) content.writeUInt32BE(0, 0);
      const flags =
        (isEscaped ? TAG_FLAGS.escaped : 0) |
        (index > 0 ? TAG_FLAGS.sameUuid : 0) |
        (index === blocks.length - 1 ? TAG_FLAGS.last : 0);
      this.#putTag(descriptor, at, { block: block.number, flags, content });
      at += tagBytes(this.#head);
      if (index === 0) {
        descriptor.set(this.#uuid, at);
        at += UUID_BYTES;
      }
      contents.push(content);
    }
    this.#sealTail(descriptor);
    this.#append(descriptor);
    for (const content of contents) this.#append(content);
  }

  #putTag(
    descriptor: Buffer,
    at: number,
    tag: Readonly<{ block: number; flags: number; content: Buffer }>,
  ): void {
    const { checksumVersion, is64Bit } = this.#head;
    descriptor.writeUInt32BE(tag.block % HIGH, at);
    if (checksumVersion === 3) {
      descriptor.writeUInt32BE(tag.flags, at + 4);
      descriptor.writeUInt32BE(blockChecksum(this.#head, this.#sequence, tag.content), at + 12);
    } else {
      descriptor.writeUInt16BE(tag.flags, at + 6);
    }
    if (is64Bit) descriptor.writeUInt32BE(Math.floor(tag.block / HIGH), at + 8);
  }

  #sealTail(bytes: Buffer): void {
    if (this.#head.checksumVersion === 0) return;
    bytes.writeUInt32BE(tailChecksum(this.#head, bytes), bytes.length - TAIL_BYTES);
  }

  #newBlock(type: number): Buffer {
    const bytes = Buffer.alloc(this.#blockBytes);
    bytes.writeUInt32BE(JOURNAL_MAGIC, JOURNAL_HEADER.magic);
    bytes.writeUInt32BE(type, JOURNAL_HEADER.type);
    bytes.writeUInt32BE(this.#sequence, JOURNAL_HEADER.sequence);
    return bytes;
  }

  #append(bytes: Buffer): void {
    this.#device.writeFrom(this.#place.physicalOf(this.#next) * this.#blockBytes, bytes);
    this.#used += 1;
    this.#reserved = Math.max(0, this.#reserved - 1);
    this.#next = this.#wrapped(this.#next + 1);
  }

  #wrapped(at: number): number {
    return at < this.#head.end ? at : at - (this.#head.end - this.#head.first);
  }

  #revokesPerBlock(): number {
    const size = this.#head.is64Bit ? 8 : 4;
    return Math.floor((this.#blockBytes - REVOKE.entries - TAIL_BYTES) / size);
  }

  #tagsPerBlock(): number {
    const space = this.#blockBytes - JOURNAL_HEADER.bytes - TAIL_BYTES - UUID_BYTES;
    return Math.floor(space / tagBytes(this.#head));
  }

  #setFeatures(geometry: Ext4Geometry): void {
    const { revoke, csum_v2, csum_v3 } = JOURNAL_FEATURES;
    let features = this.#superblock.readUInt32BE(JOURNAL_SUPER.incompatible) | revoke;
    if ((geometry.features.incompatible & INCOMPATIBLE_64BIT) !== 0) {
      features |= JOURNAL_FEATURES['64bit'];
    }
    features &= ~(csum_v2 | csum_v3);
    if (geometry.hasChecksums) {
      features |= csum_v3;
      this.#superblock.writeUInt8(CRC32C_TYPE, JOURNAL_SUPER.checksumType);
    }
    this.#superblock.writeUInt32BE(0, JOURNAL_SUPER.compatible);
    this.#superblock.writeUInt32BE(features >>> 0, JOURNAL_SUPER.incompatible);
    if (geometry.hasChecksums) sealJournalSuperblock(this.#superblock);
  }

  #writeStart(start: number): void {
    const bytes = this.#superblock;
    bytes.writeUInt32BE(start, JOURNAL_SUPER.start);
    bytes.writeUInt32BE(this.#sequence, JOURNAL_SUPER.sequence);
    if (this.#head.checksumVersion !== 0) sealJournalSuperblock(bytes);
    this.#device.writeFrom(this.#place.physicalOf(0) * this.#blockBytes, Buffer.from(bytes));
  }
}
