import { damaged } from './ext4-damage.ts';
import { SUPER, SUPER_OFFSET_BYTES } from './ext4-layout.ts';
import { superblockBlock } from './group-places.ts';
import type { Inode } from './inode.ts';
import type { VolumeWriter } from './volume-writer.ts';

/**
 * The list of inodes whose blocks are to be given back: unlinked ones that are still open, and files
 * that are being cut. It starts in the superblock and goes on in the field for the time of deletion.
 */

/** Puts an inode at the head of the list, in an operation. */
export function addOrphan(writer: VolumeWriter, inode: Inode): void {
  inode.deletedSeconds = headOf(writer);
  putHead(writer, inode.number);
}

/** Takes an inode out of the list, in an operation. @throws FileSystemError `EUCLEAN`. */
export function removeOrphan(writer: VolumeWriter, inode: Inode): void {
  const next = inode.deletedSeconds;
  let at = headOf(writer);
  if (at === inode.number) {
    putHead(writer, next);
  } else {
    const seen = new Set<number>();
    for (;;) {
      if (seen.has(at)) throw damaged('list of orphans');
      seen.add(at);
      const before = writer.volume.inodes.getChecked(at);
      at = before.deletedSeconds;
      if (at !== inode.number) continue;
      writer.volume.blocks.change(before.block);
      before.deletedSeconds = next;
      before.seal();
      break;
    }
  }
  inode.deletedSeconds = 0;
}

/** The first inode of the list, 0 where it is empty. */
export function headOf({ volume }: VolumeWriter): number {
  const { geometry, blocks } = volume;
  const at = (SUPER_OFFSET_BYTES % geometry.blockBytes) + SUPER.lastOrphan;
  return blocks.read(superblockBlock(geometry)).bytes.readUInt32LE(at);
}

function putHead({ volume }: VolumeWriter, number: number): void {
  const { geometry, blocks } = volume;
  const at = (SUPER_OFFSET_BYTES % geometry.blockBytes) + SUPER.lastOrphan;
  blocks.change(blocks.read(superblockBlock(geometry))).bytes.writeUInt32LE(number, at);
}
