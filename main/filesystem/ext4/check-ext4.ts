import { FormatError, UnsupportedError } from '../../../shared/errors/vault-error.ts';
import type { FilesystemReport } from '../../../shared/model/filesystem-check.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { CheckFindings } from '../check-findings.ts';
import { CheckContext } from './check-context.ts';
import { checkDirectories } from './check-directories.ts';
import { claimGroups, claimOthers, compareGroups } from './check-groups.ts';
import { checkInodes } from './check-inodes.ts';
import { INCOMPATIBLE } from './ext4-features.ts';
import { INODES } from './ext4-layout.ts';
import { Ext4Volume } from './ext4-volume.ts';
import { viewReplayed } from './replayed-view.ts';
import { readSuperblock } from './superblock.ts';

/** Shares of the whole that reading inodes and reading directories take. */
const INODES_SHARE = 0.6;

/**
 * Checks a whole ext2, ext3 or ext4 volume as it is after its journal was replayed. Nothing is
 * written. Every structure is read with its checksum; every block must have one owner, every inode
 * as many names as it says, and bitmaps and counts must agree with that.
 *
 * @param type - As `identifyFilesystem` tells it.
 * @param onShare - Told how much is done, 0 to 1.
 * @throws UnsupportedError `filesystem-unsupported` with the features that we cannot read.
 */
export function checkExt4(
  device: BlockDevice,
  type: string,
  onShare: (share: number) => void = () => {},
): FilesystemReport {
  const findings = new CheckFindings();
  const volume = openVolume(device, findings);
  if (volume !== undefined) {
    checkVolume(volume, findings, onShare);
    volume.blocks[Symbol.dispose]();
  }
  return findings.report(type);
}

/** Opens what a mount would show; what cannot be opened at all is the one finding there is. */
function openVolume(device: BlockDevice, findings: CheckFindings): Ext4Volume | undefined {
  try {
    const before = new Ext4Volume(device, readSuperblock(device));
    const isReadable = findings.attempt('group', 'descriptors', () => {
      const { groupCount, features } = before.geometry;
      if ((features.incompatible & INCOMPATIBLE.needs_recovery) !== 0) return true;
      for (let group = 0; group < groupCount; group += 1) before.groups.read(group);
      return true;
    });
    if (isReadable !== true) return undefined;
    return findings.attempt('journal', 'journal', () => {
      const { view, replayedBlocks } = viewReplayed(device);
      if (replayedBlocks > 0) {
        const words = `${replayedBlocks} blocks wait for the next mount to be put in their places`;
        findings.note('journal', words);
      }
      return new Ext4Volume(view, readSuperblock(view));
    });
  } catch (error) {
    if (error instanceof UnsupportedError || !(error instanceof FormatError)) throw error;
    findings.damaged('superblock', String(error.data['what'] ?? 'damaged'));
    return undefined;
  }
}

function checkVolume(
  volume: Ext4Volume,
  findings: CheckFindings,
  onShare: (share: number) => void,
): void {
  const context = new CheckContext(volume, findings);
  if (volume.geometry.hasErrors) {
    findings.note('superblock', 'a driver has marked it as damaged: e2fsck clears that');
  }
  claimGroups(context);
  claimOthers(context);
  checkInodes(context, (share) => onShare(share * INODES_SHARE));
  if (context.inodes.get(INODES.root)?.isDirectory !== true) {
    findings.damaged('directory', 'there is no root directory');
  }
  checkDirectories(context, (share) => onShare(INODES_SHARE + share * (1 - INODES_SHARE)));
  compareGroups(context);
}
