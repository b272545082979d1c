import type { WriteRank } from '../../block/ordered-device.ts';
import { FileSystemError } from '../file-system-error.ts';
import type { ClusterAllocator, Extent } from './cluster-allocator.ts';
import { ClusterMap } from './cluster-map.ts';
import { clusterOffset, type FatGeometry } from './fat-geometry.ts';
import {
  BOOT,
  END_OF_CHAIN,
  ENTRY,
  ENTRY_BYTES,
  FREE_MARK,
  FSINFO,
  FSINFO_LEAD,
  FSINFO_STRUCTURE,
  FSINFO_TRAIL,
  MAXIMUM_DIRECTORY_SLOTS,
  MAXIMUM_FILE_BYTES,
} from './fat-layout.ts';
import { type FatNode, readFirstCluster, writeFirstCluster } from './fat-node.ts';
import type { FatTable } from './fat-table.ts';
import type { RenameLog } from './rename-log.ts';
import type { WatchedDevice } from './watched-device.ts';

/** What a removed entry leaves behind until the next sync: its slots in the directory. */
type PendingRemoval = Readonly<{ directory: FatNode; firstSlot: number; count: number }>;

/** Queued frees beyond this are brought to the disk, so that they take no memory without end. */
const MAXIMUM_QUEUED_EXTENTS = 50_000;

type VolumeParts = Readonly<{
  device: WatchedDevice;
  geometry: FatGeometry;
  table: FatTable;
  allocator: ClusterAllocator;
  renameLog: RenameLog | undefined;
  isReadOnly: boolean;
  discardFreed: boolean;
  now: () => number;
}>;

/**
 * The state that all operations on a mounted volume share, and the order of its writes.
 *
 * Ranks: 0 contents and zeroed directory clusters, 1 links of newly taken clusters, 2 entries, 3
 * freed clusters. Frees and removals that must follow other names wait in memory for
 * {@link FatVolume.sync}.
 */
export class FatVolume {
  readonly device: WatchedDevice;
  readonly geometry: FatGeometry;
  readonly table: FatTable;
  readonly allocator: ClusterAllocator;
  readonly renameLog: RenameLog | undefined;
  readonly now: () => number;
  readonly #discardFreed: boolean;
  readonly #dirtyNodes = new Set<FatNode>();
  /** Names taken off directories since the last sync, with the page of the volume they were in. */
  readonly #erasedNames = new Map<FatNode, Map<string, number>>();
  #removals: PendingRemoval[] = [];
  #isReadOnly: boolean;
  #isMarkedDirty = false;
  #hasChanges = false;
  #writtenFreeCount = -1;

  constructor(parts: VolumeParts) {
    this.device = parts.device;
    this.geometry = parts.geometry;
    this.table = parts.table;
    this.allocator = parts.allocator;
    this.renameLog = parts.renameLog;
    this.now = parts.now;
    this.#discardFreed = parts.discardFreed;
    this.#isReadOnly = parts.isReadOnly;
  }

  get isReadOnly(): boolean {
    return this.#isReadOnly;
  }

  /** Refuses all writes from now on and returns the error to throw: the volume is damaged. */
  damage(): FileSystemError {
    this.#isReadOnly = true;
    return new FileSystemError('EIO');
  }

  /** Call before any change. Marks the volume dirty at the first one. @throws `EROFS`. */
  beginChange(): void {
    if (this.#isReadOnly) throw new FileSystemError('EROFS');
    if (this.allocator.queuedExtents > MAXIMUM_QUEUED_EXTENTS) this.sync();
    this.#hasChanges = true;
    if (!this.#isMarkedDirty) this.#markDirty(true);
  }

  write(offsetBytes: number, source: Uint8Array, rank: WriteRank): void {
    this.device.writeOrdered(offsetBytes, source, rank);
  }

  /** Returns the node's chain, walking it at first use. */
  chainOf(node: FatNode): ClusterMap {
    if (node.chain !== undefined) return node.chain;
    const first = readFirstCluster(node.entry);
    const { clusterBytes } = this.geometry;
    const limitBytes =
      node.kind === 'file' ? MAXIMUM_FILE_BYTES + 1 : MAXIMUM_DIRECTORY_SLOTS * ENTRY_BYTES;
    const isEmptyFile = first === 0 && node.kind === 'file';
    let chain: ClusterMap;
    try {
      chain = isEmptyFile
        ? new ClusterMap()
        : this.table.walk(first, Math.max(1, Math.ceil(limitBytes / clusterBytes)));
    } catch (error) {
      if (error instanceof FileSystemError) throw this.damage();
      throw error;
    }
    if (chain.count * clusterBytes < node.sizeBytes) throw this.damage();
    node.chain = chain;
    return chain;
  }

  /** Returns the offset on the volume of a byte of a node's chain. */
  offsetIn(chain: ClusterMap, position: number): number {
    const { clusterBytes } = this.geometry;
    const index = Math.floor(position / clusterBytes);
    return clusterOffset(this.geometry, chain.clusterAt(index)) + position - index * clusterBytes;
  }

  /** Returns how many bytes from `position` on lie in one piece, at most `limit`. */
  contiguousBytes(chain: ClusterMap, position: number, limit: number): number {
    const { clusterBytes } = this.geometry;
    const index = Math.floor(position / clusterBytes);
    const piece = chain.contiguousFrom(index) * clusterBytes - (position - index * clusterBytes);
    return Math.min(piece, limit);
  }

  /** Makes sure that `count` clusters can be taken now, if need be by a sync. @throws `ENOSPC`. */
  reserve(count: number): void {
    if (this.allocator.availableCount >= count) return;
    if (this.allocator.freeCount >= count) this.syncInside();
    if (this.allocator.availableCount < count) throw new FileSystemError('ENOSPC');
  }

  /** Links clusters just taken to the end of a node's chain, with rank 1. */
  appendExtent(node: FatNode, chain: ClusterMap, extent: Extent): void {
    if (chain.count > 0 && this.allocator.isEndQueued(chain.last)) this.syncInside();
    this.table.linkRun(extent.cluster, extent.length, END_OF_CHAIN, 1);
    if (chain.count > 0) {
      this.table.fill(chain.last, 1, extent.cluster, 1);
    } else {
      writeFirstCluster(node.entry, extent.cluster);
      this.markEntryDirty(node);
    }
    chain.append(extent.cluster, extent.length);
  }

  /** Cuts a node's chain to `count` clusters; what is cut off is free after the next sync. */
  cutChain(node: FatNode, chain: ClusterMap, count: number): void {
    if (chain.count <= count) return;
    try {
      chain.truncate(count, (cluster, length) => this.allocator.queueFree(cluster, length));
    } catch (error) {
      if (error instanceof FileSystemError) throw this.damage();
      throw error;
    }
    if (count === 0) writeFirstCluster(node.entry, 0);
    else this.allocator.queueEnd(chain.last);
    this.markEntryDirty(node);
  }

  markEntryDirty(node: FatNode): void {
    if (node.parent === undefined || node.isUnlinked) return;
    node.isEntryDirty = true;
    this.#dirtyNodes.add(node);
  }

  /** Writes a node's short entry to its directory where it was changed. */
  writeEntry(node: FatNode): void {
    if (!node.isEntryDirty) return;
    node.isEntryDirty = false;
    this.#dirtyNodes.delete(node);
    if (node.parent === undefined || node.isUnlinked) return;
    if (node.kind === 'file') node.entry.writeUInt32LE(node.sizeBytes, ENTRY.sizeBytes);
    const chain = this.chainOf(node.parent);
    this.write(this.offsetIn(chain, node.shortSlot * ENTRY_BYTES), node.entry, 2);
  }

  /** Forgets that a node's entry was changed: the entry is gone. */
  dropEntry(node: FatNode): void {
    node.isEntryDirty = false;
    this.#dirtyNodes.delete(node);
  }

  /** Marks slots of a directory free on the volume, with rank 2. Pieces of one page go at once. */
  eraseSlots(directory: FatNode, firstSlot: number, count: number): void {
    const chain = this.chainOf(directory);
    let position = firstSlot * ENTRY_BYTES;
    const end = position + count * ENTRY_BYTES;
    while (position < end) {
      const length = this.contiguousBytes(chain, position, end - position);
      const offset = this.offsetIn(chain, position);
      const slots = Buffer.alloc(length);
      this.device.readInto(offset, slots);
      for (let at = 0; at < length; at += ENTRY_BYTES) slots[at] = FREE_MARK;
      this.write(offset, slots, 2);
      position += length;
    }
  }

  /** Leaves an old name on the volume until the new one is known to be there. */
  eraseAfterSync(removal: PendingRemoval): void {
    this.#removals.push(removal);
  }

  /** Tells whether an old name still stands in a directory on the volume: any, or one in `slot`. */
  hasPendingRemoval(directory: FatNode, slot?: number): boolean {
    return this.#removals.some(
      ({ directory: holder, firstSlot, count }) =>
        holder === directory && (slot === undefined || slot === firstSlot + count - 1),
    );
  }

  /** Notes a name (folded) that is gone, though it may come back with a cut before the next sync. */
  noteErasedName(directory: FatNode, key: string, page: number): void {
    const names = this.#erasedNames.get(directory) ?? new Map<string, number>();
    names.set(key, page);
    this.#erasedNames.set(directory, names);
  }

  /** Returns the page in which a name that is gone may still stand on the storage. */
  erasedPageOf(directory: FatNode, key: string): number | undefined {
    return this.#erasedNames.get(directory)?.get(key);
  }

  /** Tells whether a directory differs from what the storage may show until the next sync. */
  hasPendingNames(directory: FatNode): boolean {
    return this.#erasedNames.has(directory) || this.hasPendingRemoval(directory);
  }

  /** A sync in the middle of an operation that goes on with changes. */
  syncInside(): void {
    this.sync();
    this.#hasChanges = true;
  }

  /** Returns when every change is on the storage. Costs nothing where nothing has changed. */
  sync(): void {
    if (!this.#hasChanges) return;
    for (const node of this.#dirtyNodes) this.writeEntry(node);
    this.#writeFsInfo();
    this.device.flush();
    if (this.#removals.length > 0 || this.allocator.hasQueuedFrees) this.#finishAfterNames();
    this.#erasedNames.clear();
    this.#hasChanges = false;
  }

  /** Syncs and marks the volume clean, if it was marked dirty here and nothing has ever failed. */
  markClean(): void {
    this.sync();
    if (!this.#isMarkedDirty || this.#isReadOnly || this.device.hasFailed) return;
    this.#markDirty(false);
  }

  /** The second half of a sync: all that had to wait until the new names were on the storage. */
  #finishAfterNames(): void {
    for (const { directory, firstSlot, count } of this.#removals) {
      this.eraseSlots(directory, firstSlot, count);
    }
    if ((this.renameLog?.records.length ?? 0) > 0) this.renameLog?.clear();
    const freed = this.allocator.commitFrees();
    this.device.flush();
    for (const { directory, firstSlot, count } of this.#removals) {
      directory.index?.freeSlots(firstSlot, count);
    }
    this.#removals = [];
    if (this.#discardFreed) {
      for (const { cluster, length } of freed) {
        const offset = clusterOffset(this.geometry, cluster);
        this.device.discard(offset, length * this.geometry.clusterBytes);
      }
    }
    this.allocator.releaseFreed();
  }

  /**
   * Sets or clears both marks of an unclean volume. Set, they are on the storage before any other
   * change; cleared, the boot sector's goes last, so that it covers the copies of the table.
   */
  #markDirty(isDirty: boolean): void {
    const state = Buffer.alloc(1);
    this.device.readInto(BOOT.state, state);
    state[0] = isDirty ? (state[0] ?? 0) | 1 : (state[0] ?? 0) & ~1;
    this.write(BOOT.state, state, isDirty ? 1 : 3);
    this.table.markClean(!isDirty, 2);
    this.device.flush();
    this.#isMarkedDirty = isDirty;
  }

  #writeFsInfo(): void {
    const { fsInfoOffsetBytes } = this.geometry;
    if (fsInfoOffsetBytes === 0 || this.allocator.freeCount === this.#writtenFreeCount) return;
    const sector = Buffer.alloc(512);
    this.device.readInto(fsInfoOffsetBytes, sector);
    sector.writeUInt32LE(FSINFO_LEAD, FSINFO.leadSignature);
    sector.writeUInt32LE(FSINFO_STRUCTURE, FSINFO.structureSignature);
    sector.writeUInt32LE(FSINFO_TRAIL, FSINFO.trailSignature);
    sector.writeUInt32LE(this.allocator.freeCount, FSINFO.freeCount);
    sector.writeUInt32LE(this.allocator.nextFree, FSINFO.nextFree);
    this.write(fsInfoOffsetBytes, sector, 2);
    this.#writtenFreeCount = this.allocator.freeCount;
  }
}
