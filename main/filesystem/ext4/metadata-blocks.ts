import type { BlockDevice } from '../../block/block-device.ts';
import { InvariantError } from '../../bytes/invariant-error.ts';
import { damaged } from './ext4-damage.ts';

/** Which checksum a block gets before it is committed. */
export type SealKind = 'none' | 'extents' | 'leaf' | 'root' | 'index' | 'attributes';

/** One block of the filesystem's own structures, in memory. */
export type MetadataBlock = {
  readonly number: number;
  readonly bytes: Buffer;
  /** As what the content was checked, so that it is checked once; 0: not at all. */
  checkedAs: number;
  seal: SealKind;
  sealSeed: number;
  /** Changed by the running transaction. */
  isRunning: boolean;
  /** Committed to the journal and not yet at its own place. */
  isLogged: boolean;
  isTouched: boolean;
};

/** How a block was before the operation at hand. */
type Before = Readonly<{
  block: MetadataBlock;
  /** `undefined` where it was not in memory. */
  bytes: Buffer | undefined;
  wasRunning: boolean;
  checkedAs: number;
  seal: SealKind;
  sealSeed: number;
}>;

const MAXIMUM_SPARE_BUFFERS = 256;
/** No operation on a sound volume changes so many blocks. */
const MOST_CHANGED = 4096;

/** Returns a block that is not kept anywhere: for structures on their way to a new volume. */
export function looseBlock(number: number, bytes: Buffer): MetadataBlock {
  return {
    number,
    bytes,
    checkedAs: 0,
    seal: 'none',
    sealSeed: 0,
    isRunning: false,
    isLogged: false,
    isTouched: false,
  };
}

/**
 * The filesystem's own structures by block number, as they are now. Blocks are changed in operations
 * that happen as a whole or not at all; what operations have changed stays in memory until the
 * journal has it. Of the rest, what was not touched while a whole generation filled up is dropped.
 */
export class MetadataBlocks {
  /** Changed since the last commit. */
  readonly running = new Map<number, MetadataBlock>();
  /** Committed and not yet at their own places. */
  readonly logged = new Map<number, MetadataBlock>();
  /** Given back since the last commit: what the journal holds of them must not be replayed. */
  readonly revoked = new Set<number>();
  readonly #device: BlockDevice;
  readonly #blockBytes: number;
  readonly #first: number;
  readonly #end: number;
  readonly #generationBlocks: number;
  readonly #before: Before[] = [];
  readonly #released: number[] = [];
  readonly #spare: Buffer[] = [];
  #isOperating = false;
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
    const known = this.#find(number);
    if (known !== undefined) return known;
    this.assertInside(number, 1);
    const block = looseBlock(number, Buffer.alloc(this.#blockBytes));
    this.#device.readInto(number * this.#blockBytes, block.bytes);
    this.#keep(block);
    return block;
  }

  /** @throws FileSystemError `EUCLEAN` where a run of blocks does not lie inside the volume. */
  assertInside(number: number, count: number): void {
    if (!(number >= this.#first && count >= 0 && number + count <= this.#end)) {
      throw damaged(`block ${number} outside the volume`);
    }
  }

  begin(): void {
    if (this.#isOperating) throw new InvariantError('an operation inside another');
    this.#isOperating = true;
  }

  /** Must be called before a block is changed by the operation at hand. Returns the block. */
  change(block: MetadataBlock): MetadataBlock {
    if (!this.#isOperating) throw new InvariantError('a change outside an operation');
    if (block.isTouched) return block;
    const bytes = this.#spare.pop() ?? Buffer.allocUnsafe(this.#blockBytes);
    block.bytes.copy(bytes);
    this.#touch(block, bytes);
    return block;
  }

  /** Returns a block of zeros for a block of the volume that holds nothing yet. */
  create(number: number): MetadataBlock {
    this.assertInside(number, 1);
    const known = this.#find(number);
    if (known !== undefined) {
      this.change(known);
      known.bytes.fill(0);
      known.checkedAs = 0;
      known.seal = 'none';
      return known;
    }
    const block = looseBlock(number, Buffer.alloc(this.#blockBytes));
    this.#touch(block, undefined);
    return block;
  }

  /** Gives a block back: it is no longer one of the filesystem's structures. */
  release(number: number): void {
    this.#released.push(number);
  }

  /** Calls back with the blocks that the operation at hand is the first of its transaction to change. */
  eachNewlyRunning(call: (number: number) => void): void {
    for (const { block, wasRunning } of this.#before) if (!wasRunning) call(block.number);
  }

  /** Ends an operation: what it changed will be committed as one. */
  end(): void {
    for (const { block, bytes } of this.#before) {
      block.isTouched = false;
      if (bytes !== undefined && this.#spare.length < MAXIMUM_SPARE_BUFFERS)
        this.#spare.push(bytes);
    }
    for (const number of this.#released) {
      this.#forget(number);
      this.revoked.add(number);
    }
    this.#reset();
  }

  /** Undoes an operation. */
  rollBack(): void {
    for (const before of this.#before.reverse()) {
      const { block } = before;
      block.isTouched = false;
      if (before.bytes === undefined) {
        this.#forget(block.number);
        continue;
      }
      block.bytes.set(before.bytes);
      block.checkedAs = before.checkedAs;
      block.seal = before.seal;
      block.sealSeed = before.sealSeed;
      if (!before.wasRunning) {
        block.isRunning = false;
        this.running.delete(block.number);
        if (!block.isLogged) this.#keep(block);
      }
    }
    this.#reset();
  }

  /** Tells that the journal has what was changed. */
  markCommitted(): void {
    for (const block of this.running.values()) {
      block.isRunning = false;
      block.isLogged = true;
      this.logged.set(block.number, block);
    }
    this.running.clear();
    this.revoked.clear();
  }

  /** Tells that everything committed is at its own place. */
  markStored(): void {
    for (const block of this.logged.values()) {
      block.isLogged = false;
      if (!block.isRunning) this.#keep(block);
    }
    this.logged.clear();
  }

  /** Wipes what is in memory. */
  [Symbol.dispose](): void {
    const maps = [this.#young, this.#old, this.running, this.logged];
    for (const map of maps) {
      for (const block of map.values()) block.bytes.fill(0);
      map.clear();
    }
    for (const bytes of this.#spare) bytes.fill(0);
  }

  #find(number: number): MetadataBlock | undefined {
    const found = this.#young.get(number) ?? this.running.get(number) ?? this.logged.get(number);
    if (found !== undefined) return found;
    const old = this.#old.get(number);
    if (old !== undefined) this.#keep(old);
    return old;
  }

  #touch(block: MetadataBlock, bytes: Buffer | undefined): void {
    if (this.#before.length >= MOST_CHANGED) throw damaged('structures without an end');
    const { isRunning, checkedAs, seal, sealSeed } = block;
    this.#before.push({ block, bytes, wasRunning: isRunning, checkedAs, seal, sealSeed });
    block.isTouched = true;
    if (isRunning) return;
    block.isRunning = true;
    this.running.set(block.number, block);
  }

  #forget(number: number): void {
    this.running.delete(number);
    this.logged.delete(number);
    this.#young.delete(number);
    this.#old.delete(number);
  }

  #reset(): void {
    this.#before.length = 0;
    this.#released.length = 0;
    this.#isOperating = false;
  }

  #keep(block: MetadataBlock): void {
    if (this.#young.size >= this.#generationBlocks) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(block.number, block);
  }
}
