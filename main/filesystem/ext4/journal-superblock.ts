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

export const JOURNAL_SUPER_BYTES = 1024;

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
