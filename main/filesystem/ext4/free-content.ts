import { FileSystemError } from '../file-system-error.ts';
import { releaseAttributeBlock } from './attribute-writer.ts';
import { assertSize, zeroTail } from './content-writer.ts';
import { damaged } from './ext4-damage.ts';
import { depthOf, entryCount } from './extent-node.ts';
import type { Inode } from './inode.ts';
import { adoptListedOrphans } from './orphan-file.ts';
import { addOrphan, headOf, removeOrphan } from './orphans.ts';
import { isFastLink } from './symbolic-link.ts';
import { now, type VolumeWriter } from './volume-writer.ts';

/**
 * Cuts files and gives back what nobody names any more. Large ones take several operations, between
 * which the inode is on the list of orphans, so that a cut loses nothing.
 */

/** Extents that one operation gives back. */
const STEP_EXTENTS = 48;
const ALL = 2 ** 32;

/** Changes a file's size. @throws FileSystemError `EFBIG`, `EUCLEAN`. */
export function resizeContent(writer: VolumeWriter, number: number, sizeBytes: number): void {
  assertSize(writer, sizeBytes);
  const { blockBytes } = writer.volume.geometry;
  const isDone = writer.transactions.operate(() => {
    const inode = editExtentFile(writer, number);
    const before = inode.sizeBytes;
    zeroTail(writer, inode, Math.min(before, sizeBytes));
    inode.sizeBytes = sizeBytes;
    const isSmall = sizeBytes >= before || isInOneStep(writer, inode);
    // A file that grows may have blocks behind its old end, reserved on purpose.
    if (sizeBytes < before) {
      const from = Math.ceil(sizeBytes / blockBytes);
      if (isSmall) writer.extents.remove(inode, from, ALL, ALL);
      // One without a name is on the list already.
      else if (inode.links > 0) addOrphan(writer, inode);
    }
    writer.touch(inode, 'modified');
    return isSmall;
  });
  if (isDone) return;
  freeInSteps(writer, number, Math.ceil(sizeBytes / blockBytes));
  writer.transactions.operate(() => {
    const inode = writer.edit(number);
    if (inode.links > 0) removeOrphan(writer, inode);
    inode.seal();
  });
}

/** Makes a hole of whole blocks `[from..to)`. */
export function punchBlocks(writer: VolumeWriter, number: number, from: number, to: number): void {
  const step = (): boolean =>
    writer.transactions.operate(() => {
      const inode = editExtentFile(writer, number);
      const isDone = writer.extents.remove(inode, from, to, STEP_EXTENTS);
      writer.touch(inode, 'modified');
      return isDone;
    });
  while (!step());
}

/** Gives back an inode on the list of orphans that nobody names or knows. */
export function freeOrphan(writer: VolumeWriter, number: number): void {
  const { volume } = writer;
  if (hasExtents(writer, volume.inodes.get(number))) freeInSteps(writer, number, 0);
  writer.transactions.operate(() => {
    const inode = writer.edit(number);
    removeOrphan(writer, inode);
    freeInode(writer, inode);
  });
}

/** Tells whether all of an inode can be given back by one operation. */
export function isInOneStep(writer: VolumeWriter, inode: Inode): boolean {
  if (!hasExtents(writer, inode)) return true;
  return depthOf(writer.volume.extents.rootOf(inode)) === 0;
}

/** Gives back an inode and its few extents, in an operation. */
export function freeInode(writer: VolumeWriter, inode: Inode): void {
  if (hasExtents(writer, inode)) writer.extents.remove(inode, 0, ALL, ALL);
  releaseAttributeBlock(writer, inode);
  const isDirectory = inode.kind === 'directory';
  inode.sizeBytes = 0;
  inode.links = 0;
  inode.deletedSeconds = now().seconds % ALL;
  inode.seal();
  writer.inodes.free(inode.number, isDirectory);
}

/** Finishes what a cut interrupted. @throws FileSystemError `EUCLEAN`. */
export function freeAllOrphans(writer: VolumeWriter): void {
  const { volume } = writer;
  adoptListedOrphans(writer);
  for (let number = headOf(writer); number !== 0; number = headOf(writer)) {
    const inode = volume.inodes.getChecked(number);
    if (number < volume.geometry.firstInode) throw damaged('list of orphans');
    if (inode.links === 0) {
      freeOrphan(writer, number);
      continue;
    }
    if (hasExtents(writer, inode)) {
      freeInSteps(writer, number, Math.ceil(inode.sizeBytes / volume.geometry.blockBytes));
    }
    writer.transactions.operate(() => {
      const edited = writer.edit(number);
      if (edited.kind === 'file') zeroTail(writer, edited, edited.sizeBytes);
      removeOrphan(writer, edited);
      edited.seal();
    });
  }
}

/** Returns a regular file to change. @throws FileSystemError `ENOTSUP` for files of ext2 and ext3. */
export function editExtentFile(writer: VolumeWriter, number: number): Inode {
  const inode = writer.edit(number);
  if (inode.kind !== 'file') throw new FileSystemError('EINVAL');
  if (!inode.hasFlag('extents')) throw new FileSystemError('ENOTSUP');
  return inode;
}

function freeInSteps(writer: VolumeWriter, number: number, from: number): void {
  const step = (): boolean =>
    writer.transactions.operate(() => {
      const inode = writer.edit(number);
      const isDone = writer.extents.remove(inode, from, ALL, STEP_EXTENTS);
      inode.seal();
      return isDone;
    });
  while (!step());
}

function hasExtents({ volume }: VolumeWriter, inode: Inode): boolean {
  const { kind } = inode;
  if (kind === 'symlink' && isFastLink(volume, inode)) return false;
  const holdsBlocks = kind === 'file' || kind === 'directory' || kind === 'symlink';
  if (!holdsBlocks) return false;
  if (!inode.hasFlag('extents')) throw new FileSystemError('ENOTSUP');
  return entryCount(volume.extents.rootOf(inode)) > 0;
}
