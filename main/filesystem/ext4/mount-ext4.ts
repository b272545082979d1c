import { FormatError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import type { FileSystem } from '../file-system.ts';
import { Ext4FileSystem } from './ext4-file-system.ts';
import { INODES } from './ext4-layout.ts';
import { Ext4Volume } from './ext4-volume.ts';
import { readSuperblock } from './superblock.ts';

/**
 * Mounts an ext2, ext3 or ext4 volume read-only. Nothing is written, whatever state it is in.
 *
 * @param device - Borrowed: not disposed with the filesystem.
 * @param type - As `identifyFilesystem` tells it.
 * @throws FormatError `filesystem-damaged`.
 * @throws UnsupportedError `filesystem-unsupported` with the names of features that we lack.
 * @throws FileSystemError `EUCLEAN`, `EBADMSG` where the root directory is damaged.
 */
export function mountExt4(device: BlockDevice, type: string): FileSystem {
  const volume = new Ext4Volume(device, readSuperblock(device));
  const root = volume.inodes.getChecked(INODES.root);
  if (root.kind !== 'directory')
    throw new FormatError('filesystem-damaged', { type, what: 'root directory' });
  return new Ext4FileSystem(volume, type);
}
