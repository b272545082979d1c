import type { BlockDevice } from '../../block/block-device.ts';
import { tellingDamage } from './ext4-damage.ts';
import { INCOMPATIBLE } from './ext4-features.ts';
import { SUPER, SUPER_BYTES, SUPER_OFFSET_BYTES } from './ext4-layout.ts';
import { Ext4Volume } from './ext4-volume.ts';
import { descriptorBlockOf, firstBlockOfGroup, hasSuperblock } from './group-places.ts';
import { groupsPerDescriptorBlock, nextGeometry, planExt4Growth } from './grow-plan.ts';
import { growStep } from './grow-step.ts';
import { JournalWriter } from './journal-writer.ts';
import { openJournal } from './open-journal.ts';
import {
  type Ext4Geometry,
  readSuperblock,
  resealSuperblock,
  sealSuperblock,
} from './superblock.ts';

/**
 * Makes an ext4 filesystem fill a larger volume. Each step is one transaction in the filesystem's own
 * journal: a cut at any write leaves every file, in a filesystem as large as before the step or after
 * it, and calling this again goes on.
 *
 * @param device - Borrowed: the volume, cleanly unmounted and already larger.
 * @param onShare - Told how much is done, 0 to 1.
 * @throws ContractError `size-invalid`; UnsupportedError `filesystem-unsupported`
 * @throws FormatError `filesystem-damaged`.
 */
export function growExt4(
  device: BlockDevice,
  sizeBytes: number,
  onShare: (share: number) => void = () => {},
): void {
  tellingDamage('ext4', () => growVolume(device, sizeBytes, onShare));
}

function growVolume(
  device: BlockDevice,
  sizeBytes: number,
  onShare: (share: number) => void,
): void {
  const blockCount = planExt4Growth(device, sizeBytes);
  const from = readSuperblock(device).blockCount;
  if (from === blockCount) return;
  const journal = startJournal(device);
  for (;;) {
    const volume = new Ext4Volume(device, readSuperblock(device));
    const next = nextGeometry(volume.geometry, blockCount);
    if (next === undefined) break;
    growStep(volume, next, journal);
    onShare((next.blockCount - from) / (blockCount - from));
  }
  writeCopies(device, readSuperblock(device));
  journal.close();
  markRecovery(device, false);
}

/** An empty journal, and a superblock which says that it counts. */
function startJournal(device: BlockDevice): JournalWriter {
  const volume = new Ext4Volume(device, readSuperblock(device));
  const opened = openJournal(volume);
  // Without a journal the filesystem would not have been found writable.
  if (opened === undefined) throw new RangeError('no journal');
  const { place, superblock, replay } = opened;
  // First: a journal that holds something without the mark is one that e2fsck asks about.
  markRecovery(device, true);
  const sequence = (replay.nextSequence + 1) >>> 0;
  const journal = new JournalWriter(device, place, volume.geometry, superblock, sequence);
  device.flush();
  return journal;
}

function markRecovery(device: BlockDevice, isNeeded: boolean): void {
  const bytes = Buffer.alloc(SUPER_BYTES);
  device.readInto(SUPER_OFFSET_BYTES, bytes);
  const others = bytes.readUInt32LE(SUPER.incompatible) & ~INCOMPATIBLE.needs_recovery;
  const flags = others | (isNeeded ? INCOMPATIBLE.needs_recovery : 0);
  bytes.writeUInt32LE(flags >>> 0, SUPER.incompatible);
  resealSuperblock(bytes);
  device.writeFrom(SUPER_OFFSET_BYTES, bytes);
  device.flush();
}

/** Brings the copies of superblock and descriptors up to date, for whoever needs them one day. */
function writeCopies(device: BlockDevice, geometry: Ext4Geometry): void {
  const { blockBytes, groupCount } = geometry;
  const perBlock = groupsPerDescriptorBlock(geometry);
  const plainBlocks = Math.min(Math.ceil(groupCount / perBlock), geometry.firstMetaGroup);
  const superblock = Buffer.alloc(SUPER_BYTES);
  device.readInto(SUPER_OFFSET_BYTES, superblock);
  const flags = superblock.readUInt32LE(SUPER.incompatible) & ~INCOMPATIBLE.needs_recovery;
  superblock.writeUInt32LE(flags >>> 0, SUPER.incompatible);
  const descriptors = Buffer.alloc(plainBlocks * blockBytes);
  if (plainBlocks > 0) device.readInto(descriptorBlockOf(geometry, 0) * blockBytes, descriptors);
  for (let group = 1; group < groupCount; group += 1) {
    if (hasSuperblock(geometry, group)) {
      const first = firstBlockOfGroup(geometry, group);
      superblock.writeUInt16LE(group, SUPER.blockGroup);
      sealSuperblock(superblock);
      const head = Buffer.alloc(blockBytes);
      head.set(superblock);
      device.writeFrom(first * blockBytes, head);
      const isPlain = Math.floor(group / perBlock) < geometry.firstMetaGroup;
      if (isPlain && plainBlocks > 0) {
        device.writeFrom((first + 1) * blockBytes, Buffer.from(descriptors));
      }
    }
    writeMetaCopy(device, geometry, group);
  }
  device.flush();
}

/** With `meta_bg` the second and the last group of each block of descriptors have copies of it. */
function writeMetaCopy(device: BlockDevice, geometry: Ext4Geometry, group: number): void {
  const perBlock = groupsPerDescriptorBlock(geometry);
  const within = group % perBlock;
  if (Math.floor(group / perBlock) < geometry.firstMetaGroup) return;
  if (within !== 1 && within !== perBlock - 1) return;
  const bytes = Buffer.alloc(geometry.blockBytes);
  device.readInto(descriptorBlockOf(geometry, group) * geometry.blockBytes, bytes);
  const at = firstBlockOfGroup(geometry, group) + (hasSuperblock(geometry, group) ? 1 : 0);
  device.writeFrom(at * geometry.blockBytes, bytes);
}
