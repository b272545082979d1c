import { INCOMPATIBLE } from './ext4-features.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { JournalPlace } from './journal-place.ts';
import { parseJournalSuperblock } from './journal-superblock.ts';
import { type Replay, scanJournal } from './scan-journal.ts';

/** A volume's journal, and what of it is still needed. */
export type OpenJournal = Readonly<{
  place: JournalPlace;
  /** Its first block. */
  superblock: Buffer;
  hasChecksum: boolean;
  replay: Replay;
}>;

/**
 * Reads the journal of a volume; `undefined` where it has none.
 *
 * @throws FileSystemError `EUCLEAN`, `EBADMSG`; FormatError, UnsupportedError.
 */
export function openJournal(volume: Ext4Volume): OpenJournal | undefined {
  const { features, blockBytes, journalInode } = volume.geometry;
  if (journalInode === 0) return undefined;
  const place = new JournalPlace(volume);
  const superblock = Buffer.alloc(blockBytes);
  volume.device.readInto(place.physicalOf(0) * blockBytes, superblock);
  const head = parseJournalSuperblock(superblock, place.blockCount);
  const isNeeded = (features.incompatible & INCOMPATIBLE.needs_recovery) !== 0;
  const replay = isNeeded
    ? scanJournal(volume, place, head)
    : { blocks: new Map(), nextSequence: head.sequence };
  return { place, superblock, hasChecksum: head.checksumVersion !== 0, replay };
}
