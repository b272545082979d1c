import { checksumWrong, damaged } from './ext4-damage.ts';
import { type GroupTable, inodeTableOf } from './group-table.ts';
import { Inode } from './inode.ts';
import { MAXIMUM_FILE_BLOCKS } from './mapped-run.ts';
import type { MetadataBlocks } from './metadata-blocks.ts';
import type { Ext4Geometry } from './superblock.ts';

/** Finds inodes by number. */
export class InodeTable {
  readonly #blocks: MetadataBlocks;
  readonly #groups: GroupTable;
  readonly #geometry: Ext4Geometry;

  constructor(blocks: MetadataBlocks, groups: GroupTable, geometry: Ext4Geometry) {
    this.#blocks = blocks;
    this.#groups = groups;
    this.#geometry = geometry;
  }

  /** Tells whether a directory entry may name this inode. */
  isNumber(number: number): boolean {
    return number >= 1 && number <= this.#geometry.inodeCount;
  }

  /**
   * Returns an inode without looking at its content; borrowed for one operation.
   *
   * @throws FileSystemError `EUCLEAN`.
   */
  get(number: number): Inode {
    if (!this.isNumber(number)) throw damaged(`inode ${number}`);
    const { inodesPerGroup, inodeBytes, blockBytes } = this.#geometry;
    const group = Math.floor((number - 1) / inodesPerGroup);
    const offsetBytes = ((number - 1) % inodesPerGroup) * inodeBytes;
    const table = inodeTableOf(this.#groups.read(group));
    const block = this.#blocks.read(table + Math.floor(offsetBytes / blockBytes));
    return new Inode(this.#geometry, number, block, offsetBytes % blockBytes);
  }

  /**
   * Returns an inode that was checked: its checksum, and that it is in use.
   *
   * @throws FileSystemError `EUCLEAN`, `EBADMSG`.
   */
  getChecked(number: number): Inode {
    const inode = this.get(number);
    if (!inode.isChecksumRight) throw checksumWrong(`inode ${number}`);
    const hasRoom =
      128 + inode.extraBytes <= this.#geometry.inodeBytes && inode.extraBytes % 4 === 0;
    if (!hasRoom || inode.mode === 0 || inode.kind === undefined) {
      throw damaged(`inode ${number}`);
    }
    const mostBytes = (MAXIMUM_FILE_BLOCKS + 1) * this.#geometry.blockBytes;
    if (!(inode.sizeBytes <= mostBytes)) throw damaged(`size of inode ${number}`);
    return inode;
  }
}
