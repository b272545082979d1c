import { InvariantError } from '../../bytes/invariant-error.ts';

/** One bit per cluster of a volume, set where the cluster is taken. Index 0 is cluster 0. */
export class ClusterBitmap {
  readonly #words: Uint32Array;
  readonly #end: number;

  /** @param end - One more than the highest cluster number. */
  constructor(end: number) {
    this.#words = new Uint32Array(Math.ceil(end / 32));
    this.#end = end;
  }

  has(cluster: number): boolean {
    return (((this.#words[cluster >>> 5] ?? 0) >>> (cluster & 31)) & 1) !== 0;
  }

  set(cluster: number): void {
    this.#words[cluster >>> 5] = (this.#words[cluster >>> 5] ?? 0) | (1 << (cluster & 31));
  }

  clear(cluster: number): void {
    this.#words[cluster >>> 5] = (this.#words[cluster >>> 5] ?? 0) & ~(1 << (cluster & 31));
  }

  /** Returns the first clear bit in `from` to the end, or -1. */
  findClear(from: number): number {
    let cluster = from;
    while (cluster < this.#end) {
      if ((cluster & 31) === 0 && this.#words[cluster >>> 5] === 0xffffffff) {
        cluster += 32;
        continue;
      }
      if (!this.has(cluster)) return cluster;
      cluster += 1;
    }
    return -1;
  }

  /** Returns how many bits from `cluster` on are clear, at most `limit`. */
  clearRun(cluster: number, limit: number): number {
    const end = Math.min(this.#end, cluster + limit);
    let at = cluster;
    while (at < end && !this.has(at)) at += 1;
    return at - cluster;
  }

  setRun(cluster: number, length: number): void {
    if (cluster + length > this.#end) throw new InvariantError('cluster outside the volume');
    for (let at = cluster; at < cluster + length; at += 1) this.set(at);
  }
}
