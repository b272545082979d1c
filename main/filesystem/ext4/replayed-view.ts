import type { BlockDevice } from '../../block/block-device.ts';
import { INCOMPATIBLE } from './ext4-features.ts';
import { SUPER, SUPER_BYTES, SUPER_OFFSET_BYTES } from './ext4-layout.ts';
import { Ext4Volume } from './ext4-volume.ts';
import { JOURNAL_SUPER, sealJournalSuperblock } from './journal-superblock.ts';
import { openJournal } from './open-journal.ts';
import { ReplayedDevice } from './replayed-device.ts';
import { readSuperblock, sealSuperblock } from './superblock.ts';

/**
 * Returns a volume as it will be once its journal was replayed and closed, read-only and with
 * nothing written: for whoever looks at blocks and knows nothing of journals.
 *
 * @param device - Borrowed for as long as the view is used.
 * @throws FormatError `filesystem-damaged`; UnsupportedError; FileSystemError where the journal is
 * damaged.
 */
export function viewReplayed(
  device: BlockDevice,
): Readonly<{ view: BlockDevice; replayedBlocks: number }> {
  const volume = new Ext4Volume(device, readSuperblock(device));
  const { blockBytes, features } = volume.geometry;
  const journal = openJournal(volume);
  const isNeeded = (features.incompatible & INCOMPATIBLE.needs_recovery) !== 0;
  if (journal === undefined || !isNeeded) return { view: device, replayedBlocks: 0 };
  const { replay, place, superblock } = journal;
  const replayed = new ReplayedDevice(device, replay, blockBytes);
  const bytes = Buffer.alloc(SUPER_BYTES);
  replayed.readInto(SUPER_OFFSET_BYTES, bytes);
  const flags = bytes.readUInt32LE(SUPER.incompatible) & ~INCOMPATIBLE.needs_recovery;
  bytes.writeUInt32LE(flags >>> 0, SUPER.incompatible);
  sealSuperblock(bytes);
  const head = Buffer.from(superblock);
  head.writeUInt32BE(0, JOURNAL_SUPER.start);
  if (journal.hasChecksum) sealJournalSuperblock(head);
  replayed.show(SUPER_OFFSET_BYTES, bytes);
  replayed.show(place.physicalOf(0) * blockBytes, head);
  return { view: replayed, replayedBlocks: replay.blocks.size };
}
