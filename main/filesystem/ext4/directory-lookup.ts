import type { NodeKind } from '../file-system.ts';
import { blockCountOf, leafEnd, looksLikeIndex, readLeaf } from './directory-blocks.ts';
import { findName, inodeOf, kindOf } from './directory-entries.ts';
import { hashName } from './directory-hash.ts';
import { damaged } from './ext4-damage.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { findLeaf, hashOf, isIndexed, leafOf, nextLeaf } from './hash-tree.ts';
import { inlineRegions } from './inline-directory.ts';
import type { Inode } from './inode.ts';
import type { MetadataBlock } from './metadata-blocks.ts';

/** More leaves than names of one hash ever fill. */
const MOST_ALIKE_LEAVES = 4096;

/** An entry of a directory: which inode, and where it lies. */
export type FoundEntry = Readonly<{
  inode: number;
  kind: NodeKind | undefined;
  /** Block of the directory; -1 where it lies in the inode. */
  logical: number;
  block: MetadataBlock | undefined;
  at: number;
}>;

/**
 * Finds a name, by hash where the directory is indexed.
 *
 * @throws FileSystemError `EUCLEAN`, `EBADMSG`.
 */
export function findEntry(
  volume: Ext4Volume,
  directory: Inode,
  name: Uint8Array,
): FoundEntry | undefined {
  if (directory.hasFlag('inlineData')) return findInline(directory, name);
  if (isIndexed(volume, directory)) return findByHash(volume, directory, name);
  const count = blockCountOf(volume, directory);
  for (let logical = 0; logical < count; logical += 1) {
    if (directory.hasFlag('indexed') && looksLikeIndex(volume, directory, logical)) continue;
    const found = findInLeaf(volume, directory, logical, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findByHash(
  volume: Ext4Volume,
  directory: Inode,
  name: Uint8Array,
): FoundEntry | undefined {
  const kind = hashOf(volume, directory);
  const hash = hashName(kind, name);
  const path = findLeaf(volume, directory, hash, kind);
  let leaves = 0;
  do {
    const found = findInLeaf(volume, directory, leafOf(volume, directory, path), name);
    if (found !== undefined) return found;
    leaves += 1;
    if (leaves > MOST_ALIKE_LEAVES) throw damaged(`index of directory ${directory.number}`);
  } while (nextLeaf(volume, directory, path, hash));
  return undefined;
}

function findInLeaf(
  volume: Ext4Volume,
  directory: Inode,
  logical: number,
  name: Uint8Array,
): FoundEntry | undefined {
  const block = readLeaf(volume, directory, logical);
  const at = findName(block.bytes, 0, leafEnd(volume), name);
  if (at < 0) return undefined;
  const { bytes } = block;
  return { inode: inodeOf(bytes, at), kind: kindOf(bytes, at), logical, block, at };
}

function findInline(directory: Inode, name: Uint8Array): FoundEntry | undefined {
  for (const region of inlineRegions(directory)) {
    const at = findName(region, 0, region.length, name);
    if (at >= 0) {
      const inode = inodeOf(region, at);
      return { inode, kind: kindOf(region, at), logical: -1, block: undefined, at };
    }
  }
  return undefined;
}
