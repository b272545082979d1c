import { FileSystemError } from '../file-system-error.ts';
import { ClusterMap } from './cluster-map.ts';
import {
  addEntry,
  indexOf,
  makeDirectoryClusters,
  removeEntry,
  shortNameIn,
} from './directory-content.ts';
import type { SlotEntry } from './directory-slots.ts';
import { ATTRIBUTE, ENTRY_BYTES } from './fat-layout.ts';
import { foldCase, parseLookupKey, parseNewName } from './fat-names.ts';
import {
  type FatNode,
  newEntry,
  newNode,
  readFirstCluster,
  writeFirstCluster,
} from './fat-node.ts';
import type { FatVolume } from './fat-volume.ts';
import { touchModified } from './file-content.ts';
import type { NodeTable } from './node-table.ts';

/** Names in directories: find, make and remove entries. */

/** @throws FileSystemError `ENOENT`. */
export function requireEntry(volume: FatVolume, parent: FatNode, name: Uint8Array): SlotEntry {
  if (parent.isUnlinked) throw new FileSystemError('ENOENT');
  const entry = indexOf(volume, parent).find(parseLookupKey(name));
  if (entry === undefined) throw new FileSystemError('ENOENT');
  return entry;
}

/** Makes an empty file. @throws FileSystemError `EEXIST`, `ENOSPC` and what the name deserves. */
export function createFile(
  volume: FatVolume,
  nodes: NodeTable,
  parent: FatNode,
  name: Uint8Array,
): FatNode {
  const newName = assertNew(volume, parent, name);
  volume.beginChange();
  const { bytes, caseFlags, needsLongName } = shortNameIn(volume, parent, newName);
  const entry = newEntry(bytes, caseFlags, ATTRIBUTE.archive, volume.now());
  const place = addEntry(volume, parent, { name: newName, needsLongName, short: entry });
  touchModified(volume, parent);
  return nodes.adopt(parent, place, entry);
}

/** Makes a directory: its cluster with "." and ".." first, then its name. */
export function makeDirectory(
  volume: FatVolume,
  nodes: NodeTable,
  parent: FatNode,
  name: Uint8Array,
): FatNode {
  const newName = assertNew(volume, parent, name);
  volume.beginChange();
  const { bytes, caseFlags, needsLongName } = shortNameIn(volume, parent, newName);
  const entry = newEntry(bytes, caseFlags, ATTRIBUTE.directory, volume.now());
  const chain = new ClusterMap();
  const draft = newNode(0, undefined, { firstSlot: 0, shortSlot: 0 }, entry);
  makeDirectoryClusters(volume, chain, draft, (cluster) => dotEntries(parent, entry, cluster));
  writeFirstCluster(entry, chain.first);
  try {
    const place = addEntry(volume, parent, { name: newName, needsLongName, short: entry });
    touchModified(volume, parent);
    const node = nodes.adopt(parent, place, entry);
    node.chain = chain;
    return node;
  } catch (error) {
    volume.cutChain(draft, chain, 0);
    throw error;
  }
}

/** Removes a file's name. @throws FileSystemError `EISDIR`. */
export function unlinkFile(
  volume: FatVolume,
  nodes: NodeTable,
  parent: FatNode,
  entry: SlotEntry,
): void {
  const node = nodes.ofEntry(parent, entry);
  if (node.kind === 'directory') throw new FileSystemError('EISDIR');
  volume.beginChange();
  volume.chainOf(node);
  removeEntry(volume, parent, entry);
  nodes.unlink(node);
  touchModified(volume, parent);
}

/** Removes an empty directory. @throws FileSystemError `ENOTDIR`, `ENOTEMPTY`. */
export function removeDirectory(
  volume: FatVolume,
  nodes: NodeTable,
  parent: FatNode,
  entry: SlotEntry,
): void {
  const node = nodes.ofEntry(parent, entry);
  if (node.kind !== 'directory') throw new FileSystemError('ENOTDIR');
  assertEmpty(volume, node);
  volume.beginChange();
  settleRemovals(volume, node);
  removeEntry(volume, parent, entry);
  nodes.unlink(node);
  touchModified(volume, parent);
}

export function assertEmpty(volume: FatVolume, directory: FatNode): void {
  if (indexOf(volume, directory).entryCount > 0) throw new FileSystemError('ENOTEMPTY');
}

/** A directory that still holds the old name of a moved file must not go before the new is safe. */
export function settleRemovals(volume: FatVolume, directory: FatNode): void {
  if (!volume.hasPendingRemoval(directory)) return;
  volume.sync();
  volume.beginChange();
}

/** The cluster that ".." of a directory in `parent` names: 0 stands for the root. */
export function dotDotCluster(parent: FatNode): number {
  return parent.parent === undefined ? 0 : readFirstCluster(parent.entry);
}

function assertNew(volume: FatVolume, parent: FatNode, name: Uint8Array): string {
  if (parent.isUnlinked) throw new FileSystemError('ENOENT');
  const newName = parseNewName(name);
  if (indexOf(volume, parent).has(foldCase(newName))) throw new FileSystemError('EEXIST');
  return newName;
}

function dotEntries(parent: FatNode, entry: Uint8Array, cluster: number): Buffer {
  const dots = Buffer.alloc(2 * ENTRY_BYTES);
  for (const [index, name, first] of [
    [0, '.', cluster],
    [1, '..', dotDotCluster(parent)],
  ] as const) {
    const dot = dots.subarray(index * ENTRY_BYTES, (index + 1) * ENTRY_BYTES);
    dot.set(entry.subarray(0, ENTRY_BYTES));
    dot.fill(' ', 0, 11).write(name, 'latin1');
    dot[12] = 0;
    writeFirstCluster(dot, first);
  }
  return dots;
}
