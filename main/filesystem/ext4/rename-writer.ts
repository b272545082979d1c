import type { RenameFlags } from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import { type FoundEntry, findEntry } from './directory-lookup.ts';
import { parentOf } from './directory-parent.ts';
import { addEntry, isEmpty, redirectEntry, removeEntry, setParent } from './directory-writer.ts';
import {
  addLink,
  assertName,
  dropLink,
  dropName,
  editDirectory,
  requireEntry,
} from './entry-writer.ts';
import { damaged } from './ext4-damage.ts';
import { INODES } from './ext4-layout.ts';
import type { Inode } from './inode.ts';
import type { VolumeWriter } from './volume-writer.ts';

/** Deeper than any path that a program can name. */
const MAXIMUM_DEPTH = 100_000;

/** A name in a directory. */
export type Place = Readonly<{ parent: number; name: Uint8Array }>;

/**
 * Moves a name, in an operation.
 *
 * @param isKnown - Whether somebody knows an inode that loses its name.
 * @returns The inode that became an orphan, if one did.
 * @throws FileSystemError as rename(2) does.
 */
export function renameName(
  writer: VolumeWriter,
  from: Place,
  to: Place,
  flags: RenameFlags,
  isKnown: (inode: number) => boolean,
): number | undefined {
  const source = editDirectory(writer, from.parent);
  const target = editDirectory(writer, to.parent);
  assertName(to.name);
  const found = requireEntry(writer, source, from.name);
  const inode = writer.edit(found.inode);
  const replaced = findEntry(writer.volume, target, to.name);
  if (replaced === undefined && flags.exchange) throw new FileSystemError('ENOENT');
  if (replaced !== undefined && flags.noReplace) throw new FileSystemError('EEXIST');
  if (replaced?.inode === found.inode) return undefined;
  const isMoved = source.number !== target.number;
  if (isMoved && inode.kind === 'directory') assertNotInside(writer, target, inode);
  if (flags.exchange && replaced !== undefined) {
    exchange(writer, { directory: source, found, inode }, { directory: target, found: replaced });
    return undefined;
  }
  const orphan =
    replaced === undefined
      ? addTarget(writer, target, to.name, inode)
      : replaceTarget(writer, target, replaced, inode, isKnown);
  // Adding the new name may have moved the old one.
  removeEntry(writer, source, requireEntry(writer, source, from.name));
  if (isMoved && inode.kind === 'directory') {
    setParent(writer, inode, target.number);
    dropLink(source);
    addLink(writer, target);
  }
  writer.touch(inode, 'attributes');
  writer.touch(source, 'modified');
  writer.touch(target, 'modified');
  return orphan;
}

function addTarget(writer: VolumeWriter, target: Inode, name: Uint8Array, inode: Inode): undefined {
  addEntry(writer, target, { name, inode: inode.number, kind: inode.kind ?? 'file' });
}

function replaceTarget(
  writer: VolumeWriter,
  target: Inode,
  replaced: FoundEntry,
  inode: Inode,
  isKnown: (inode: number) => boolean,
): number | undefined {
  const victim = writer.edit(replaced.inode);
  const isDirectory = victim.kind === 'directory';
  if (isDirectory && inode.kind !== 'directory') throw new FileSystemError('EISDIR');
  if (!isDirectory && inode.kind === 'directory') throw new FileSystemError('ENOTDIR');
  if (isDirectory && !isEmpty(writer, victim)) throw new FileSystemError('ENOTEMPTY');
  redirectEntry(writer, target, replaced, inode.number, inode.kind ?? 'file');
  if (isDirectory) dropLink(target);
  return dropName(writer, victim, isKnown(victim.number));
}

type ExchangeSide = Readonly<{ directory: Inode; found: FoundEntry }>;

function exchange(
  writer: VolumeWriter,
  one: ExchangeSide & Readonly<{ inode: Inode }>,
  other: ExchangeSide,
): void {
  const otherInode = writer.edit(other.found.inode);
  const isMoved = one.directory.number !== other.directory.number;
  if (isMoved && otherInode.kind === 'directory') {
    assertNotInside(writer, one.directory, otherInode);
  }
  redirectEntry(writer, one.directory, one.found, otherInode.number, otherInode.kind ?? 'file');
  redirectEntry(writer, other.directory, other.found, one.inode.number, one.inode.kind ?? 'file');
  for (const [inode, before, after] of [
    [one.inode, one.directory, other.directory],
    [otherInode, other.directory, one.directory],
  ] as const) {
    if (isMoved && inode.kind === 'directory') {
      setParent(writer, inode, after.number);
      dropLink(before);
      addLink(writer, after);
    }
    writer.touch(inode, 'attributes');
  }
  writer.touch(one.directory, 'modified');
  writer.touch(other.directory, 'modified');
}

/** @throws FileSystemError `EINVAL` where a directory would move into itself. */
function assertNotInside({ volume }: VolumeWriter, directory: Inode, moved: Inode): void {
  let number = directory.number;
  for (let depth = 0; number !== INODES.root; depth += 1) {
    if (number === moved.number) throw new FileSystemError('EINVAL');
    if (depth > MAXIMUM_DEPTH) throw damaged(`parents of directory ${directory.number}`);
    number = parentOf(volume, volume.inodes.getChecked(number));
  }
}
