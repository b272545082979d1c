import { MemoryDevice } from '../../main/block/memory-device.ts';
import { sealLeaf } from '../../main/filesystem/ext4/directory-blocks.ts';
import { GROUP, SUPER_BYTES, SUPER_OFFSET_BYTES } from '../../main/filesystem/ext4/ext4-layout.ts';
import { Ext4Volume } from '../../main/filesystem/ext4/ext4-volume.ts';
import {
  blockMaximum,
  type Extent,
  type ExtentNode,
  putExtent,
  putHeader,
  putIndex,
  ROOT_MAXIMUM,
  sealNode,
} from '../../main/filesystem/ext4/extent-node.ts';
import {
  descriptorChecksum,
  type GroupDescriptor,
} from '../../main/filesystem/ext4/group-table.ts';
import type { Inode } from '../../main/filesystem/ext4/inode.ts';
import { JournalPlace } from '../../main/filesystem/ext4/journal-place.ts';
import { sealJournalSuperblock } from '../../main/filesystem/ext4/journal-superblock.ts';
import { mountExt4 } from '../../main/filesystem/ext4/mount-ext4.ts';
import { readSuperblock, sealSuperblock } from '../../main/filesystem/ext4/superblock.ts';
import { name } from './fat-fixture.ts';

/** Changes an image by intent, with right checksums: what a volume's owner can do to a driver. */
export class Ext4Forge {
  readonly bytes: Buffer;
  readonly volume: Ext4Volume;
  /** Blocks that nobody uses, from the end of the volume down. */
  #free: number;

  /** @param bytes - Owned: changed where it lies. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const device = new MemoryDevice(bytes);
    this.volume = new Ext4Volume(device, readSuperblock(device));
    this.#free = this.volume.geometry.blockCount;
  }

  superblock(change: (bytes: Buffer) => void): void {
    const bytes = this.bytes.subarray(SUPER_OFFSET_BYTES, SUPER_OFFSET_BYTES + SUPER_BYTES);
    change(bytes);
    sealSuperblock(bytes);
  }

  descriptor(group: number, change: (descriptor: GroupDescriptor) => void): void {
    const descriptor = this.volume.groups.read(group);
    change(descriptor);
    const checksum = descriptorChecksum(this.volume.geometry, group, descriptor) ?? 0;
    descriptor.block.bytes.writeUInt16LE(checksum, descriptor.at + GROUP.checksum);
    this.store(descriptor.block.number, descriptor.block.bytes);
  }

  /** The number of what a path names. */
  numberOf(path: string): number {
    using fileSystem = mountExt4(new MemoryDevice(this.bytes, true), {
      type: 'ext4',
      isReadOnly: true,
    });
    let node = 1;
    for (const part of path.split('/').filter((one) => one !== '')) {
      node = fileSystem.lookup(node, name(part));
    }
    return node === 1 ? 2 : node;
  }

  inode(number: number, change: (inode: Inode) => void): Inode {
    const inode = this.volume.inodes.get(number);
    change(inode);
    inode.seal();
    this.store(inode.block.number, inode.block.bytes);
    return inode;
  }

  /** A block that nobody uses, of zeros. */
  freeBlock(): number {
    this.#free -= 1;
    this.store(this.#free, Buffer.alloc(this.volume.geometry.blockBytes));
    return this.#free;
  }

  /** The bytes of a block; changes are the image's. */
  block(number: number): Buffer {
    const { blockBytes } = this.volume.geometry;
    return this.bytes.subarray(number * blockBytes, (number + 1) * blockBytes);
  }

  /** Changes the block of a directory and brings its checksum up to date. */
  leaf(directory: Inode, block: number, change: (bytes: Buffer) => void): void {
    const bytes = this.block(block);
    change(bytes);
    sealLeaf(directory.checksumSeed, bytes);
  }

  /** Where a block of a file lies. */
  placeOf(inode: Inode, logical: number): number {
    this.volume.find(inode, logical, this.volume.run);
    return this.volume.run.physical;
  }

  /** Gives an inode these extents, as many levels as they need. */
  extents(inode: Inode, extents: readonly Extent[]): void {
    const { blockBytes } = this.volume.geometry;
    const most = blockMaximum(blockBytes);
    const root = { bytes: inode.block.bytes, at: inode.contentAt };
    inode.content.fill(0);
    let depth = 0;
    let nodes: { logical: number; put: (node: ExtentNode, at: number) => void }[];
    nodes = extents.map((extent) => ({
      logical: extent.logical,
      put: (node, at) => putExtent(node, at, extent),
    }));
    while (nodes.length > ROOT_MAXIMUM) {
      const above: typeof nodes = [];
      for (let from = 0; from < nodes.length; from += most) {
        const part = nodes.slice(from, from + most);
        const number = this.freeBlock();
        const node = { bytes: this.block(number), at: 0 };
        putHeader(node, { entries: part.length, maximum: most, depth });
        for (const [at, { put }] of part.entries()) put(node, at);
        sealNode(node, inode.checksumSeed);
        const logical = part[0]?.logical ?? 0;
        above.push({ logical, put: (parent, at) => putIndex(parent, at, logical, number) });
      }
      nodes = above;
      depth += 1;
    }
    putHeader(root, { entries: nodes.length, maximum: ROOT_MAXIMUM, depth });
    for (const [at, { put }] of nodes.entries()) put(root, at);
  }

  /** Makes a tree of which each node names the one below in all of its entries. */
  foldedTree(inode: Inode, depth: number, isEmpty: boolean): void {
    const { blockBytes } = this.volume.geometry;
    const most = blockMaximum(blockBytes);
    let child = this.freeBlock();
    const leaf = { bytes: this.block(child), at: 0 };
    putHeader(leaf, { entries: isEmpty ? 0 : most, maximum: most, depth: 0 });
    for (let at = 0; at < most && !isEmpty; at += 1) {
      putExtent(leaf, at, { logical: at * 2, length: 1, start: 500, isUnwritten: false });
    }
    sealNode(leaf, inode.checksumSeed);
    for (let level = 1; level < depth; level += 1) {
      const number = this.freeBlock();
      const node = { bytes: this.block(number), at: 0 };
      putHeader(node, { entries: most, maximum: most, depth: level });
      for (let at = 0; at < most; at += 1)
        putIndex(node, at, (at * most ** level) % 2 ** 32, child);
      sealNode(node, inode.checksumSeed);
      child = number;
    }
    const root = { bytes: inode.block.bytes, at: inode.contentAt };
    putHeader(root, { entries: ROOT_MAXIMUM, maximum: ROOT_MAXIMUM, depth });
    for (let at = 0; at < ROOT_MAXIMUM; at += 1) putIndex(root, at, at * 2 ** 28, child);
  }

  journalHead(change: (bytes: Buffer, place: JournalPlace) => void): void {
    const place = new JournalPlace(this.volume);
    const bytes = this.block(place.physicalOf(0));
    change(bytes, place);
    sealJournalSuperblock(bytes);
  }

  store(number: number, bytes: Buffer): void {
    this.bytes.set(bytes, number * this.volume.geometry.blockBytes);
  }
}
