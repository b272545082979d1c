import { crc32c, crc32cOfU32 } from './crc32c.ts';
import { JOURNAL_HEADER, type JournalHead } from './journal-superblock.ts';

/** The journal's own blocks: descriptors, lists of revoked blocks, commits. */

export const TAG_FLAGS = { escaped: 1, sameUuid: 2, deleted: 4, last: 8 } as const;
export const REVOKE = { usedBytes: 12, entries: 16 } as const;
export const COMMIT = { checksum: 16, seconds: 48, nanoseconds: 56 } as const;
/** A checksum at the end of descriptors and lists of revoked blocks. */
export const TAIL_BYTES = 4;

const HIGH = 2 ** 32;
const UUID_BYTES = 16;
const TAG_3_BYTES = 16;

/** A block of the volume, and which block of the journal has its content. */
export type Tag = Readonly<{
  block: number;
  logical: number;
  isEscaped: boolean;
  /** 32 bits in version 3, 16 in version 2. */
  checksum: number;
}>;

/** Bytes of a tag without the UUID that may follow. */
export function tagBytes({ checksumVersion, is64Bit }: JournalHead): number {
  if (checksumVersion === 3) return TAG_3_BYTES;
  return (checksumVersion === 2 ? 10 : 8) + (is64Bit ? 4 : 0);
}

/** Returns the tags of a descriptor; what does not fit is not there. */
export function parseTags(head: JournalHead, bytes: Buffer): Omit<Tag, 'logical'>[] {
  const tags: Omit<Tag, 'logical'>[] = [];
  const size = tagBytes(head);
  const end = bytes.length - (head.checksumVersion === 0 ? 0 : TAIL_BYTES);
  const isThird = head.checksumVersion === 3;
  for (let at = JOURNAL_HEADER.bytes as number; at + size <= end; ) {
    const flags = isThird ? bytes.readUInt32BE(at + 4) : bytes.readUInt16BE(at + 6);
    const high = head.is64Bit ? bytes.readUInt32BE(at + 8) : 0;
    tags.push({
      block: bytes.readUInt32BE(at) + high * HIGH,
      isEscaped: (flags & TAG_FLAGS.escaped) !== 0,
      checksum: isThird ? bytes.readUInt32BE(at + 12) : bytes.readUInt16BE(at + 4),
    });
    at += size + ((flags & TAG_FLAGS.sameUuid) === 0 ? UUID_BYTES : 0);
    if ((flags & TAG_FLAGS.last) !== 0) break;
  }
  return tags;
}

/** Returns the blocks of a list of revoked ones. */
export function parseRevokes(head: JournalHead, bytes: Buffer): number[] {
  const size = head.is64Bit ? 8 : 4;
  const end = Math.min(bytes.readUInt32BE(REVOKE.usedBytes), bytes.length);
  const blocks: number[] = [];
  for (let at = REVOKE.entries as number; at + size <= end; at += size) {
    const first = bytes.readUInt32BE(at);
    blocks.push(head.is64Bit ? first * HIGH + bytes.readUInt32BE(at + 4) : first);
  }
  return blocks;
}

/** Tells whether the checksum at the end of a block is right. */
export function checkedTail(head: JournalHead, bytes: Buffer): boolean {
  if (head.checksumVersion === 0) return true;
  return tailChecksum(head, bytes) === bytes.readUInt32BE(bytes.length - TAIL_BYTES);
}

/** Tells whether the checksum of a commit block is right. */
export function checkedCommit(head: JournalHead, bytes: Buffer): boolean {
  if (head.checksumVersion === 0) return true;
  return commitChecksum(head, bytes) === bytes.readUInt32BE(COMMIT.checksum);
}

export function tailChecksum(head: JournalHead, bytes: Buffer): number {
  return crc32cOfU32(crc32c(head.checksumSeed, bytes, 0, bytes.length - TAIL_BYTES), 0);
}

export function commitChecksum(head: JournalHead, bytes: Buffer): number {
  const crc = crc32cOfU32(crc32c(head.checksumSeed, bytes, 0, COMMIT.checksum), 0);
  return crc32c(crc, bytes, COMMIT.checksum + 4);
}
