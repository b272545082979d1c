import { UnsupportedError } from '../../../shared/errors/vault-error.ts';
import { crc32c } from './crc32c.ts';
import { checksumWrong, damaged } from './ext4-damage.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { checkedCommit, checkedTail, parseRevokes, parseTags, type Tag } from './journal-blocks.ts';
import type { JournalPlace } from './journal-place.ts';
import {
  JOURNAL_BLOCK_TYPES,
  JOURNAL_HEADER,
  JOURNAL_MAGIC,
  type JournalHead,
} from './journal-superblock.ts';

/** First tag of a fast commit: 16 bits of tag, 16 of length, 32 of features, 32 of sequence. */
const FAST_COMMIT_HEAD = { tag: 9, tidAt: 8 } as const;

/** A block that a transaction wrote: where its content lies in the journal. */
export type LoggedBlock = Readonly<{ physical: number; isEscaped: boolean }>;

/** What replaying a journal puts where. */
export type Replay = Readonly<{
  /** By block of the volume: the newest content that was committed. */
  blocks: ReadonlyMap<number, LoggedBlock>;
  /** Of the first transaction after them. */
  nextSequence: number;
}>;

type Transaction = { sequence: number; tags: Tag[]; revokes: number[] };

/**
 * Reads a journal up to its last complete transaction.
 *
 * @throws FileSystemError `EUCLEAN`, `EBADMSG` where a committed block is damaged.
 * @throws UnsupportedError `filesystem-unsupported` where fast commits follow.
 */
export function scanJournal(volume: Ext4Volume, place: JournalPlace, head: JournalHead): Replay {
  const transactions = head.start === 0 ? [] : readTransactions(volume, place, head);
  const nextSequence = (head.sequence + transactions.length) >>> 0;
  assertNoFastCommits(volume, place, head, nextSequence);
  const revoked = new Map<number, number>();
  for (const [index, { revokes }] of transactions.entries()) {
    for (const block of revokes) revoked.set(block, index);
  }
  const blocks = new Map<number, LoggedBlock>();
  for (const [index, { sequence, tags }] of transactions.entries()) {
    for (const tag of tags) {
      if (index <= (revoked.get(tag.block) ?? -1)) continue;
      volume.blocks.assertInside(tag.block, 1);
      if (place.holds(tag.block)) throw damaged('journal that writes over itself');
      const physical = place.physicalOf(tag.logical);
      assertTagChecksum(volume, head, tag, { sequence, physical });
      blocks.set(tag.block, { physical, isEscaped: tag.isEscaped });
    }
  }
  return { blocks, nextSequence };
}

function readTransactions(
  volume: Ext4Volume,
  place: JournalPlace,
  head: JournalHead,
): Transaction[] {
  const found: Transaction[] = [];
  let current: Transaction = { sequence: head.sequence, tags: [], revokes: [] };
  let at = head.start;
  const size = head.end - head.first;
  const step = (): void => {
    at += 1;
    if (at >= head.end) at = head.first;
  };
  for (let visited = 0; visited < size; visited += 1) {
    const bytes = readBlock(volume, place.physicalOf(at));
    const isOurs =
      bytes.readUInt32BE(JOURNAL_HEADER.magic) === JOURNAL_MAGIC &&
      bytes.readUInt32BE(JOURNAL_HEADER.sequence) === current.sequence;
    if (!isOurs) break;
    step();
    const type = bytes.readUInt32BE(JOURNAL_HEADER.type);
    if (type === JOURNAL_BLOCK_TYPES.descriptor) {
      if (!checkedTail(head, bytes)) break;
      for (const tag of parseTags(head, bytes)) {
        current.tags.push({ ...tag, logical: at });
        step();
        visited += 1;
      }
    } else if (type === JOURNAL_BLOCK_TYPES.revoke) {
      if (!checkedTail(head, bytes)) break;
      current.revokes.push(...parseRevokes(head, bytes));
    } else if (type === JOURNAL_BLOCK_TYPES.commit) {
      if (!checkedCommit(head, bytes)) break;
      found.push(current);
      current = { sequence: (current.sequence + 1) >>> 0, tags: [], revokes: [] };
    } else {
      break;
    }
  }
  return found;
}

function assertTagChecksum(
  volume: Ext4Volume,
  head: JournalHead,
  tag: Tag,
  { sequence, physical }: Readonly<{ sequence: number; physical: number }>,
): void {
  if (head.checksumVersion === 0) return;
  const checksum = blockChecksum(head, sequence, readBlock(volume, physical));
  if ((head.checksumVersion === 3 ? checksum : checksum & 0xffff) !== tag.checksum) {
    throw checksumWrong(`block ${tag.block} in the journal`);
  }
}

const WORD = Buffer.alloc(4);

/** The checksum that a tag has of its block. */
export function blockChecksum(head: JournalHead, sequence: number, bytes: Uint8Array): number {
  WORD.writeUInt32BE(sequence);
  return crc32c(crc32c(head.checksumSeed, WORD), bytes);
}

function assertNoFastCommits(
  volume: Ext4Volume,
  place: JournalPlace,
  head: JournalHead,
  nextSequence: number,
): void {
  if (head.fastCommitBlocks === 0 || head.start === 0) return;
  const bytes = readBlock(volume, place.physicalOf(head.end));
  const isHead = bytes.readUInt16LE(0) === FAST_COMMIT_HEAD.tag;
  if (isHead && bytes.readUInt32LE(FAST_COMMIT_HEAD.tidAt) === nextSequence) {
    const features = ['fast commits in the journal'];
    throw new UnsupportedError('filesystem-unsupported', { type: 'ext4', features });
  }
}

function readBlock({ device, geometry }: Ext4Volume, physical: number): Buffer {
  const bytes = Buffer.alloc(geometry.blockBytes);
  device.readInto(physical * geometry.blockBytes, bytes);
  return bytes;
}
