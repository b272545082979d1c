import type { Creator, NodeKind } from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import { type FoundEntry, findEntry } from './directory-lookup.ts';
import { addEntry, isEmpty, removeEntry, startDirectory } from './directory-writer.ts';
import { READ_ONLY_COMPATIBLE } from './ext4-features.ts';
import { CONTENT_BYTES, INODE_FLAGS, MODE_TYPES } from './ext4-layout.ts';
import { freeInode, isInOneStep } from './free-content.ts';
import type { Inode } from './inode.ts';
import { addOrphan } from './orphans.ts';
import { now, type VolumeWriter } from './volume-writer.ts';

/** Makes and removes names, each in an operation of the caller's. */

const MAXIMUM_NAME_BYTES = 255;
/** Names that an inode may have, and directories that a directory may hold. */
const MAXIMUM_LINKS = 65_000;
const SET_GROUP = 0o2000;

const KIND_BITS: Readonly<Record<NodeKind, number>> = {
  file: MODE_TYPES.file,
  directory: MODE_TYPES.directory,
  symlink: MODE_TYPES.symlink,
  fifo: MODE_TYPES.fifo,
  socket: MODE_TYPES.socket,
  character: MODE_TYPES.character,
  block: MODE_TYPES.block,
};

/** What is to be made. */
export type NewNode = Readonly<{
  kind: NodeKind;
  permissions: number;
  creator: Creator;
  deviceNumber?: number;
  target?: Uint8Array;
}>;

/** Returns a directory to change. @throws FileSystemError `ENOTDIR`; `ENOENT` where it is gone. */
export function editDirectory(writer: VolumeWriter, number: number): Inode {
  const directory = writer.edit(number);
  if (directory.kind !== 'directory') throw new FileSystemError('ENOTDIR');
  if (directory.links === 0) throw new FileSystemError('ENOENT');
  return directory;
}

/** @throws FileSystemError `ENOENT`, `ENAMETOOLONG`. */
export function requireEntry(writer: VolumeWriter, directory: Inode, name: Uint8Array): FoundEntry {
  assertName(name);
  const found = findEntry(writer.volume, directory, name);
  if (found === undefined) throw new FileSystemError('ENOENT');
  return found;
}

/** @throws FileSystemError `ENAMETOOLONG`. */
export function assertName(name: Uint8Array): void {
  if (name.length > MAXIMUM_NAME_BYTES) throw new FileSystemError('ENAMETOOLONG');
}

/** Makes a node and its name. @throws FileSystemError `EEXIST`, `ENOSPC`, `EMLINK`. */
export function createNode(
  writer: VolumeWriter,
  parent: number,
  name: Uint8Array,
  node: NewNode,
): Inode {
  const directory = editDirectory(writer, parent);
  assertName(name);
  if (findEntry(writer.volume, directory, name) !== undefined) throw new FileSystemError('EEXIST');
  const isDirectory = node.kind === 'directory';
  if (isDirectory) addLink(writer, directory);
  const inode = writer.inodes.allocate(parent, isDirectory);
  const inherits = (directory.mode & SET_GROUP) !== 0;
  const inherited = inherits && isDirectory ? SET_GROUP : 0;
  inode.mode = KIND_BITS[node.kind] | node.permissions | inherited;
  inode.uid = node.creator.uid;
  inode.gid = inherits ? directory.gid : node.creator.gid;
  inode.links = isDirectory ? 2 : 1;
  const time = now();
  for (const which of ['accessed', 'changed', 'modified', 'created'] as const) {
    inode.setTime(which, time);
  }
  fillNew(writer, inode, parent, node);
  inode.seal();
  addEntry(writer, directory, { name, inode: inode.number, kind: node.kind });
  writer.touch(directory, 'modified');
  return inode;
}

function fillNew(writer: VolumeWriter, inode: Inode, parent: number, node: NewNode): void {
  if (node.kind === 'file' || node.kind === 'directory') {
    inode.flags = INODE_FLAGS.extents;
    writer.extents.clear(inode);
    if (node.kind === 'directory') startDirectory(writer, inode, parent);
  } else if (node.kind === 'symlink') {
    putTarget(writer, inode, node.target ?? Buffer.alloc(0));
  } else if (node.kind === 'character' || node.kind === 'block') {
    inode.deviceNumber = node.deviceNumber ?? 0;
  }
}

/** Short targets lie in the inode, others in a block. @throws FileSystemError `ENAMETOOLONG`. */
function putTarget(writer: VolumeWriter, inode: Inode, target: Uint8Array): void {
  const { blockBytes } = writer.volume.geometry;
  if (target.length >= blockBytes) throw new FileSystemError('ENAMETOOLONG');
  inode.sizeBytes = target.length;
  if (target.length < CONTENT_BYTES) {
    inode.content.set(target);
    return;
  }
  inode.flags = INODE_FLAGS.extents;
  writer.extents.clear(inode);
  const { start } = writer.space.allocate(writer.extents.goalOf(inode), 1);
  writer.extents.insert(inode, { logical: 0, length: 1, start, isUnwritten: false });
  inode.allocatedBytes = blockBytes;
  const bytes = Buffer.alloc(blockBytes);
  bytes.set(target);
  writer.transactions.noteContents();
  writer.device.writeFrom(start * blockBytes, bytes);
}

/** Gives a node another name. @throws FileSystemError `EEXIST`, `EPERM`, `EMLINK`, `ENOSPC`. */
export function linkNode(
  writer: VolumeWriter,
  number: number,
  parent: number,
  name: Uint8Array,
): void {
  const directory = editDirectory(writer, parent);
  const inode = writer.edit(number);
  const kind = inode.kind ?? 'file';
  if (kind === 'directory') throw new FileSystemError('EPERM');
  if (inode.links === 0) throw new FileSystemError('ENOENT');
  if (inode.links >= MAXIMUM_LINKS) throw new FileSystemError('EMLINK');
  assertName(name);
  if (findEntry(writer.volume, directory, name) !== undefined) throw new FileSystemError('EEXIST');
  inode.links += 1;
  writer.touch(inode, 'attributes');
  addEntry(writer, directory, { name, inode: number, kind });
  writer.touch(directory, 'modified');
}

/**
 * Removes a name.
 *
 * @param wanted - A directory is only removed as one, empty, and nothing else as one.
 * @param isKnown - Whether somebody knows the inode: then it lives on without a name.
 * @returns The inode if it was put on the list of orphans.
 * @throws FileSystemError `ENOENT`, `EISDIR`, `ENOTDIR`, `ENOTEMPTY`.
 */
export function removeName(
  writer: VolumeWriter,
  parent: number,
  name: Uint8Array,
  wanted: 'file' | 'directory',
  isKnown: (inode: number) => boolean,
): number | undefined {
  const directory = editDirectory(writer, parent);
  const found = requireEntry(writer, directory, name);
  const inode = writer.edit(found.inode);
  const isDirectory = inode.kind === 'directory';
  if (wanted === 'directory' && !isDirectory) throw new FileSystemError('ENOTDIR');
  if (wanted === 'file' && isDirectory) throw new FileSystemError('EISDIR');
  if (isDirectory && !isEmpty(writer, inode)) throw new FileSystemError('ENOTEMPTY');
  removeEntry(writer, directory, found);
  if (isDirectory) dropLink(directory);
  writer.touch(directory, 'modified');
  return dropName(writer, inode, isKnown(inode.number));
}

/** Takes one name from an inode; the last one makes it an orphan, or gives it back at once. */
export function dropName(writer: VolumeWriter, inode: Inode, isKnown: boolean): number | undefined {
  inode.links = inode.kind === 'directory' ? 0 : Math.max(0, inode.links - 1);
  inode.setTime('changed', now());
  if (inode.links > 0) {
    inode.seal();
    return undefined;
  }
  if (!isKnown && isInOneStep(writer, inode)) {
    freeInode(writer, inode);
    return undefined;
  }
  addOrphan(writer, inode);
  inode.seal();
  return inode.number;
}

/** Counts one more directory in a directory; above the limit it is no longer counted. */
export function addLink({ volume }: VolumeWriter, directory: Inode): void {
  const isUncounted = directory.links === 1;
  if (isUncounted) return;
  const { readOnlyCompatible } = volume.geometry.features;
  const canUncount = (readOnlyCompatible & READ_ONLY_COMPATIBLE.dir_nlink) !== 0;
  if (directory.links + 1 < MAXIMUM_LINKS) directory.links += 1;
  else if (canUncount) directory.links = 1;
  else throw new FileSystemError('EMLINK');
}

export function dropLink(directory: Inode): void {
  if (directory.links > 2) directory.links -= 1;
}
