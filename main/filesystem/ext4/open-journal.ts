import { INCOMPATIBLE, READ_ONLY_COMPATIBLE } from './ext4-features.ts';
import { Ext4Volume } from './ext4-volume.ts';
import { JournalPlace } from './journal-place.ts';
import { parseJournalSuperblock } from './journal-superblock.ts';
import { type Replay, scanJournal } from './scan-journal.ts';

/** A volume's journal, and what of it is still needed. */
export type OpenJournal = Readonly<{
  place: JournalPlace;
  /** Its first block. */
  superblock: Buffer;
  hasChecksum: boolean;
  /** Blocks that transactions may take. */
  logBlocks: number;
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
  const isNeeded = (features.incompatible & INCOMPATIBLE.needs_recovery) !== 0;
  const place = new JournalPlace(isNeeded ? looseVolume(volume) : volume);
  const superblock = Buffer.alloc(blockBytes);
  volume.device.readInto(place.physicalOf(0) * blockBytes, superblock);
  const head = parseJournalSuperblock(superblock, place.blockCount);
  const replay = isNeeded
    ? scanJournal(volume, place, head)
    : { blocks: new Map(), nextSequence: head.sequence };
  const hasChecksum = head.checksumVersion !== 0;
  return { place, superblock, hasChecksum, logBlocks: head.end - head.first, replay };
}

/** Before its journal was replayed a volume's checksums may be wrong, as those of descriptors are. */
function looseVolume({ device, geometry }: Ext4Volume): Ext4Volume {
  const { compatible, incompatible, readOnlyCompatible } = geometry.features;
  const features = {
    ...{ compatible, incompatible },
    readOnlyCompatible: readOnlyCompatible & ~READ_ONLY_COMPATIBLE.uninit_bg,
  };
  return new Ext4Volume(device, { ...geometry, features, hasChecksums: false });
}
