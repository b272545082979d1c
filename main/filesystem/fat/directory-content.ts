import { FileSystemError } from '../file-system-error.ts';
import type { ClusterMap } from './cluster-map.ts';
import { DirectoryIndex } from './directory-index.ts';
import { encodeSlots, type SlotEntry } from './directory-slots.ts';
import { clusterOffset } from './fat-geometry.ts';
import { ALIGN_BYTES, ENTRY_BYTES, FREE_MARK, MAXIMUM_DIRECTORY_SLOTS } from './fat-layout.ts';
import { foldCase, sanitizeName } from './fat-names.ts';
import type { FatNode } from './fat-node.ts';
import type { FatVolume } from './fat-volume.ts';
import { makeShortName, readShortName, type ShortName } from './short-name.ts';

const PAGE_SLOTS = ALIGN_BYTES / ENTRY_BYTES;
/** A directory grows by as much as it has, up to this: each step costs a barrier of the device. */
/** Stands for the page of an entry that is written in more than one. */
const NO_PAGE = -1;
const MAXIMUM_GROWTH_PAGES = 16;

/** Returns the slots `from` to `to - 1` of a directory. */
export function readSlots(volume: FatVolume, directory: FatNode, from: number, to: number): Buffer {
  const chain = volume.chainOf(directory);
  const slots = Buffer.alloc((to - from) * ENTRY_BYTES);
  let done = 0;
  while (done < slots.length) {
    const position = from * ENTRY_BYTES + done;
    const length = volume.contiguousBytes(chain, position, slots.length - done);
    volume.device.readInto(volume.offsetIn(chain, position), slots.subarray(done, done + length));
    done += length;
  }
  return slots;
}

export function slotCountOf(volume: FatVolume, directory: FatNode): number {
  return (volume.chainOf(directory).count * volume.geometry.clusterBytes) / ENTRY_BYTES;
}

/** Returns the name index of a directory, reading the directory where there is none. */
export function indexOf(volume: FatVolume, directory: FatNode): DirectoryIndex {
  directory.index ??= new DirectoryIndex(
    readSlots(volume, directory, 0, slotCountOf(volume, directory)),
    (slot) => volume.hasPendingRemoval(directory, slot),
  );
  return directory.index;
}

/** Returns the short name that an entry of this long name would get in a directory. */
export function shortNameIn(volume: FatVolume, directory: FatNode, name: string): ShortName {
  const index = indexOf(volume, directory);
  const isTaken = (key: string): boolean =>
    index.has(key) || volume.erasedPageOf(directory, key) !== undefined;
  return makeShortName(name, isTaken);
}

/** An entry that is to be added: its name, whether that needs long name slots, its short entry. */
export type EntryDraft = Readonly<{ name: string; needsLongName: boolean; short: Uint8Array }>;

/**
 * Adds an entry: finds or makes room, writes long name slots and the short entry with rank 2.
 *
 * @param beforeWrite - Told where the entry will stand, before anything of it is written.
 * @throws FileSystemError `ENOSPC`, before anything is written.
 */
export function addEntry(
  volume: FatVolume,
  directory: FatNode,
  draft: EntryDraft,
  beforeWrite?: (entry: SlotEntry) => void,
): SlotEntry {
  const { name, needsLongName, short } = draft;
  const slots = encodeSlots(needsLongName ? name : '', short);
  const count = slots.length / ENTRY_BYTES;
  const index = indexOf(volume, directory);
  clearGarbage(volume, directory, index);
  let firstSlot = index.findFree(count, PAGE_SLOTS);
  while (firstSlot < 0) {
    growDirectory(volume, directory, index);
    firstSlot = index.findFree(count, PAGE_SLOTS);
  }
  const alias = sanitizeName(readShortName(short, 0));
  const entry = { name: sanitizeName(name), alias, firstSlot, shortSlot: firstSlot + count - 1 };
  if (mayMeetItsFormerSelf(volume, directory, entry)) volume.syncInside();
  beforeWrite?.(entry);
  closeGap(volume, directory, index.end, firstSlot);
  writeSlots(volume, directory, firstSlot, slots);
  index.add(entry);
  return entry;
}

/** Takes an entry off a directory at once, with rank 2. */
export function removeEntry(volume: FatVolume, directory: FatNode, entry: SlotEntry): void {
  const count = entry.shortSlot - entry.firstSlot + 1;
  const index = indexOf(volume, directory);
  volume.eraseSlots(directory, entry.firstSlot, count);
  index.remove(entry);
  index.freeSlots(entry.firstSlot, count);
  noteErased(volume, directory, entry, pageOf(volume, directory, entry));
}

/** Takes an entry's name away now; on the volume it stands until the new one is known to be there. */
export function removeEntryAfterSync(
  volume: FatVolume,
  directory: FatNode,
  entry: SlotEntry,
): void {
  const { firstSlot, shortSlot } = entry;
  indexOf(volume, directory).remove(entry);
  volume.eraseAfterSync({ directory, firstSlot, count: shortSlot - firstSlot + 1 });
  noteErased(volume, directory, entry, NO_PAGE);
}

function noteErased(volume: FatVolume, directory: FatNode, entry: SlotEntry, page: number): void {
  volume.noteErasedName(directory, foldCase(entry.name), page);
  volume.noteErasedName(directory, foldCase(entry.alias), page);
}

/**
 * A name that was taken away and is made again elsewhere could stand twice after a cut, unless one
 * write does both.
 */
function mayMeetItsFormerSelf(volume: FatVolume, directory: FatNode, entry: SlotEntry): boolean {
  return [entry.name, entry.alias].some((text) => {
    const page = volume.erasedPageOf(directory, foldCase(text));
    return page !== undefined && (page === NO_PAGE || page !== pageOf(volume, directory, entry));
  });
}

/** Returns the page of the volume that holds a whole entry, or one of its own where it takes two. */
function pageOf(volume: FatVolume, directory: FatNode, entry: SlotEntry): number {
  const first = Math.floor(placeOf(volume, directory, entry.firstSlot) / PAGE_SLOTS);
  const last = Math.floor(placeOf(volume, directory, entry.shortSlot) / PAGE_SLOTS);
  return first === last ? first : NO_PAGE;
}

/** Tells whether two entries lie in one page of the volume, so that one write changes both. */
export function isSamePage(
  volume: FatVolume,
  one: readonly [FatNode, SlotEntry],
  other: readonly [FatNode, SlotEntry],
): boolean {
  const page = pageOf(volume, ...one);
  return page !== NO_PAGE && page === pageOf(volume, ...other);
}

/** Returns where a slot lies on the volume, in units of 32 bytes. */
export function placeOf(volume: FatVolume, directory: FatNode, slot: number): number {
  const chain = volume.chainOf(directory);
  return volume.offsetIn(chain, slot * ENTRY_BYTES) / ENTRY_BYTES;
}

/** Takes the clusters of a new directory and fills them with zeros, "." and "..", on rank 0. */
export function makeDirectoryClusters(
  volume: FatVolume,
  chain: ClusterMap,
  node: FatNode,
  dotsAt: (cluster: number) => Uint8Array,
): void {
  volume.reserve(1);
  const extent = volume.allocator.takePages(1, 0);
  zeroClusters(volume, extent.cluster, extent.length);
  const dots = dotsAt(extent.cluster);
  volume.device.writeFrom(clusterOffset(volume.geometry, extent.cluster), dots);
  volume.appendExtent(node, chain, extent);
}

function growDirectory(volume: FatVolume, directory: FatNode, index: DirectoryIndex): void {
  const chain = volume.chainOf(directory);
  const { clusterBytes } = volume.geometry;
  const roomClusters = Math.floor(
    ((MAXIMUM_DIRECTORY_SLOTS - index.slotCount) * ENTRY_BYTES) / clusterBytes,
  );
  if (roomClusters < 1) throw new FileSystemError('ENOSPC');
  volume.reserve(1);
  const pageClusters = Math.max(1, ALIGN_BYTES / clusterBytes);
  const wanted = Math.min(chain.count / pageClusters, MAXIMUM_GROWTH_PAGES);
  const pages = Math.min(
    Math.max(1, Math.floor(wanted)),
    Math.max(1, Math.floor(roomClusters / pageClusters)),
  );
  const extent = volume.allocator.takePages(pages, chain.last + 1);
  zeroClusters(volume, extent.cluster, extent.length);
  volume.appendExtent(directory, chain, extent);
  index.grow((chain.count * clusterBytes) / ENTRY_BYTES);
}

function zeroClusters(volume: FatVolume, cluster: number, length: number): void {
  const zeros = Buffer.alloc(length * volume.geometry.clusterBytes);
  volume.device.writeFrom(clusterOffset(volume.geometry, cluster), zeros);
}

/** Readers stop at the end mark: the slots between it and a new entry are marked free. */
function closeGap(volume: FatVolume, directory: FatNode, end: number, firstSlot: number): void {
  if (firstSlot <= end) return;
  const gap = Buffer.alloc((firstSlot - end) * ENTRY_BYTES);
  for (let at = 0; at < gap.length; at += ENTRY_BYTES) gap[at] = FREE_MARK;
  writeSlots(volume, directory, end, gap);
}

function clearGarbage(volume: FatVolume, directory: FatNode, index: DirectoryIndex): void {
  if (!index.hasGarbageBehindEnd) return;
  writeSlots(
    volume,
    directory,
    index.end,
    Buffer.alloc((index.slotCount - index.end) * ENTRY_BYTES),
  );
  index.hasGarbageBehindEnd = false;
}

function writeSlots(volume: FatVolume, directory: FatNode, firstSlot: number, slots: Buffer): void {
  const chain = volume.chainOf(directory);
  let done = 0;
  while (done < slots.length) {
    const position = firstSlot * ENTRY_BYTES + done;
    const length = volume.contiguousBytes(chain, position, slots.length - done);
    const isAll = length === slots.length;
    const piece = isAll ? slots : slots.subarray(done, done + length);
    volume.write(volume.offsetIn(chain, position), piece, 2);
    done += length;
  }
}
