import { crc32c } from './crc32c.ts';
import { checksumWrong, damaged } from './ext4-damage.ts';
import { COMPATIBLE, READ_ONLY_COMPATIBLE } from './ext4-features.ts';
import { SUPER, SUPER_OFFSET_BYTES } from './ext4-layout.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { superblockBlock } from './group-places.ts';
import type { Inode } from './inode.ts';
import { newRun } from './mapped-run.ts';
import type { MetadataBlock } from './metadata-blocks.ts';
import { addOrphan } from './orphans.ts';
import type { VolumeWriter } from './volume-writer.ts';

/**
 * The file in which newer drivers list orphans: blocks of inode numbers, 0 where there is none, with
 * a magic and a checksum at their ends. We take what is in it over into the list that every driver
 * knows, and leave it empty.
 *
 * @see Linux, fs/ext4/orphan.c
 */

const NUMBER_BYTES = 4;
const TAIL_BYTES = 8;
const TAIL_MAGIC = 0x0b10ca04;
/** No more than this is ever read of it. */
const MOST_BLOCKS = 4096;

/** Returns the orphans in the file; none where there is no file. @throws FileSystemError `EUCLEAN`. */
export function readListedOrphans(volume: Ext4Volume): readonly number[] {
  return orphanBlocks(volume).flatMap(({ block }) => numbersIn(block));
}

/** Moves what the file holds to the list in the superblock. @throws FileSystemError `EUCLEAN`. */
export function adoptListedOrphans(writer: VolumeWriter): void {
  const { volume, transactions } = writer;
  const { features, blockBytes } = volume.geometry;
  if ((features.readOnlyCompatible & READ_ONLY_COMPATIBLE.orphan_present) === 0) return;
  for (const { file, block } of orphanBlocks(volume)) {
    for (let at = 0; at < blockBytes - TAIL_BYTES; at += NUMBER_BYTES) {
      const number = block.bytes.readUInt32LE(at);
      if (number === 0) continue;
      transactions.operate(() => {
        volume.inodes.getChecked(number);
        volume.blocks.change(block);
        block.bytes.writeUInt32LE(0, at);
        sealOrphanBlock(volume, file, block);
        const inode = writer.edit(number);
        addOrphan(writer, inode);
        inode.seal();
      });
    }
  }
  transactions.operate(() => {
    const { bytes } = volume.blocks.change(volume.blocks.read(superblockBlock(volume.geometry)));
    const at = (SUPER_OFFSET_BYTES % blockBytes) + SUPER.readOnlyCompatible;
    const flags = bytes.readUInt32LE(at) & ~READ_ONLY_COMPATIBLE.orphan_present;
    bytes.writeUInt32LE(flags >>> 0, at);
  });
}

type OrphanBlock = Readonly<{ file: Inode; block: MetadataBlock }>;

function orphanBlocks(volume: Ext4Volume): readonly OrphanBlock[] {
  const { features, blockBytes, orphanFileInode, hasChecksums } = volume.geometry;
  if ((features.compatible & COMPATIBLE.orphan_file) === 0) return [];
  const file = volume.inodes.getChecked(orphanFileInode);
  const count = file.sizeBytes / blockBytes;
  if (file.kind !== 'file' || !Number.isInteger(count) || count > MOST_BLOCKS) {
    throw damaged('file of orphans');
  }
  const run = newRun();
  return Array.from({ length: count }, (_, logical) => {
    volume.find(file, logical, run);
    if (run.physical === 0) throw damaged('file of orphans');
    const block = volume.blocks.read(run.physical);
    const tail = blockBytes - TAIL_BYTES;
    if (block.bytes.readUInt32LE(tail) !== TAIL_MAGIC) throw damaged('file of orphans');
    const stored = block.bytes.readUInt32LE(tail + NUMBER_BYTES);
    if (hasChecksums && orphanChecksum(file, block) !== stored) {
      throw checksumWrong('file of orphans');
    }
    return { file, block };
  });
}

function numbersIn({ bytes }: MetadataBlock): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length - TAIL_BYTES; at += NUMBER_BYTES) {
    const number = bytes.readUInt32LE(at);
    if (number !== 0) numbers.push(number);
  }
  return numbers;
}

function sealOrphanBlock({ geometry }: Ext4Volume, file: Inode, block: MetadataBlock): void {
  if (!geometry.hasChecksums) return;
  block.bytes.writeUInt32LE(orphanChecksum(file, block), geometry.blockBytes - NUMBER_BYTES);
}

function orphanChecksum(file: Inode, { number, bytes }: MetadataBlock): number {
  const place = Buffer.alloc(8);
  place.writeBigUInt64LE(BigInt(number));
  return crc32c(crc32c(file.checksumSeed, place), bytes, 0, bytes.length - TAIL_BYTES);
}
