import type { BlockDevice } from '../../block/block-device.ts';
import { damaged } from './ext4-damage.ts';

/** One block of the filesystem's own structures, in memory. */
export type MetadataBlock = {
  readonly number: number;
  readonly bytes: Buffer;
  /** As what the content was checked, so that it is checked once; 0: not at all. */
  checkedAs: number;
};

/**
 * The filesystem's own structures by block number, as they are now. Two generations stand for the
 * order of use: what was not touched while a whole generation filled up is dropped.
 */
export class MetadataBlocks {
  readonly #device: BlockDevice;
  readonly #blockBytes: number;
  readonly #first: number;
  readonly #end: number;
  readonly #generationBlocks: number;
  #young = new Map<number, MetadataBlock>();
  #old = new Map<number, MetadataBlock>();

  /**
   * @param device - Borrowed.
   * @param range - Blocks of the volume: `first` up to `end - 1`.
   */
  constructor(
    device: BlockDevice,
    blockBytes: number,
    range: Readonly<{ first: number; end: number }>,
    capacityBytes: number,
  ) {
    this.#device = device;
    this.#blockBytes = blockBytes;
    this.#first = range.first;
    this.#end = range.end;
    this.#generationBlocks = Math.max(16, Math.floor(capacityBytes / blockBytes / 2));
  }

  /**
   * Returns a block; borrowed, and not to be kept over operations.
   *
   * @throws FileSystemError `EUCLEAN` where the number lies outside the volume.
   * @throws DeviceError where it cannot be read.
   */
  read(number: number): MetadataBlock {
    const young = this.#young.get(number);
    if (young !== undefined) return young;
    const old = this.#old.get(number);
    if (old !== undefined) {
      this.#keep(old);
      return old;
    }
    this.assertInside(number, 1);
    const bytes = Buffer.alloc(this.#blockBytes);
    this.#device.readInto(number * this.#blockBytes, bytes);
    const block: MetadataBlock = { number, bytes, checkedAs: 0 };
    this.#keep(block);
    return block;
  }

  /** @throws FileSystemError `EUCLEAN` where a run of blocks does not lie inside the volume. */
  assertInside(number: number, count: number): void {
    if (!(number >= this.#first && count >= 0 && number + count <= this.#end)) {
      throw damaged(`block ${number} outside the volume`);
    }
  }

  /** Wipes what is in memory. */
  [Symbol.dispose](): void {
    for (const block of [...this.#young.values(), ...this.#old.values()]) block.bytes.fill(0);
    this.#young.clear();
    this.#old.clear();
  }

  #keep(block: MetadataBlock): void {
    if (this.#young.size >= this.#generationBlocks) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(block.number, block);
  }
}
