import type { BlockDevice } from '../../block/block-device.ts';
import type { Timestamp } from '../file-system.ts';
import { BlockAllocator } from './block-allocator.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { ExtentEditor } from './extent-editor.ts';
import { GroupBitmaps } from './group-bitmaps.ts';
import type { Inode } from './inode.ts';
import { InodeAllocator } from './inode-allocator.ts';
import type { JournalWriter } from './journal-writer.ts';
import { Transactions } from './transaction.ts';

/** What is needed to change a volume. */
export class VolumeWriter {
  readonly volume: Ext4Volume;
  readonly device: BlockDevice;
  readonly space: BlockAllocator;
  readonly inodes: InodeAllocator;
  readonly extents: ExtentEditor;
  readonly transactions: Transactions;

  /** @param volume - Replayed, and no longer needing it. */
  constructor(volume: Ext4Volume, journal: JournalWriter, discardsFreed: boolean) {
    const { device, geometry, blocks, groups } = volume;
    this.volume = volume;
    this.device = device;
    const bitmaps = new GroupBitmaps(geometry, blocks, groups);
    this.space = new BlockAllocator(geometry, groups, bitmaps);
    const parts = { blocks, groups, bitmaps, space: this.space };
    this.inodes = new InodeAllocator(geometry, parts);
    this.extents = new ExtentEditor(geometry, blocks, volume.extents, this.space);
    this.transactions = new Transactions({
      device,
      geometry,
      blocks,
      bitmaps,
      space: this.space,
      inodes: this.inodes,
      journal,
      discardsFreed,
    });
  }

  /** Returns an inode for the operation at hand to change; `seal` it at the end. */
  edit(number: number): Inode {
    const inode = this.volume.inodes.get(number);
    this.volume.blocks.change(inode.block);
    return inode;
  }

  /** Marks an inode as changed now and brings its checksum up to date. */
  touch(inode: Inode, alsoModified: 'modified' | 'attributes'): void {
    const time = now();
    inode.setTime('changed', time);
    if (alsoModified === 'modified') inode.setTime('modified', time);
    inode.seal();
  }
}

/** The present, as exact as the clock is. */
export function now(): Timestamp {
  const milliseconds = performance.timeOrigin + performance.now();
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanoseconds: Math.floor((milliseconds - seconds * 1000) * 1e6) % 1e9 };
}
