import { FileSystemError } from '../file-system-error.ts';
import { ClusterBitmap } from './cluster-bitmap.ts';
import type { FatGeometry } from './fat-geometry.ts';
import { ALIGN_BYTES, END_OF_CHAIN, FIRST_CLUSTER } from './fat-layout.ts';
import type { FatTable } from './fat-table.ts';

/** Clusters one after the other. */
export type Extent = Readonly<{ cluster: number; length: number }>;

const NO_EXTENTS: readonly Extent[] = [];

/**
 * Hands out clusters, next-fit, and takes them back in two steps.
 *
 * What is freed is only queued: it is written to the table (rank 3) by {@link commitFrees}, which
 * the volume calls once the names that pointed there are off the disk, and can be handed out again
 * only after {@link releaseFreed}, once that too is on the disk. So no cluster ever belongs to two
 * files on the storage, wherever a cut falls.
 */
export class ClusterAllocator {
  readonly #table: FatTable;
  readonly #geometry: FatGeometry;
  #bitmap: ClusterBitmap | undefined;
  /** Free clusters without the queued ones; undefined until counted. */
  #freeNow: number | undefined;
  #next: number;
  #queued: Extent[] = [];
  #queuedCount = 0;
  readonly #newEnds = new Set<number>();

  /** @param knownFree - From an FSInfo sector that can be believed. */
  constructor(table: FatTable, geometry: FatGeometry, knownFree: number | undefined, next: number) {
    this.#table = table;
    this.#geometry = geometry;
    this.#freeNow = knownFree;
    this.#next = table.isCluster(next) ? next : FIRST_CLUSTER;
  }

  /** Clusters that are free or will be after the next sync. */
  get freeCount(): number {
    if (this.#freeNow === undefined) this.#loadBitmap();
    return (this.#freeNow ?? 0) + this.#queuedCount;
  }

  /** Clusters that can be handed out now. */
  get availableCount(): number {
    return this.freeCount - this.#queuedCount;
  }

  get nextFree(): number {
    return this.#next;
  }

  get hasQueuedFrees(): boolean {
    return this.#queued.length > 0 || this.#newEnds.size > 0;
  }

  get queuedExtents(): number {
    return this.#queued.length + this.#newEnds.size;
  }

  /** Takes the place of the scan: what the healing pass has found to be taken. */
  adoptBitmap(bitmap: ClusterBitmap, freeCount: number): void {
    this.#bitmap = bitmap;
    this.#freeNow = freeCount;
  }

  /**
   * Takes at least one and at most `wanted` clusters in one extent.
   *
   * @param near - Preferred first cluster, or 0.
   * @throws FileSystemError `ENOSPC` where none is available.
   */
  take(wanted: number, near: number): Extent {
    const bitmap = this.#loadBitmap();
    let cluster = this.#table.isCluster(near) && !bitmap.has(near) ? near : -1;
    if (cluster < 0) cluster = bitmap.findClear(this.#next);
    if (cluster < 0) cluster = bitmap.findClear(FIRST_CLUSTER);
    if (cluster < 0) throw new FileSystemError('ENOSPC');
    return this.#mark(cluster, bitmap.clearRun(cluster, wanted));
  }

  /**
   * Takes clusters for a directory: whole 4 KiB pages of the volume where they can be had, so that
   * an entry lies in one page and is written at once, and names share no page with contents.
   */
  takePages(pages: number, near: number): Extent {
    const { clusterBytes, dataOffsetBytes } = this.#geometry;
    const perPage = Math.max(1, ALIGN_BYTES / clusterBytes);
    if (perPage === 1 || dataOffsetBytes % ALIGN_BYTES !== 0) return this.take(pages, near);
    const bitmap = this.#loadBitmap();
    const end = this.#geometry.clusterCount + FIRST_CLUSTER;
    const align = (at: number): number =>
      Math.ceil((at - FIRST_CLUSTER) / perPage) * perPage + FIRST_CLUSTER;
    for (const from of [near > 0 ? near : this.#next, FIRST_CLUSTER]) {
      for (let at = align(from); at + perPage <= end; at += perPage) {
        const length = bitmap.clearRun(at, pages * perPage);
        if (length >= perPage) return this.#mark(at, length - (length % perPage));
      }
    }
    return this.take(perPage, near);
  }

  /** Queues clusters that no file uses any more. */
  queueFree(cluster: number, length: number): void {
    const bitmap = this.#loadBitmap();
    for (let at = cluster; at < cluster + length; at += 1) {
      // Freed twice: two files shared it, and going on would make it worse.
      if (!bitmap.has(at)) throw new FileSystemError('EUCLEAN');
    }
    this.#queued.push({ cluster, length });
    this.#queuedCount += length;
  }

  /** Queues that a chain ends at `cluster` from now on. */
  queueEnd(cluster: number): void {
    this.#newEnds.add(cluster);
  }

  /** Tells whether a chain's new end at `cluster` is not written yet. */
  isEndQueued(cluster: number): boolean {
    return this.#newEnds.has(cluster);
  }

  /** Writes what was queued to the table, with rank 3. Returns the extents freed. */
  commitFrees(): readonly Extent[] {
    for (const cluster of this.#newEnds) this.#table.fill(cluster, 1, END_OF_CHAIN, 3);
    this.#newEnds.clear();
    if (this.#queued.length === 0) return NO_EXTENTS;
    const freed = this.#queued.sort((a, b) => a.cluster - b.cluster);
    for (const { cluster, length } of freed) this.#table.fill(cluster, length, 0, 3);
    return freed;
  }

  /** Makes committed clusters available. Call once they are free on the storage. */
  releaseFreed(): void {
    const bitmap = this.#loadBitmap();
    for (const { cluster, length } of this.#queued) {
      for (let at = cluster; at < cluster + length; at += 1) bitmap.clear(at);
    }
    this.#freeNow = (this.#freeNow ?? 0) + this.#queuedCount;
    this.#queued = [];
    this.#queuedCount = 0;
  }

  #mark(cluster: number, length: number): Extent {
    this.#loadBitmap().setRun(cluster, length);
    this.#freeNow = (this.#freeNow ?? 0) - length;
    this.#next = cluster + length;
    return { cluster, length };
  }

  #loadBitmap(): ClusterBitmap {
    if (this.#bitmap !== undefined) return this.#bitmap;
    const bitmap = new ClusterBitmap(this.#geometry.clusterCount + FIRST_CLUSTER);
    let free = 0;
    bitmap.set(0);
    bitmap.set(1);
    this.#table.scan((cluster, value) => {
      if (value === 0) free += 1;
      else bitmap.set(cluster);
    });
    this.#bitmap = bitmap;
    this.#freeNow = free;
    return bitmap;
  }
}
