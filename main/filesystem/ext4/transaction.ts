import { DeviceError } from '../../../shared/errors/vault-error.ts';
import type { BlockDevice } from '../../block/block-device.ts';
import { FileSystemError } from '../file-system-error.ts';
import type { BlockAllocator } from './block-allocator.ts';
import { indexChecksum, sealLeaf } from './directory-blocks.ts';
import {
  ATTRIBUTE_BLOCK,
  INDEX_ENTRY,
  INDEX_NODE,
  INDEX_ROOT,
  SUPER,
  SUPER_BYTES,
  SUPER_OFFSET_BYTES,
} from './ext4-layout.ts';
import { attributeChecksum } from './extended-attributes.ts';
import { sealNode } from './extent-node.ts';
import type { GroupBitmaps } from './group-bitmaps.ts';
import { superblockBlock } from './group-places.ts';
import type { InodeAllocator } from './inode-allocator.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { MetadataBlock, MetadataBlocks } from './metadata-blocks.ts';
import { type Ext4Geometry, resealSuperblock } from './superblock.ts';

const HIGH = 2 ** 32;
/** More than any one operation changes. */
const OPERATION_BLOCKS = 128;
const INDEX_CHECKSUM_AT = 4;

export type TransactionParts = Readonly<{
  device: BlockDevice;
  geometry: Ext4Geometry;
  blocks: MetadataBlocks;
  bitmaps: GroupBitmaps;
  space: BlockAllocator;
  inodes: InodeAllocator;
  journal: JournalWriter;
  /** Tells the device which blocks hold nothing any more. */
  discardsFreed: boolean;
}>;

/**
 * Operations on a volume and their way to stable storage: each happens as a whole or not at all, in
 * memory and after a cut. Operations are gathered into transactions, which go to the journal before
 * anything of them goes to its own place, and after the contents of files that they name.
 *
 * A write or a flush that fails ends all writing: what is on the storage is what was committed.
 */
export class Transactions {
  readonly #parts: TransactionParts;
  #hasFailed = false;
  /** An operation failed because the host has no space for it in the journal. */
  #isLogShort = false;
  /** An operation would have made the transaction too large for the log. */
  #isTooLarge = false;
  #isFrozen = false;
  /** File contents were written that no flush has followed. */
  #hasContents = false;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
  }

  /** Set once something failed or was found damaged: nothing is changed any more. */
  get isReadOnly(): boolean {
    return this.#hasFailed || this.#isFrozen;
  }

  /** @throws DeviceError `io-error` once a write or a flush has failed. */
  assertStored(): void {
    if (this.#hasFailed) throw new DeviceError('io-error', { operation: 'journal' });
  }

  noteContents(): void {
    this.#hasContents = true;
  }

  /**
   * Runs an operation. Where it throws, nothing has changed; where space is short that a commit
   * would make ready, it is tried again after one.
   *
   * @throws FileSystemError `EROFS` once the volume is read-only, and what `run` throws.
   */
  operate<T>(run: () => T): T {
    if (this.isReadOnly) throw new FileSystemError('EROFS');
    const { blocks, journal, space } = this.#parts;
    const most = Math.max(OPERATION_BLOCKS, journal.transactionBlocks - OPERATION_BLOCKS);
    if (blocks.running.size + blocks.revoked.size >= most / 2) this.commit();
    try {
      return this.#attempt(run);
    } catch (error) {
      if (this.#isLogShort) {
        // The host has no space for more of the journal: what it holds may go to its places.
        this.#isLogShort = false;
        if (blocks.running.size === 0 && journal.isEmpty) throw error;
        this.commit();
        this.#guard(() => this.#store());
        return this.#attempt(run);
      }
      const isFull = error instanceof FileSystemError && error.errno === 'ENOSPC';
      if (!isFull || !(space.hasHeld || this.#isTooLarge)) throw error;
      this.#isTooLarge = false;
    }
    this.commit();
    return this.#attempt(run);
  }

  /**
   * Brings everything to stable storage.
   *
   * @throws DeviceError where it failed, now or before.
   */
  commit(): void {
    this.assertStored();
    const { blocks, device, journal } = this.#parts;
    this.#guard(() => {
      if (blocks.running.size === 0 && blocks.revoked.size === 0) {
        if (this.#hasContents) device.flush();
      } else {
        this.#writeTransaction();
        if (journal.isHalfFull) this.#store();
      }
      this.#hasContents = false;
    });
  }

  /** Brings everything to its own place and leaves the journal empty. @throws DeviceError */
  close(finish: (superblock: Buffer) => void): void {
    this.commit();
    this.#guard(() => {
      this.#store();
      this.#parts.journal.close();
      const { device } = this.#parts;
      const superblock = Buffer.alloc(SUPER_BYTES);
      device.readInto(SUPER_OFFSET_BYTES, superblock);
      finish(superblock);
      resealSuperblock(superblock);
      device.writeFrom(SUPER_OFFSET_BYTES, superblock);
      device.flush();
    });
  }

  #attempt<T>(run: () => T): T {
    const { blocks, space, inodes } = this.#parts;
    blocks.begin();
    try {
      const result = run();
      this.#assertFits();
      this.#reserve();
      blocks.end();
      space.endOperation();
      inodes.endOperation();
      return result;
    } catch (error) {
      blocks.rollBack();
      space.rollBack();
      inodes.rollBack();
      const errno = error instanceof FileSystemError ? error.errno : undefined;
      if (errno === 'EUCLEAN' || errno === 'EBADMSG') this.#isFrozen = true;
      // Contents that could not be written may have destroyed what was there before.
      if (error instanceof DeviceError && error.code !== 'no-space' && isOfWriting(error)) {
        this.#hasFailed = true;
      }
      throw error;
    }
  }

  /** A transaction must fit into half of the log. @throws FileSystemError `ENOSPC` */
  #assertFits(): void {
    const { blocks, journal } = this.#parts;
    this.#isTooLarge = blocks.running.size + blocks.revoked.size > journal.transactionBlocks;
    if (!this.#isTooLarge) return;
    throw new FileSystemError('ENOSPC');
  }

  /** Makes sure that a commit cannot fail for want of space on the host. @throws DeviceError `no-space` */
  #reserve(): void {
    const { blocks, device, geometry, journal } = this.#parts;
    if (device.reserve === undefined) return;
    blocks.eachNewlyRunning((number) =>
      device.reserve?.(number * geometry.blockBytes, geometry.blockBytes),
    );
    try {
      journal.reserve(blocks.running.size, blocks.revoked.size);
    } catch (error) {
      this.#isLogShort = isStorageFull(error);
      throw error;
    }
  }

  #writeTransaction(): void {
    const { blocks, space, bitmaps, journal } = this.#parts;
    blocks.begin();
    bitmaps.seal();
    this.#putCounts();
    blocks.end();
    const running = [...blocks.running.values()];
    for (const block of running) this.#seal(block);
    journal.commit(running, [...blocks.revoked], new Date());
    blocks.markCommitted();
    const freed = space.markCommitted();
    if (!this.#parts.discardsFreed) return;
    const { device, geometry } = this.#parts;
    for (const { start, count } of freed) {
      device.discard(start * geometry.blockBytes, count * geometry.blockBytes);
    }
  }

  /** Writes what was committed to its own place and empties the journal. */
  #store(): void {
    const { blocks, device, geometry, journal } = this.#parts;
    if (journal.isEmpty) return;
    const sorted = [...blocks.logged.values()].sort((one, other) => one.number - other.number);
    for (const { number, bytes } of sorted) {
      device.writeFrom(number * geometry.blockBytes, Buffer.from(bytes));
    }
    device.flush();
    blocks.markStored();
    journal.empty();
  }

  #putCounts(): void {
    const { blocks, geometry, space, inodes } = this.#parts;
    const { bytes } = blocks.change(blocks.read(superblockBlock(geometry)));
    const at = SUPER_OFFSET_BYTES % geometry.blockBytes;
    bytes.writeUInt32LE(space.freeBlocks % HIGH, at + SUPER.freeBlocksLow);
    if (geometry.descriptorBytes >= 64) {
      bytes.writeUInt32LE(Math.floor(space.freeBlocks / HIGH), at + SUPER.freeBlocksHigh);
    }
    bytes.writeUInt32LE(inodes.freeInodes, at + SUPER.freeInodes);
    bytes.writeUInt32LE(Math.floor(Date.now() / 1000) % HIGH, at + SUPER.writeTime);
    resealSuperblock(bytes.subarray(at, at + SUPER_BYTES));
  }

  #seal(block: MetadataBlock): void {
    const { geometry } = this.#parts;
    const { bytes, seal, sealSeed } = block;
    if (!geometry.hasChecksums || seal === 'none') return;
    if (seal === 'extents') sealNode({ bytes, at: 0 }, sealSeed);
    else if (seal === 'leaf') sealLeaf(sealSeed, bytes);
    else if (seal === 'attributes') {
      const checksum = attributeChecksum(geometry.checksumSeed, block.number, bytes);
      bytes.writeUInt32LE(checksum, ATTRIBUTE_BLOCK.checksum);
    } else sealIndex(sealSeed, bytes, seal === 'root' ? INDEX_ROOT.entries : INDEX_NODE.entries);
  }

  /** Runs a step after whose failure nothing may be written any more. */
  #guard(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }
}

function isStorageFull(error: unknown): boolean {
  return error instanceof DeviceError && error.code === 'no-space';
}

function isOfWriting({ data }: DeviceError): boolean {
  return data['operation'] === 'write' || data['operation'] === 'flush';
}

function sealIndex(seed: number, bytes: Buffer, entriesAt: number): void {
  const limit = bytes.readUInt16LE(entriesAt + INDEX_ENTRY.limit);
  const at = entriesAt + limit * INDEX_ENTRY.bytes + INDEX_CHECKSUM_AT;
  bytes.writeUInt32LE(indexChecksum(seed, bytes, entriesAt), at);
}
