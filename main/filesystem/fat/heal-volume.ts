import { FileSystemError } from '../file-system-error.ts';
import { ClusterBitmap } from './cluster-bitmap.ts';
import { visitSlots } from './directory-slots.ts';
import { clusterOffset } from './fat-geometry.ts';
import {
  ATTRIBUTE,
  BAD_CLUSTER,
  END_OF_CHAIN,
  END_OF_CHAIN_MINIMUM,
  ENTRY,
  ENTRY_BYTES,
  FIRST_CLUSTER,
  FREE_MARK,
  MAXIMUM_DIRECTORY_SLOTS,
} from './fat-layout.ts';
import { readFirstCluster, writeFirstCluster } from './fat-node.ts';
import type { FatVolume } from './fat-volume.ts';
import { healRenames } from './heal-renames.ts';

/** A directory that is still to be looked at. `parentCluster` is 0 below the root. */
type Visit = Readonly<{ first: number; parentCluster: number; isRoot: boolean }>;

/**
 * Puts in order what a cut between two writes leaves behind, in one walk over the tree:
 *
 * - the old name of a rename of which both names are there ({@link healRenames}; without a record
 *   the one that is met second);
 * - chains that are longer than their file: cut to its size;
 * - long name slots without their entry, ".." of a directory that was moved;
 * - lost clusters: freed, and the copies of the table made equal.
 *
 * Anything else cannot come from a cut of ours: then nothing more is changed and the volume becomes
 * read-only.
 */
export function healVolume(volume: FatVolume): void {
  try {
    volume.beginChange();
    healRenames(volume);
    const healing = new Healing(volume);
    healing.walk();
    healing.freeLost();
    volume.table.mirror();
    volume.sync();
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    volume.damage();
  }
}

class Healing {
  readonly #volume: FatVolume;
  readonly #seen: ClusterBitmap;
  readonly #queue: Visit[] = [];
  readonly #ends: number[] = [];

  constructor(volume: FatVolume) {
    this.#volume = volume;
    this.#seen = new ClusterBitmap(volume.geometry.clusterCount + FIRST_CLUSTER);
    this.#seen.set(0);
    this.#seen.set(1);
    this.#queue.push({ first: volume.geometry.rootCluster, parentCluster: 0, isRoot: true });
  }

  walk(): void {
    for (let visit = this.#queue.pop(); visit !== undefined; visit = this.#queue.pop()) {
      const clusters = this.#claimDirectory(visit.first);
      this.#healDirectory(visit, clusters);
    }
  }

  /** Frees what no file has; also ends the chains that were too long. */
  freeLost(): void {
    const { table, geometry, allocator } = this.#volume;
    this.#volume.device.flush();
    for (const cluster of this.#ends) table.fill(cluster, 1, END_OF_CHAIN, 3);
    let free = 0;
    const lost: number[] = [];
    table.scan((cluster, value) => {
      if (value === BAD_CLUSTER) this.#seen.set(cluster);
      if (this.#seen.has(cluster)) return;
      free += 1;
      if (value !== 0) lost.push(cluster);
    });
    for (const cluster of lost) table.fill(cluster, 1, 0, 3);
    if (free > geometry.clusterCount) throw new FileSystemError('EUCLEAN');
    allocator.adoptBitmap(this.#seen, free);
  }

  #claimDirectory(first: number): readonly number[] {
    const { clusterBytes } = this.#volume.geometry;
    const limit = Math.max(1, (MAXIMUM_DIRECTORY_SLOTS * ENTRY_BYTES) / clusterBytes);
    const clusters: number[] = [];
    this.#follow(first, limit, (cluster) => clusters.push(cluster));
    return clusters;
  }

  /**
   * Claims up to `limit` clusters of a chain. A chain that goes on after that is cut there.
   *
   * @throws FileSystemError `EUCLEAN` where it leads into another chain or nowhere, or is shorter
   * than `minimum`.
   */
  #follow(first: number, limit: number, onCluster?: (cluster: number) => void, minimum = 1): void {
    const { table } = this.#volume;
    let cluster = first;
    for (let count = 1; ; count += 1) {
      if (!table.isCluster(cluster) || this.#seen.has(cluster))
        throw new FileSystemError('EUCLEAN');
      this.#seen.set(cluster);
      onCluster?.(cluster);
      const next = table.get(cluster);
      if (next >= END_OF_CHAIN_MINIMUM && count >= minimum) return;
      if (count === limit) {
        this.#ends.push(cluster);
        return;
      }
      cluster = next;
    }
  }

  #healDirectory(visit: Visit, clusters: readonly number[]): void {
    const { geometry, device } = this.#volume;
    const { clusterBytes } = geometry;
    const slots = Buffer.alloc(clusters.length * clusterBytes);
    clusters.forEach((cluster, index) => {
      const piece = slots.subarray(index * clusterBytes, (index + 1) * clusterBytes);
      device.readInto(clusterOffset(geometry, cluster), piece);
    });
    const changed = new Set<number>();
    visitSlots(slots, 0, {
      onEntry: (entry) => {
        const short = slots.subarray(entry.shortSlot * ENTRY_BYTES).subarray(0, ENTRY_BYTES);
        const verdict = this.#healEntry(visit, short);
        if (verdict === 'gone') {
          for (let slot = entry.firstSlot; slot <= entry.shortSlot; slot += 1) {
            slots[slot * ENTRY_BYTES] = FREE_MARK;
            changed.add(slot);
          }
        } else if (verdict === 'changed') {
          changed.add(entry.shortSlot);
        }
        return true;
      },
      onOther: (slot, kind) => {
        const at = slot * ENTRY_BYTES;
        if (kind === 'orphan') {
          slots[at] = FREE_MARK;
          changed.add(slot);
        } else if (kind === 'dot' && slot === 1 && !visit.isRoot) {
          const dotDot = slots.subarray(at, at + ENTRY_BYTES);
          if (readFirstCluster(dotDot) === visit.parentCluster) return;
          writeFirstCluster(dotDot, visit.parentCluster);
          changed.add(slot);
        }
      },
    });
    for (const slot of changed) {
      const position = slot * ENTRY_BYTES;
      const index = Math.floor(position / clusterBytes);
      const offset = clusterOffset(geometry, clusters[index] ?? 0) + (position % clusterBytes);
      const bytes = Buffer.from(slots.subarray(position, position + ENTRY_BYTES));
      this.#volume.write(offset, bytes, 2);
    }
  }

  #healEntry(visit: Visit, short: Buffer): 'kept' | 'changed' | 'gone' {
    const { clusterBytes } = this.#volume.geometry;
    const first = readFirstCluster(short);
    const isKnown = this.#volume.table.isCluster(first) && this.#seen.has(first);
    if (((short[ENTRY.attributes] ?? 0) & ATTRIBUTE.directory) !== 0) {
      if (isKnown || this.#queue.some((queued) => queued.first === first)) return 'gone';
      const parentCluster = visit.isRoot ? 0 : visit.first;
      this.#queue.push({ first, parentCluster, isRoot: false });
      return 'kept';
    }
    if (isKnown) return 'gone';
    const sizeBytes = short.readUInt32LE(ENTRY.sizeBytes);
    if (first === 0 && sizeBytes === 0) return 'kept';
    if (sizeBytes === 0) {
      writeFirstCluster(short, 0); // its clusters are lost ones now
      return 'changed';
    }
    const count = Math.ceil(sizeBytes / clusterBytes);
    this.#follow(first, count, undefined, count);
    return 'kept';
  }
}
