import type { RenameFlags } from '../file-system.ts';
import { FileSystemError } from '../file-system-error.ts';
import {
  addEntry,
  indexOf,
  isSamePage,
  placeOf,
  removeEntry,
  removeEntryAfterSync,
  shortNameIn,
} from './directory-content.ts';
import type { SlotEntry } from './directory-slots.ts';
import { assertEmpty, dotDotCluster, requireEntry, settleRemovals } from './entry-operations.ts';
import { ENTRY, ENTRY_BYTES, SHORT_NAME_BYTES } from './fat-layout.ts';
import { foldCase, parseNewName } from './fat-names.ts';
import { type FatNode, readFirstCluster, writeFirstCluster } from './fat-node.ts';
import type { FatVolume } from './fat-volume.ts';
import { touchModified } from './file-content.ts';
import type { NodeTable } from './node-table.ts';

/** One side of a rename. */
export type RenameSide = Readonly<{ parent: FatNode; name: Uint8Array }>;

type Move = Readonly<{
  volume: FatVolume;
  nodes: NodeTable;
  node: FatNode;
  from: FatNode;
  oldEntry: SlotEntry;
  to: FatNode;
}>;

/**
 * Renames a file or directory, replacing what is there.
 *
 * Where both entries lie in one page the change is one write. Else the new name (or the replaced
 * entry, updated in place) goes to the storage first; the old name follows at the next sync, and a
 * record in the rename log tells after a cut which of the two is the old one.
 *
 * @throws FileSystemError `ENOENT`; `EEXIST` with noReplace; `EINVAL` for a directory into itself
 * and for an exchange, which FAT cannot do in one step; `EISDIR`, `ENOTDIR`, `ENOTEMPTY`; `ENOSPC`.
 */
export function renameEntry(
  volume: FatVolume,
  nodes: NodeTable,
  old: RenameSide,
  target: RenameSide,
  flags: RenameFlags,
): void {
  if (flags.exchange) throw new FileSystemError('EINVAL');
  const oldEntry = requireEntry(volume, old.parent, old.name);
  if (target.parent.isUnlinked) throw new FileSystemError('ENOENT');
  const newName = parseNewName(target.name);
  const node = nodes.ofEntry(old.parent, oldEntry);
  assertNotBelow(node, target.parent);
  const present = indexOf(volume, target.parent).find(foldCase(newName));
  if (present !== undefined && flags.noReplace) throw new FileSystemError('EEXIST');
  const isItself = present !== undefined && present === oldEntry;
  if (isItself && present.name === newName) return;

  volume.beginChange();
  if (volume.renameLog?.isFull) settleLog(volume);
  volume.writeEntry(node);
  volume.chainOf(node);
  const move = { volume, nodes, node, from: old.parent, oldEntry, to: target.parent };
  if (present === undefined || isItself) moveToNewName(move, newName);
  else replace(move, present);
  touchModified(volume, old.parent);
  touchModified(volume, target.parent);
}

function moveToNewName(move: Move, newName: string): void {
  const { volume, node, to } = move;
  const short = shortNameIn(volume, to, newName);
  const entry = Buffer.from(node.entry);
  entry.set(short.bytes, ENTRY.name);
  entry[ENTRY.caseFlags] = short.caseFlags;
  const draft = { name: newName, needsLongName: short.needsLongName, short: entry };
  const place = addEntry(volume, to, draft, (newEntry) =>
    record(move, newEntry, newEntry.shortSlot - newEntry.firstSlot + 1),
  );
  node.entry.set(entry);
  finish(move, place);
}

/** Lets the entry of the file that is replaced name the moved one: one write of 32 bytes. */
function replace(move: Move, present: SlotEntry): void {
  const { volume, nodes, node, to } = move;
  const victim = nodes.ofEntry(to, present);
  if (victim.kind === 'directory' && node.kind !== 'directory') throw new FileSystemError('EISDIR');
  if (victim.kind !== 'directory' && node.kind === 'directory')
    throw new FileSystemError('ENOTDIR');
  volume.chainOf(victim);
  if (victim.kind === 'directory') {
    assertEmpty(volume, victim);
    settleRemovals(volume, victim);
  }
  const name = Buffer.from(victim.entry.subarray(0, SHORT_NAME_BYTES));
  const caseFlags = victim.entry[ENTRY.caseFlags] ?? 0;
  node.entry.set(name, ENTRY.name);
  node.entry[ENTRY.caseFlags] = caseFlags;
  record(move, present, 1);
  nodes.unlink(victim);
  const offset = placeOf(volume, to, present.shortSlot) * ENTRY_BYTES;
  volume.write(offset, Buffer.from(node.entry), 2);
  finish(move, present);
}

function isOneWrite(move: Move, place: SlotEntry): boolean {
  return isSamePage(move.volume, [move.from, move.oldEntry], [move.to, place]);
}

/** Notes a rename that takes two writes, before the first. */
function record(move: Move, place: SlotEntry, newSlots: number): void {
  const { volume, node, from, oldEntry, to } = move;
  if (isOneWrite(move, place)) return;
  volume.renameLog?.add({
    oldPlace: placeOf(volume, from, oldEntry.shortSlot),
    oldSlots: oldEntry.shortSlot - oldEntry.firstSlot + 1,
    newPlace: placeOf(volume, to, place.shortSlot),
    newSlots,
    firstCluster: readFirstCluster(node.entry),
  });
}

function finish(move: Move, place: SlotEntry): void {
  const { volume, nodes, node, from, oldEntry, to } = move;
  if (isOneWrite(move, place)) removeEntry(volume, from, oldEntry);
  else removeEntryAfterSync(volume, from, oldEntry);
  nodes.move(node, to, place);
  if (node.kind === 'directory' && from !== to) relinkDotDot(volume, node, to);
}

/** Lets ".." of a moved directory name its new parent. */
function relinkDotDot(volume: FatVolume, node: FatNode, parent: FatNode): void {
  const offset = volume.offsetIn(volume.chainOf(node), ENTRY_BYTES);
  const dotDot = Buffer.alloc(ENTRY_BYTES);
  volume.device.readInto(offset, dotDot);
  if (dotDot.toString('latin1', 0, 3) !== '.. ') return;
  writeFirstCluster(dotDot, dotDotCluster(parent));
  volume.write(offset, dotDot, 2);
}

function settleLog(volume: FatVolume): void {
  volume.sync();
  volume.beginChange();
}

function assertNotBelow(node: FatNode, directory: FatNode): void {
  let at: FatNode | undefined = directory;
  while (at !== undefined) {
    if (at === node) throw new FileSystemError('EINVAL');
    at = at.parent;
  }
}
