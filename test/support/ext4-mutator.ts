import { MemoryDevice } from '../../main/block/memory-device.ts';
import { indexChecksum, sealLeaf } from '../../main/filesystem/ext4/directory-blocks.ts';
import {
  ATTRIBUTE_BLOCK,
  EXTENT_ENTRY_BYTES,
  EXTENT_HEADER,
  EXTENT_MAGIC,
  GROUP,
  INDEX_ENTRY,
  INDEX_NODE,
  INDEX_ROOT,
  INODE,
  INODES,
  SUPER,
  SUPER_BYTES,
  SUPER_OFFSET_BYTES,
} from '../../main/filesystem/ext4/ext4-layout.ts';
import { Ext4Volume } from '../../main/filesystem/ext4/ext4-volume.ts';
import { attributeChecksum } from '../../main/filesystem/ext4/extended-attributes.ts';
import { sealNode } from '../../main/filesystem/ext4/extent-node.ts';
import { descriptorChecksum } from '../../main/filesystem/ext4/group-table.ts';
import type { Inode } from '../../main/filesystem/ext4/inode.ts';
import { tailChecksum } from '../../main/filesystem/ext4/journal-blocks.ts';
import { JournalPlace } from '../../main/filesystem/ext4/journal-place.ts';
import {
  JOURNAL_BLOCK_TYPES,
  JOURNAL_MAGIC,
  parseJournalSuperblock,
  sealJournalSuperblock,
} from '../../main/filesystem/ext4/journal-superblock.ts';
import { newRun } from '../../main/filesystem/ext4/mapped-run.ts';
import { readSuperblock, sealSuperblock } from '../../main/filesystem/ext4/superblock.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Kinds of structures that {@link mutateExt4} changes. */
export const MUTATIONS = [
  'superblock',
  'descriptor',
  'inode',
  'extents',
  'directory',
  'index',
  'cycle',
  'attributes',
  'journal',
] as const;
export type Mutation = (typeof MUTATIONS)[number];

const NAMES = ['/', 'a/b', '..', '.', '../..', '\0', 'x\0y', '/etc/passwd'];
const TAIL_BYTES = 4;

/**
 * Changes a structure of a volume in bad faith: its checksum is right afterwards, so that nothing
 * but a look at the content finds it.
 */
export function mutateExt4(bytes: Buffer, kind: Mutation, random: SeededRandom): void {
  const device = new MemoryDevice(bytes);
  const volume = new Ext4Volume(device, readSuperblock(device));
  new Mutator(volume, bytes, random).run(kind);
}

class Mutator {
  readonly #volume: Ext4Volume;
  readonly #bytes: Buffer;
  readonly #random: SeededRandom;

  constructor(volume: Ext4Volume, bytes: Buffer, random: SeededRandom) {
    this.#volume = volume;
    this.#bytes = bytes;
    this.#random = random;
  }

  run(kind: Mutation): void {
    const steps: Record<Mutation, () => void> = {
      superblock: () => this.#superblock(),
      descriptor: () => this.#descriptor(),
      inode: () => this.#inode(),
      extents: () => this.#extents(),
      directory: () => this.#directory((block, at) => this.#entry(block, at)),
      index: () => this.#index(),
      cycle: () => this.#directory((block, at) => block.writeUInt32LE(this.#anyDirectory(), at)),
      attributes: () => this.#attributes(),
      journal: () => this.#journal(),
    };
    steps[kind]();
  }

  #superblock(): void {
    const block = this.#bytes.subarray(SUPER_OFFSET_BYTES, SUPER_OFFSET_BYTES + SUPER_BYTES);
    this.#spoil(block, this.#one(Object.values(SUPER)));
    sealSuperblock(block);
  }

  #descriptor(): void {
    const { geometry, groups } = this.#volume;
    const group = this.#random.below(geometry.groupCount);
    const descriptor = groups.read(group);
    this.#spoil(descriptor.block.bytes, descriptor.at + this.#one(Object.values(GROUP)));
    const checksum = descriptorChecksum(geometry, group, descriptor) ?? 0;
    descriptor.block.bytes.writeUInt16LE(checksum, descriptor.at + GROUP.checksum);
    this.#store(descriptor.block.number, descriptor.block.bytes);
  }

  #inode(): void {
    const inode = this.#anyInode(() => true);
    const { bytes } = inode.block;
    for (let change = 0; change <= this.#random.below(2); change += 1) {
      const inContent = this.#random.below(2) === 0;
      const field = inContent
        ? INODE.content + 2 * this.#random.below(30)
        : this.#one(Object.values(INODE));
      this.#spoil(bytes, inode.at + field);
    }
    this.#storeInode(inode);
  }

  /** A block of a file's extents; in the inode where there is none. */
  #extents(): void {
    const inode = this.#anyInode(
      (one) => one.hasFlag('extents') && one.content.readUInt16LE(6) > 0,
    );
    const child = inode.content.readUInt32LE(16);
    const isBlock = child > 0 && child < this.#volume.geometry.blockCount;
    const block = isBlock ? this.#volume.blocks.read(child).bytes : undefined;
    if (block === undefined || block.readUInt16LE(0) !== EXTENT_MAGIC) {
      this.#inode();
      return;
    }
    const entries = block.readUInt16LE(2);
    this.#spoil(block, 2 * this.#random.below(6 * Math.min(entries + 2, 60)));
    // One that says that it has more entries than its block has no place for a checksum.
    const sealEnd = (block.readUInt16LE(EXTENT_HEADER.maximum) + 1) * EXTENT_ENTRY_BYTES;
    if (sealEnd + 4 <= block.length) sealNode({ bytes: block, at: 0 }, inode.checksumSeed);
    this.#store(child, block);
  }

  #directory(change: (block: Buffer, at: number) => void): void {
    const directory = this.#anyInode((one) => one.kind === 'directory');
    const run = newRun();
    const { blockBytes } = this.#volume.geometry;
    const count = Math.max(1, Math.floor(directory.sizeBytes / blockBytes));
    this.#volume.find(directory, this.#random.below(count), run);
    const block = this.#volume.blocks.read(run.physical).bytes;
    const starts: number[] = [];
    for (let at = 0; at + 12 < blockBytes; ) {
      starts.push(at);
      const length = block.readUInt16LE(at + 4);
      if (length < 12) break;
      at += length;
    }
    change(block, this.#one(starts));
    sealLeaf(directory.checksumSeed, block);
    this.#store(run.physical, block);
  }

  /** A node of a directory's hash tree, the root or one below. */
  #index(): void {
    const directory = this.#anyInode((one) => one.kind === 'directory' && one.hasFlag('indexed'));
    const run = newRun();
    const { blockBytes } = this.#volume.geometry;
    const count = Math.max(1, Math.floor(directory.sizeBytes / blockBytes));
    const logical = this.#random.below(3) > 0 ? 0 : this.#random.below(count);
    this.#volume.find(directory, logical, run);
    const block = this.#volume.blocks.read(run.physical).bytes;
    const entriesAt = logical === 0 ? INDEX_ROOT.entries : INDEX_NODE.entries;
    const isOfRoot = this.#random.below(2) === 0;
    this.#spoil(block, isOfRoot ? this.#random.below(entriesAt + 8) : 4 * this.#random.below(30));
    const limit = block.readUInt16LE(entriesAt + INDEX_ENTRY.limit);
    const tail = entriesAt + limit * INDEX_ENTRY.bytes;
    if (tail + 8 <= blockBytes) {
      block.writeUInt32LE(indexChecksum(directory.checksumSeed, block, entriesAt), tail + 4);
    }
    this.#store(run.physical, block);
  }

  #entry(block: Buffer, at: number): void {
    if (this.#random.below(2) === 0) {
      const name = Buffer.from(this.#one(NAMES));
      const room = block.readUInt16LE(at + 4) - 8;
      name.copy(block, at + 8, 0, Math.max(0, Math.min(name.length, room)));
      block.writeUInt8(Math.max(0, Math.min(name.length, room)), at + 6);
    } else this.#spoil(block, at + this.#one([0, 4, 6, 7, 8]));
  }

  #attributes(): void {
    const inode = this.#anyInode((one) => one.attributeBlock !== 0);
    const number = inode.attributeBlock;
    if (number === 0) {
      this.#inode();
      return;
    }
    const { bytes } = this.#volume.blocks.read(number);
    this.#spoil(bytes, this.#random.below(ATTRIBUTE_BLOCK.entries + 40));
    const checksum = attributeChecksum(this.#volume.geometry.checksumSeed, number, bytes);
    bytes.writeUInt32LE(checksum, ATTRIBUTE_BLOCK.checksum);
    this.#store(number, bytes);
  }

  #journal(): void {
    const { blockBytes } = this.#volume.geometry;
    const place = new JournalPlace(this.#volume);
    const first = place.physicalOf(0) * blockBytes;
    const head = this.#bytes.subarray(first, first + blockBytes);
    const parsed = parseJournalSuperblock(head, place.blockCount);
    if (this.#random.below(3) === 0) {
      this.#spoil(head, 4 * this.#random.below(22));
      sealJournalSuperblock(head);
      return;
    }
    const at = place.physicalOf(1 + this.#random.below(40)) * blockBytes;
    const block = this.#bytes.subarray(at, at + blockBytes);
    this.#spoil(block, 4 * this.#random.below(this.#random.below(2) === 0 ? 12 : 64));
    const isSealed =
      block.readUInt32BE(0) === JOURNAL_MAGIC &&
      block.readUInt32BE(4) !== JOURNAL_BLOCK_TYPES.commit;
    if (isSealed) block.writeUInt32BE(tailChecksum(parsed, block), blockBytes - TAIL_BYTES);
  }

  #spoil(bytes: Buffer, at: number): void {
    const width = this.#one([1, 2, 4, 4]);
    const end = Math.min(bytes.length, at + width);
    const value = this.#one([0, 1, 2, 0x7f, 0xff, 0x100, 0x7fff_ffff, 0xffff_ffff, -1]);
    const chosen = value === -1 ? this.#random.below(2 ** 31) : value;
    for (let place = at; place < end; place += 1) bytes[place] = chosen >>> (8 * (place - at));
  }

  #anyInode(suits: (inode: Inode) => boolean): Inode {
    const { inodes, geometry } = this.#volume;
    for (let tries = 0; tries < 400; tries += 1) {
      const reserved = this.#one([INODES.root, INODES.root, INODES.journal, INODES.resize]);
      const range = Math.min(geometry.inodeCount, 160) - INODES.firstOrdinary;
      const number =
        this.#random.below(8) === 0 ? reserved : INODES.firstOrdinary + this.#random.below(range);
      const inode = inodes.get(number);
      if (inode.kind !== undefined && inode.links > 0 && suits(inode)) return inode;
    }
    return inodes.get(INODES.root);
  }

  #anyDirectory(): number {
    return this.#anyInode((one) => one.kind === 'directory').number;
  }

  #storeInode(inode: Inode): void {
    inode.seal();
    this.#store(inode.block.number, inode.block.bytes);
  }

  #store(number: number, block: Buffer): void {
    this.#bytes.set(block, number * this.#volume.geometry.blockBytes);
  }

  #one<T>(list: readonly T[]): T {
    const index = this.#random.below(list.length);
    const [found] = list.slice(index, index + 1);
    if (found === undefined) throw new RangeError('an empty list');
    return found;
  }
}
