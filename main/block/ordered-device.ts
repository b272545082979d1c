import type { BlockDevice } from './block-device.ts';

/**
 * The order in which dirty data reaches the storage. A write of a higher rank never reaches it
 * before all writes of lower ranks that were made until then, and {@link BlockDevice.flush} puts a
 * real barrier between ranks, so that a cut leaves what a filesystem's recovery expects.
 *
 * 0: file contents and freshly initialised blocks; 1: allocation (who owns a block);
 * 2: names and sizes (directory entries); 3: what may only follow names (freed blocks).
 */
export type WriteRank = 0 | 1 | 2 | 3;

/** A write-back device that keeps the order of ranks. Rank 0 is what `writeFrom` uses. */
export interface OrderedDevice extends BlockDevice {
  writeOrdered(offsetBytes: number, source: Uint8Array, rank: WriteRank): void;
  /** Bytes written but not yet handed to the storage. */
  readonly dirtyBytes: number;
}
