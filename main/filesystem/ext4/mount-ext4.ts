import { FormatError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import type { FileSystem } from '../file-system.ts';
import { tellingDamage } from './ext4-damage.ts';
import { INCOMPATIBLE, readOnlyReasons } from './ext4-features.ts';
import { Ext4FileSystem } from './ext4-file-system.ts';
import { INODES, SUPER, SUPER_BYTES, SUPER_OFFSET_BYTES } from './ext4-layout.ts';
import { Ext4Volume } from './ext4-volume.ts';
import { freeAllOrphans } from './free-content.ts';
import { superblockBlock } from './group-places.ts';
import { JournalWriter } from './journal-writer.ts';
import { type OpenJournal, openJournal } from './open-journal.ts';
import { ReplayedDevice, readLogged } from './replayed-device.ts';
import type { LoggedBlock, Replay } from './scan-journal.ts';
import { type Ext4Geometry, readSuperblock, resealSuperblock } from './superblock.ts';
import { VolumeWriter } from './volume-writer.ts';
import { WritableExt4 } from './writable-ext4.ts';

/** A shorter log, which neither mke2fs nor the kernel accepts, would not take our transactions. */
const LEAST_LOG_BLOCKS = 512;

export type MountExt4Options = Readonly<{
  /** As `identifyFilesystem` tells it. */
  type: string;
  isReadOnly: boolean;
  /** Give space that becomes free back to the device, once that is committed. */
  discardsFreed?: boolean;
}>;

/**
 * Mounts an ext2, ext3 or ext4 volume. Read-only, nothing is written, whatever state it is in: what
 * its journal holds is shown as if it were replayed. Else the journal is replayed first, and what a
 * cut interrupted is finished. A volume that another driver marked as damaged, that has no journal,
 * or that has features which we cannot write, is mounted read-only.
 *
 * @param device - Borrowed: not disposed with the filesystem.
 * @throws FormatError `filesystem-damaged`, also for the root directory, the journal and what it
 * lists to be finished.
 * @throws UnsupportedError `filesystem-unsupported` with the names of features that we lack.
 */
export function mountExt4(device: BlockDevice, options: MountExt4Options): FileSystem {
  return tellingDamage(options.type, () => mountVolume(device, options));
}

function mountVolume(device: BlockDevice, options: MountExt4Options): FileSystem {
  const { type } = options;
  const volume = new Ext4Volume(device, readSuperblock(device));
  const journal = openJournal(volume);
  const { geometry } = volume;
  if (options.isReadOnly || device.isReadOnly) return mountReadOnly(volume, journal, type, []);
  const features = readOnlyReasons(geometry.features);
  const reasons =
    features.length === 0 ? [] : [`Lockline does not write ${type} with ${features.join(', ')}`];
  if (geometry.hasErrors) reasons.push('marked as damaged: run e2fsck on it');
  if (journal !== undefined && journal.logBlocks < LEAST_LOG_BLOCKS) {
    reasons.push('its journal is too short to be written');
  }
  if (reasons.length > 0 || journal === undefined) {
    return mountReadOnly(volume, journal, type, reasons);
  }
  return mountWritable(device, volume, journal, options);
}

function mountReadOnly(
  volume: Ext4Volume,
  journal: OpenJournal | undefined,
  type: string,
  reasons: readonly string[],
): FileSystem {
  if (journal === undefined || journal.replay.blocks.size === 0) {
    assertRoot(volume, type);
    return new Ext4FileSystem(volume, type, reasons);
  }
  const device = new ReplayedDevice(volume.device, journal.replay, volume.geometry.blockBytes);
  const replayed = reopened(device, volume.geometry, type);
  assertRoot(replayed, type);
  return new Ext4FileSystem(replayed, type, reasons);
}

function mountWritable(
  device: BlockDevice,
  before: Ext4Volume,
  { place, superblock, replay }: OpenJournal,
  { type, discardsFreed = false }: MountExt4Options,
): FileSystem {
  replayOnto(device, before.geometry, replay);
  const volume = reopened(device, before.geometry, type);
  assertRoot(volume, type);
  const { geometry } = volume;
  // First: a journal that holds something without the mark is one that e2fsck asks about.
  markMounted(device);
  const sequence = (replay.nextSequence + 1) >>> 0;
  const writer = new JournalWriter(device, place, geometry, superblock, sequence);
  device.flush();
  const volumeWriter = new VolumeWriter(volume, writer, discardsFreed);
  freeAllOrphans(volumeWriter);
  return new WritableExt4(volumeWriter, type);
}

/** Opens a volume whose journal was replayed: it must be the one whose journal that was. */
function reopened(device: BlockDevice, before: Ext4Geometry, type: string): Ext4Volume {
  const geometry = readSuperblock(device);
  const isSame =
    geometry.blockBytes === before.blockBytes && geometry.journalInode === before.journalInode;
  if (isSame) return new Ext4Volume(device, geometry);
  throw new FormatError('filesystem-damaged', { type, what: 'superblock in the journal' });
}

/** Puts what the journal holds in its places, the superblock last: what it counts must be there. */
function replayOnto(device: BlockDevice, geometry: Ext4Geometry, { blocks }: Replay): void {
  const { blockBytes } = geometry;
  const superblock = superblockBlock(geometry);
  const put = (block: number, logged: LoggedBlock): void =>
    device.writeFrom(block * blockBytes, readLogged(device, logged, blockBytes));
  for (const [block, logged] of blocks) if (block !== superblock) put(block, logged);
  device.flush();
  const last = blocks.get(superblock);
  if (last === undefined) return;
  put(superblock, last);
  device.flush();
}

/** From now on the journal is needed: what it held is at its place, on stable storage. */
function markMounted(device: BlockDevice): void {
  const bytes = Buffer.alloc(SUPER_BYTES);
  device.readInto(SUPER_OFFSET_BYTES, bytes);
  const flags = bytes.readUInt32LE(SUPER.incompatible) | INCOMPATIBLE.needs_recovery;
  bytes.writeUInt32LE(flags >>> 0, SUPER.incompatible);
  const seconds = Math.floor(Date.now() / 1000);
  bytes.writeUInt32LE(seconds % 2 ** 32, SUPER.mountTime);
  bytes.writeUInt16LE((bytes.readUInt16LE(SUPER.mountCount) + 1) & 0xffff, SUPER.mountCount);
  resealSuperblock(bytes);
  device.writeFrom(SUPER_OFFSET_BYTES, bytes);
  device.flush();
}

function assertRoot(volume: Ext4Volume, type: string): void {
  if (volume.inodes.getChecked(INODES.root).kind === 'directory') return;
  throw new FormatError('filesystem-damaged', { type, what: 'root directory' });
}
