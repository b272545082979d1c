import { FormatError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { BAD_CLUSTER, ENTRY_MASK, FIRST_CLUSTER } from './fat-layout.ts';
import type { GrowLayout } from './grow-layout.ts';

const ENTRY_BYTES = 4;

/** A cluster that has to move, by its number before and after growing. */
export type MovedCluster = Readonly<{ from: number; to: number }>;

/**
 * What becomes of each cluster number when a volume grows. Holds the old table in memory: four bytes
 * a cluster.
 */
export class GrowMap {
  readonly #layout: GrowLayout;
  readonly #table: Uint32Array;
  /** New numbers of the clusters in the way, by their old number; 0 where nothing is there. */
  readonly #movedTo: Uint32Array;
  #movedCount = 0;

  /** @param device - Borrowed: the table is read at once. */
  constructor(device: BlockDevice, layout: GrowLayout) {
    this.#layout = layout;
    const { old } = layout;
    const bytes = new Uint8Array((old.clusterCount + FIRST_CLUSTER) * ENTRY_BYTES);
    device.readInto(old.fatOffsetBytes, bytes);
    this.#table = new Uint32Array(bytes.buffer);
    const inTheWay = Math.min(layout.shiftClusters, old.clusterCount);
    this.#movedTo = new Uint32Array(inTheWay + FIRST_CLUSTER);
    for (let cluster = FIRST_CLUSTER; cluster < inTheWay + FIRST_CLUSTER; cluster += 1) {
      const value = (this.#table[cluster] ?? 0) & ENTRY_MASK;
      if (value === 0 || value === BAD_CLUSTER) continue;
      this.#movedTo[cluster] = layout.firstNewCluster + this.#movedCount;
      this.#movedCount += 1;
    }
  }

  /** Clusters whose content moves, in order. */
  *moved(): Generator<MovedCluster> {
    for (const [from, to] of this.#movedTo.entries()) if (to !== 0) yield { from, to };
  }

  get movedCount(): number {
    return this.#movedCount;
  }

  /** Returns the old table's entry for an old number, its upper four bits off. */
  next(cluster: number): number {
    this.#assertCluster(cluster);
    return (this.#table[cluster] ?? 0) & ENTRY_MASK;
  }

  /**
   * Returns the new number of a cluster that is in use.
   *
   * @throws FormatError `filesystem-damaged` where the number names no cluster in use.
   */
  map(cluster: number): number {
    this.#assertCluster(cluster);
    if (cluster >= this.#layout.shiftClusters + FIRST_CLUSTER)
      return cluster - this.#layout.shiftClusters;
    const to = this.#movedTo[cluster] ?? 0;
    if (to === 0) throw damaged('chain', cluster);
    return to;
  }

  /** Fills in the entries of the grown table from `firstCluster` on; what is new is free. */
  fillTable(firstCluster: number, target: Uint32Array): void {
    const { shiftClusters, old } = this.#layout;
    target.fill(0);
    for (let index = 0; index < target.length; index += 1) {
      const cluster = firstCluster + index;
      if (cluster < FIRST_CLUSTER) {
        target[index] = this.#table[cluster] ?? 0;
        continue;
      }
      const before = cluster + shiftClusters;
      if (before < old.clusterCount + FIRST_CLUSTER) target[index] = this.#mapped(before);
    }
    this.#fillMoved(firstCluster, target);
  }

  #fillMoved(firstCluster: number, target: Uint32Array): void {
    const firstMoved = this.#layout.firstNewCluster;
    const endOfTarget = firstCluster + target.length;
    if (endOfTarget <= firstMoved || firstCluster >= firstMoved + this.#movedCount) return;
    for (const { from, to } of this.moved()) {
      if (to >= firstCluster && to < endOfTarget) target[to - firstCluster] = this.#mapped(from);
    }
  }

  /** The entry of an old cluster with the number in it mapped; its upper four bits stay. */
  #mapped(before: number): number {
    const raw = this.#table[before] ?? 0;
    const value = raw & ENTRY_MASK;
    if (value < FIRST_CLUSTER || value >= BAD_CLUSTER) return raw;
    return ((raw & ~ENTRY_MASK) | this.map(value)) >>> 0;
  }

  #assertCluster(cluster: number): void {
    const isInside =
      cluster >= FIRST_CLUSTER && cluster < this.#layout.old.clusterCount + FIRST_CLUSTER;
    if (!isInside) throw damaged('cluster', cluster);
  }
}

function damaged(field: string, cluster: number): FormatError {
  return new FormatError('filesystem-damaged', { field, cluster });
}
