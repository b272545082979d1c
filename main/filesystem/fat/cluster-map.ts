/**
 * The clusters of one chain as extents, so that position to cluster is a binary search and a
 * chain is walked once. Three parallel arrays: first index in the chain, first cluster, length.
 */
export class ClusterMap {
  readonly #firstIndexes: number[] = [];
  readonly #clusters: number[] = [];
  readonly #lengths: number[] = [];
  #count = 0;
  #lastRun = 0;

  /** Clusters in the chain. */
  get count(): number {
    return this.#count;
  }

  get runCount(): number {
    return this.#lengths.length;
  }

  /** The first cluster, or 0 where the chain is empty. */
  get first(): number {
    return this.#clusters[0] ?? 0;
  }

  /** The last cluster, or 0 where the chain is empty. */
  get last(): number {
    const run = this.#lengths.length - 1;
    return run < 0 ? 0 : (this.#clusters[run] ?? 0) + (this.#lengths[run] ?? 0) - 1;
  }

  append(cluster: number, length: number): void {
    const run = this.#lengths.length - 1;
    if (this.#count > 0 && cluster === this.last + 1) {
      this.#lengths[run] = (this.#lengths[run] ?? 0) + length;
    } else {
      this.#firstIndexes.push(this.#count);
      this.#clusters.push(cluster);
      this.#lengths.push(length);
    }
    this.#count += length;
  }

  /** Returns the cluster at an index of the chain; the index is below `count`. */
  clusterAt(index: number): number {
    const run = this.#runOf(index);
    return (this.#clusters[run] ?? 0) + index - (this.#firstIndexes[run] ?? 0);
  }

  /** Returns how many clusters from `index` on lie one after the other on the volume. */
  contiguousFrom(index: number): number {
    const run = this.#runOf(index);
    return (this.#firstIndexes[run] ?? 0) + (this.#lengths[run] ?? 0) - index;
  }

  /** Cuts the chain to `count` clusters and hands each extent that is cut off to `onCut`. */
  truncate(count: number, onCut: (cluster: number, length: number) => void): void {
    while (this.#count > count) {
      const run = this.#lengths.length - 1;
      const start = this.#firstIndexes[run] ?? 0;
      const cluster = this.#clusters[run] ?? 0;
      const length = this.#lengths[run] ?? 0;
      const keep = Math.max(0, count - start);
      onCut(cluster + keep, length - keep);
      this.#count = start + keep;
      if (keep > 0) {
        this.#lengths[run] = keep;
      } else {
        this.#firstIndexes.pop();
        this.#clusters.pop();
        this.#lengths.pop();
      }
    }
    this.#lastRun = 0;
  }

  #runOf(index: number): number {
    const last = this.#lastRun;
    const start = this.#firstIndexes[last] ?? 0;
    if (index >= start && index < start + (this.#lengths[last] ?? 0)) return last;
    let low = 0;
    let high = this.#lengths.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#firstIndexes[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    this.#lastRun = low;
    return low;
  }
}
