import type { OrderedDevice, WriteRank } from '../../block/ordered-device.ts';
import { FileSystemError } from '../file-system-error.ts';
import { ClusterMap } from './cluster-map.ts';
import type { FatGeometry } from './fat-geometry.ts';
import {
  CLEAN_SHUTDOWN_BIT,
  END_OF_CHAIN_MINIMUM,
  ENTRY_MASK,
  FIRST_CLUSTER,
} from './fat-layout.ts';

const PAGE_BYTES = 4096;
const PAGE_ENTRIES = PAGE_BYTES / 4;

/**
 * The file allocation table: links between clusters, written to all copies alike.
 *
 * Reads go through one page of the table that is kept here; writes update it in place.
 */
export class FatTable {
  readonly #device: OrderedDevice;
  readonly #geometry: FatGeometry;
  readonly #page = Buffer.alloc(PAGE_BYTES);
  #pageNumber = -1;

  constructor(device: OrderedDevice, geometry: FatGeometry) {
    this.#device = device;
    this.#geometry = geometry;
  }

  isCluster(cluster: number): boolean {
    return cluster >= FIRST_CLUSTER && cluster < this.#geometry.clusterCount + FIRST_CLUSTER;
  }

  /** Returns the 28 bits of an entry. */
  get(cluster: number): number {
    return this.#raw(cluster) & ENTRY_MASK;
  }

  /** Links `length` clusters from `cluster` on into a run whose last entry becomes `next`. */
  linkRun(cluster: number, length: number, next: number, rank: WriteRank): void {
    this.#rewrite(cluster, length, rank, (at) => (at === cluster + length - 1 ? next : at + 1));
  }

  /** Sets `length` entries from `cluster` on to `value`. */
  fill(cluster: number, length: number, value: number, rank: WriteRank): void {
    this.#rewrite(cluster, length, rank, () => value);
  }

  /** Whether the volume says that it was unmounted cleanly. */
  get isMarkedClean(): boolean {
    return (this.#raw(1) & CLEAN_SHUTDOWN_BIT) !== 0;
  }

  markClean(isClean: boolean, rank: WriteRank): void {
    const value = this.get(1);
    const marked = isClean ? value | CLEAN_SHUTDOWN_BIT : value & ~CLEAN_SHUTDOWN_BIT;
    this.fill(1, 1, marked, rank);
  }

  /**
   * Walks a chain and returns its extents.
   *
   * @param maximumCount - Longest chain that is believed.
   * @throws FileSystemError `EIO` where the chain leaves the volume, loops or is longer.
   */
  walk(first: number, maximumCount: number): ClusterMap {
    const map = new ClusterMap();
    let cluster = first;
    // Brent's algorithm: a loop is met with constant memory, whatever its length.
    let tortoise = first;
    let steps = 0;
    let limit = 1;
    for (;;) {
      if (!this.isCluster(cluster) || map.count >= maximumCount) throw new FileSystemError('EIO');
      map.append(cluster, 1);
      const next = this.get(cluster);
      if (next >= END_OF_CHAIN_MINIMUM) return map;
      cluster = next;
      if (cluster === tortoise) throw new FileSystemError('EIO');
      steps += 1;
      if (steps === limit) {
        tortoise = cluster;
        steps = 0;
        limit *= 2;
      }
    }
  }

  /** Calls `onEntry` with every cluster's entry, in order. */
  scan(onEntry: (cluster: number, value: number) => void): void {
    const chunk = Buffer.alloc(256 * PAGE_BYTES);
    const end = this.#geometry.clusterCount + FIRST_CLUSTER;
    const chunkEntries = chunk.length / 4;
    for (let start = 0; start < end; start += chunkEntries) {
      const count = Math.min(chunkEntries, end - start);
      this.#device.readInto(
        this.#geometry.fatOffsetBytes + start * 4,
        chunk.subarray(0, count * 4),
      );
      for (let i = start === 0 ? FIRST_CLUSTER : 0; i < count; i += 1) {
        onEntry(start + i, chunk.readUInt32LE(i * 4) & ENTRY_MASK);
      }
    }
  }

  /** Makes the other copies equal to the first where they differ; returns whether one did. */
  mirror(): boolean {
    const { fatOffsetBytes, fatBytes, fatCount } = this.#geometry;
    const [one, other] = [Buffer.alloc(64 * PAGE_BYTES), Buffer.alloc(64 * PAGE_BYTES)];
    let hasDifference = false;
    for (let at = 0; at < fatBytes; at += one.length) {
      const length = Math.min(one.length, fatBytes - at);
      this.#device.readInto(fatOffsetBytes + at, one.subarray(0, length));
      for (let copy = 1; copy < fatCount; copy += 1) {
        const offset = fatOffsetBytes + copy * fatBytes + at;
        this.#device.readInto(offset, other.subarray(0, length));
        if (one.subarray(0, length).equals(other.subarray(0, length))) continue;
        this.#device.writeOrdered(offset, Buffer.from(one.subarray(0, length)), 1);
        hasDifference = true;
      }
    }
    return hasDifference;
  }

  #raw(cluster: number): number {
    const page = Math.floor(cluster / PAGE_ENTRIES);
    this.#load(page);
    return this.#page.readUInt32LE((cluster - page * PAGE_ENTRIES) * 4);
  }

  #load(page: number): void {
    if (page === this.#pageNumber) return;
    this.#pageNumber = -1;
    const { fatOffsetBytes, fatBytes } = this.#geometry;
    const length = Math.min(PAGE_BYTES, fatBytes - page * PAGE_BYTES);
    this.#device.readInto(fatOffsetBytes + page * PAGE_BYTES, this.#page.subarray(0, length));
    this.#pageNumber = page;
  }

  #rewrite(
    cluster: number,
    length: number,
    rank: WriteRank,
    valueAt: (cluster: number) => number,
  ): void {
    const { fatOffsetBytes, fatBytes, fatCount } = this.#geometry;
    let at = cluster;
    while (at < cluster + length) {
      const page = Math.floor(at / PAGE_ENTRIES);
      const end = Math.min(cluster + length, (page + 1) * PAGE_ENTRIES);
      this.#load(page);
      const from = (at - page * PAGE_ENTRIES) * 4;
      const to = (end - page * PAGE_ENTRIES) * 4;
      for (let i = at; i < end; i += 1) {
        const place = (i - page * PAGE_ENTRIES) * 4;
        const reserved = this.#page.readUInt32LE(place) & ~ENTRY_MASK;
        this.#page.writeUInt32LE((reserved | (valueAt(i) & ENTRY_MASK)) >>> 0, place);
      }
      this.#pageNumber = -1; // until all copies are written: a failure leaves it unknown
      for (let copy = 0; copy < fatCount; copy += 1) {
        const offset = fatOffsetBytes + copy * fatBytes + page * PAGE_BYTES + from;
        this.#device.writeOrdered(offset, this.#page.subarray(from, to), rank);
      }
      this.#pageNumber = page;
      at = end;
    }
  }
}
