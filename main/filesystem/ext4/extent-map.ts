import { crc32c } from './crc32c.ts';
import { checksumWrong } from './ext4-damage.ts';
import { CONTENT_BYTES, EXTENT_ENTRY_BYTES } from './ext4-layout.ts';
import {
  assertNode,
  childOf,
  depthOf,
  type ExtentNode,
  entryCount,
  entryMaximum,
  findEntry,
  isUnwritten,
  lengthOf,
  logicalOf,
  startOf,
} from './extent-node.ts';
import type { Inode } from './inode.ts';
import { MAXIMUM_FILE_BLOCKS, type MappedRun, setHole } from './mapped-run.ts';
import type { MetadataBlocks } from './metadata-blocks.ts';
import type { Ext4Geometry } from './superblock.ts';

/** Added to an inode's number in what a block was checked as; see `MetadataBlock`. */
export const CHECKED_EXTENTS = 2 ** 32;

/** Reads extent trees: which blocks of the volume hold a file's blocks. */
export class ExtentMap {
  readonly #blocks: MetadataBlocks;
  readonly #geometry: Ext4Geometry;

  constructor(blocks: MetadataBlocks, geometry: Ext4Geometry) {
    this.#blocks = blocks;
    this.#geometry = geometry;
  }

  /** The root of a file's tree, checked. @throws FileSystemError `EUCLEAN`. */
  rootOf(inode: Inode): ExtentNode {
    const root = { bytes: inode.block.bytes, at: inode.contentAt };
    assertNode(root, depthOf(root), CONTENT_BYTES, this.#blocks);
    return root;
  }

  /** A node in a block of its own, checked. @throws FileSystemError `EUCLEAN`, `EBADMSG`. */
  nodeAt(inode: Inode, number: number, depth: number): ExtentNode {
    const block = this.#blocks.read(number);
    const node = { bytes: block.bytes, at: 0 };
    if (block.checkedAs === CHECKED_EXTENTS + inode.number && depthOf(node) === depth) return node;
    assertNode(node, depth, this.#geometry.blockBytes, this.#blocks);
    if (this.#geometry.hasChecksums) this.#assertChecksum(inode, node);
    block.checkedAs = CHECKED_EXTENTS + inode.number;
    return node;
  }

  /**
   * Finds the run that holds a file's block.
   *
   * @throws FileSystemError `EUCLEAN`, `EBADMSG`.
   */
  find(inode: Inode, logical: number, run: MappedRun): void {
    let node = this.rootOf(inode);
    let end = MAXIMUM_FILE_BLOCKS;
    for (let depth = depthOf(node); depth > 0; depth -= 1) {
      // What lies before the first entry is a hole that the first child reports.
      const index = Math.max(0, findEntry(node, logical));
      if (index + 1 < entryCount(node)) end = Math.min(end, logicalOf(node, index + 1));
      node = this.nodeAt(inode, childOf(node, index), depth - 1);
    }
    const index = findEntry(node, logical);
    if (index >= 0) {
      const within = logical - logicalOf(node, index);
      const length = lengthOf(node, index);
      if (within < length) {
        run.physical = startOf(node, index) + within;
        run.count = length - within;
        run.isUnwritten = isUnwritten(node, index);
        return;
      }
    }
    const next = index + 1 < entryCount(node) ? logicalOf(node, index + 1) : end;
    setHole(run, Math.max(1, Math.min(next, end) - logical));
  }

  #assertChecksum(inode: Inode, node: ExtentNode): void {
    const end = (entryMaximum(node) + 1) * EXTENT_ENTRY_BYTES;
    if (end + 4 > node.bytes.length) throw checksumWrong('extent node');
    if (crc32c(inode.checksumSeed, node.bytes, 0, end) !== node.bytes.readUInt32LE(end)) {
      throw checksumWrong(`extent node of inode ${inode.number}`);
    }
  }
}
