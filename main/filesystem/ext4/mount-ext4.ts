import { FormatError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import type { FileSystem } from '../file-system.ts';
import { INCOMPATIBLE } from './ext4-features.ts';
import { Ext4FileSystem } from './ext4-file-system.ts';
import { INODES } from './ext4-layout.ts';
import { Ext4Volume } from './ext4-volume.ts';
import { JournalPlace } from './journal-place.ts';
import { parseJournalSuperblock } from './journal-superblock.ts';
import { ReplayedDevice } from './replayed-device.ts';
import { scanJournal } from './scan-journal.ts';
import { readSuperblock } from './superblock.ts';

/**
 * Mounts an ext2, ext3 or ext4 volume read-only. Nothing is written, whatever state it is in: what
 * its journal holds is shown as if it were replayed.
 *
 * @param device - Borrowed: not disposed with the filesystem.
 * @param type - As `identifyFilesystem` tells it.
 * @throws FormatError `filesystem-damaged`.
 * @throws UnsupportedError `filesystem-unsupported` with the names of features that we lack.
 * @throws FileSystemError `EUCLEAN`, `EBADMSG` where the root directory or the journal is damaged.
 */
export function mountExt4(device: BlockDevice, type: string): FileSystem {
  const volume = openVolume(device);
  const root = volume.inodes.getChecked(INODES.root);
  if (root.kind !== 'directory') {
    throw new FormatError('filesystem-damaged', { type, what: 'root directory' });
  }
  return new Ext4FileSystem(volume, type);
}

function openVolume(device: BlockDevice): Ext4Volume {
  const volume = new Ext4Volume(device, readSuperblock(device));
  const { features, blockBytes, journalInode } = volume.geometry;
  const isDirty = (features.incompatible & INCOMPATIBLE.needs_recovery) !== 0;
  if (!isDirty || journalInode === 0) return volume;
  const place = new JournalPlace(volume);
  const first = Buffer.alloc(blockBytes);
  device.readInto(place.physicalOf(0) * blockBytes, first);
  const replay = scanJournal(volume, place, parseJournalSuperblock(first, place.blockCount));
  const replayed = new ReplayedDevice(device, replay, blockBytes);
  return new Ext4Volume(replayed, readSuperblock(replayed));
}
