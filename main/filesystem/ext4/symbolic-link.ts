import { FileSystemError } from '../file-system-error.ts';
import { damaged } from './ext4-damage.ts';
import { CONTENT_BYTES } from './ext4-layout.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { readContent } from './file-content.ts';
import type { Inode } from './inode.ts';

/** Longest target that Linux follows, without its NUL. */
const MAXIMUM_TARGET_BYTES = 4095;

/** Tells whether the target lies in the inode itself, where a file has its block pointers. */
export function isFastLink(volume: Ext4Volume, inode: Inode): boolean {
  if (inode.hasFlag('inlineData')) return false;
  const { blockBytes, clusterBlocks } = volume.geometry;
  const attributeBytes = inode.attributeBlock === 0 ? 0 : blockBytes * clusterBlocks;
  return inode.sizeBytes < CONTENT_BYTES && inode.allocatedBytes === attributeBytes;
}

/** Returns the target. @throws FileSystemError `EINVAL`, `ENOKEY`, `EUCLEAN`. */
export function readTarget(volume: Ext4Volume, inode: Inode): Buffer {
  if (inode.kind !== 'symlink') throw new FileSystemError('EINVAL');
  if (inode.hasFlag('encrypted')) throw new FileSystemError('ENOKEY');
  const length = inode.sizeBytes;
  if (length > MAXIMUM_TARGET_BYTES) throw damaged(`target of link ${inode.number}`);
  if (isFastLink(volume, inode)) return Buffer.from(inode.content.subarray(0, length));
  const target = Buffer.alloc(length);
  readContent(volume, inode, 0, target);
  return target;
}
