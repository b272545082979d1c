import { ATTRIBUTE_BLOCK } from './ext4-layout.ts';
import type { Inode } from './inode.ts';
import type { VolumeWriter } from './volume-writer.ts';

/** Takes an inode's block of extended attributes away, which other inodes may share. */
export function releaseAttributeBlock({ volume, space }: VolumeWriter, inode: Inode): void {
  const number = inode.attributeBlock;
  if (number === 0) return;
  const block = volume.blocks.read(number);
  const references = block.bytes.readUInt32LE(ATTRIBUTE_BLOCK.references);
  if (references > 1) {
    volume.blocks.change(block);
    block.bytes.writeUInt32LE(references - 1, ATTRIBUTE_BLOCK.references);
    block.seal = 'attributes';
  } else {
    space.free(number, 1);
    volume.blocks.release(number);
  }
  inode.attributeBlock = 0;
  inode.allocatedBytes -= volume.geometry.blockBytes;
}
