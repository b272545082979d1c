import { FileSystemError } from '../file-system-error.ts';
import type { ClusterMap } from './cluster-map.ts';
import { DirectoryIndex } from './directory-index.ts';
import { encodeSlots, type SlotEntry } from './directory-slots.ts';
import { clusterOffset } from './fat-geometry.ts';
import { ALIGN_BYTES, ENTRY_BYTES, FREE_MARK, MAXIMUM_DIRECTORY_SLOTS } from './fat-layout.ts';
import { sanitizeName } from './fat-names.ts';
import type { FatNode } from './fat-node.ts';
import type { FatVolume } from './fat-volume.ts';
import { makeShortName, readShortName, type ShortName } from './short-name.ts';

const PAGE_SLOTS = ALIGN_BYTES / ENTRY_BYTES;
/** A directory grows by as much as it has, up to this: each step costs a barrier of the device. */
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
  return makeShortName(name, (key) => index.has(key));
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
}

/** Where an entry stands. */
export type EntryPlace = Readonly<{ directory: FatNode; firstSlot: number; shortSlot: number }>;

/** Tells whether two entries lie in one page of the volume, so that one write changes both. */
export function isSamePage(volume: FatVolume, one: EntryPlace, other: EntryPlace): boolean {
  const pages = [one, other].flatMap(({ directory, firstSlot, shortSlot }) =>
    [firstSlot, shortSlot].map((slot) => Math.floor(placeOf(volume, directory, slot) / PAGE_SLOTS)),
  );
  return pages.every((page) => page === pages[0]);
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
