import { leafEnd, readIndex, readLeaf } from './directory-blocks.ts';
import { findName, inodeOf, neededBytes } from './directory-entries.ts';
import { damaged } from './ext4-damage.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { isIndexed } from './hash-tree.ts';
import { inlineParent } from './inline-directory.ts';
import type { Inode } from './inode.ts';

const DOT_DOT = Buffer.from('..');

/** Returns the inode that a directory's ".." names. @throws FileSystemError `EUCLEAN`, `EBADMSG`. */
export function parentOf(volume: Ext4Volume, directory: Inode): number {
  if (directory.hasFlag('inlineData')) return inlineParent(directory);
  if (isIndexed(volume, directory)) {
    return inodeOf(readIndex(volume, directory, 0).block.bytes, neededBytes(1));
  }
  const { bytes } = readLeaf(volume, directory, 0);
  const at = findName(bytes, 0, leafEnd(volume), DOT_DOT);
  if (at < 0) throw damaged(`parent of directory ${directory.number}`);
  return inodeOf(bytes, at);
}
