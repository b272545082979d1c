import { isSet, setRun } from './bitmap-search.ts';
import { firstBlockOfGroup } from './group-places.ts';
import type { Ext4Geometry } from './superblock.ts';

/** Which blocks of a volume somebody has, in the form of its bitmaps: a bit a cluster. */
export class BlockOwners {
  readonly #geometry: Ext4Geometry;
  readonly #groups = new Map<number, Uint8Array>();
  #taken = 0;

  constructor(geometry: Ext4Geometry) {
    this.#geometry = geometry;
  }

  /** Set once more was claimed twice than there are blocks: who has what is not worth knowing then. */
  get isHopeless(): boolean {
    return this.#taken > this.#geometry.blockCount;
  }

  /** Borrowed. */
  bitmap(group: number): Uint8Array {
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const made = new Uint8Array(this.#geometry.blockBytes);
    this.#groups.set(group, made);
    return made;
  }

  /**
   * Gives blocks to somebody.
   *
   * @returns How many of them had an owner before; those of a shared cluster are not counted.
   */
  claim(start: number, count: number): number {
    const { blocksPerGroup, clusterBlocks, firstDataBlock } = this.#geometry;
    let taken = 0;
    const end = start + count;
    for (let at = Math.max(start, firstDataBlock); at < end; ) {
      const group = Math.floor((at - firstDataBlock) / blocksPerGroup);
      const within = at - firstBlockOfGroup(this.#geometry, group);
      const part = Math.min(end - at, blocksPerGroup - within);
      const bitmap = this.bitmap(group);
      const from = Math.floor(within / clusterBlocks);
      const to = Math.floor((within + part - 1) / clusterBlocks) + 1;
      if (clusterBlocks === 1) {
        for (let bit = from; bit < to; bit += 1) if (isSet(bitmap, bit)) taken += 1;
      }
      setRun(bitmap, from, to - from);
      at += part;
    }
    this.#taken += taken;
    return taken;
  }
}
