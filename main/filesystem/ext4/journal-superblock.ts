import { FormatError, UnsupportedError } from '../../../shared/errors/vault-error.ts';
import { CRC32C_START, crc32c, crc32cOfU32 } from './crc32c.ts';

/**
 * The first block of a journal. All of JBD2 is big-endian.
 *
 * @see Linux, include/linux/jbd2.h; Documentation/filesystems/ext4/journal.rst
 */

export const JOURNAL_MAGIC = 0xc03b3998;

export const JOURNAL_BLOCK_TYPES = {
  descriptor: 1,
  commit: 2,
  superblock1: 3,
  superblock2: 4,
  revoke: 5,
} as const;

/** What every block of the journal's own starts with. */
export const JOURNAL_HEADER = { magic: 0, type: 4, sequence: 8, bytes: 12 } as const;

export const JOURNAL_SUPER = {
  blockBytes: 0x0c,
  blockCount: 0x10,
  first: 0x14,
  sequence: 0x18,
  start: 0x1c,
  error: 0x20,
  compatible: 0x24,
  incompatible: 0x28,
  readOnlyCompatible: 0x2c,
  uuid: 0x30,
  users: 0x40,
  checksumType: 0x50,
  fastCommitBlocks: 0x54,
  head: 0x58,
  checksum: 0xfc,
} as const;

const JOURNAL_SUPER_BYTES = 1024;

/** Returns the superblock of an empty journal without features, as `mke2fs` writes it. */
export function encodeJournalSuperblock(
  blockBytes: number,
  blockCount: number,
  uuid: Uint8Array,
): Buffer {
  const bytes = Buffer.alloc(blockBytes);
  bytes.writeUInt32BE(JOURNAL_MAGIC, JOURNAL_HEADER.magic);
  bytes.writeUInt32BE(JOURNAL_BLOCK_TYPES.superblock2, JOURNAL_HEADER.type);
  bytes.writeUInt32BE(blockBytes, JOURNAL_SUPER.blockBytes);
  bytes.writeUInt32BE(blockCount, JOURNAL_SUPER.blockCount);
  bytes.writeUInt32BE(1, JOURNAL_SUPER.first);
  bytes.writeUInt32BE(1, JOURNAL_SUPER.sequence);
  bytes.set(uuid, JOURNAL_SUPER.uuid);
  bytes.writeUInt32BE(1, JOURNAL_SUPER.users);
  return bytes;
}

export const JOURNAL_FEATURES = {
  revoke: 0x1,
  '64bit': 0x2,
  async_commit: 0x4,
  csum_v2: 0x8,
  csum_v3: 0x10,
  fast_commit: 0x20,
} as const;

const DEFAULT_FAST_COMMIT_BLOCKS = 256;

/** What a journal says of itself. */
export type JournalHead = Readonly<{
  /** Blocks of the log: `first` up to `end - 1`; then comes the space for fast commits. */
  first: number;
  end: number;
  fastCommitBlocks: number;
  /** Where the oldest transaction that may be needed starts; 0: none is. */
  start: number;
  sequence: number;
  is64Bit: boolean;
  /** Version of its checksums, 0 where it has none. */
  checksumVersion: 0 | 2 | 3;
  checksumSeed: number;
}>;

/**
 * Parses the first block of a journal.
 *
 * @param blockCount - Blocks that the journal's inode has.
 * @throws FormatError `filesystem-damaged`.
 * @throws UnsupportedError `filesystem-unsupported` for features that we lack.
 */
export function parseJournalSuperblock(bytes: Buffer, blockCount: number): JournalHead {
  const type = bytes.readUInt32BE(JOURNAL_HEADER.type);
  const isSecond = type === JOURNAL_BLOCK_TYPES.superblock2;
  if (
    bytes.readUInt32BE(JOURNAL_HEADER.magic) !== JOURNAL_MAGIC ||
    !(isSecond || type === JOURNAL_BLOCK_TYPES.superblock1) ||
    bytes.readUInt32BE(JOURNAL_SUPER.blockBytes) !== bytes.length
  ) {
    throw broken('superblock of the journal');
  }
  const features = isSecond ? bytes.readUInt32BE(JOURNAL_SUPER.incompatible) : 0;
  assertKnown(features, isSecond ? bytes.readUInt32BE(JOURNAL_SUPER.readOnlyCompatible) : 0);
  const checksumVersion =
    (features & JOURNAL_FEATURES.csum_v3) !== 0
      ? 3
      : (features & JOURNAL_FEATURES.csum_v2) !== 0
        ? 2
        : 0;
  if (checksumVersion !== 0 && !isJournalChecksumRight(bytes)) {
    throw broken('checksum of the journal');
  }
  const fastCommitBlocks =
    (features & JOURNAL_FEATURES.fast_commit) === 0
      ? 0
      : bytes.readUInt32BE(JOURNAL_SUPER.fastCommitBlocks) || DEFAULT_FAST_COMMIT_BLOCKS;
  const head: JournalHead = {
    first: bytes.readUInt32BE(JOURNAL_SUPER.first),
    end: bytes.readUInt32BE(JOURNAL_SUPER.blockCount) - fastCommitBlocks,
    fastCommitBlocks,
    start: bytes.readUInt32BE(JOURNAL_SUPER.start),
    sequence: bytes.readUInt32BE(JOURNAL_SUPER.sequence),
    is64Bit: (features & JOURNAL_FEATURES['64bit']) !== 0,
    checksumVersion,
    checksumSeed: crc32c(CRC32C_START, bytes, JOURNAL_SUPER.uuid, JOURNAL_SUPER.uuid + 16),
  };
  const { first, end, start } = head;
  const isSane = first >= 1 && first < end && end + fastCommitBlocks <= blockCount;
  if (!isSane || (start !== 0 && (start < first || start >= end))) {
    throw broken('sizes of the journal');
  }
  return head;
}

/** Brings the checksum of a journal's superblock up to date. */
export function sealJournalSuperblock(bytes: Buffer): void {
  bytes.writeUInt32BE(journalChecksum(bytes), JOURNAL_SUPER.checksum);
}

function isJournalChecksumRight(bytes: Buffer): boolean {
  return journalChecksum(bytes) === bytes.readUInt32BE(JOURNAL_SUPER.checksum);
}

function journalChecksum(bytes: Buffer): number {
  const at = JOURNAL_SUPER.checksum;
  const crc = crc32cOfU32(crc32c(CRC32C_START, bytes, 0, at), 0);
  return crc32c(crc, bytes, at + 4, JOURNAL_SUPER_BYTES);
}

function assertKnown(incompatible: number, readOnlyCompatible: number): void {
  const { revoke, csum_v2, csum_v3, fast_commit } = JOURNAL_FEATURES;
  const known = revoke | JOURNAL_FEATURES['64bit'] | csum_v2 | csum_v3 | fast_commit;
  const unknown = incompatible & ~known;
  if (unknown === 0 && readOnlyCompatible === 0) return;
  const features = [`journal features 0x${unknown.toString(16)}`];
  throw new UnsupportedError('filesystem-unsupported', { type: 'ext4', features });
}

function broken(what: string): FormatError {
  return new FormatError('filesystem-damaged', { type: 'ext4', what });
}
