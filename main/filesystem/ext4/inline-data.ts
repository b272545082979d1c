import { damaged } from './ext4-damage.ts';
import { CONTENT_BYTES } from './ext4-layout.ts';
import { readInnerAttributes, SYSTEM_INDEX } from './extended-attributes.ts';
import type { Inode } from './inode.ts';

/**
 * Small files and directories inside their inode: the 60 bytes of its content first, then the value
 * of the attribute `system.data`.
 */

const DATA_NAME = Buffer.from('data');
const NOTHING = Buffer.alloc(0);

/** Returns both parts; borrowed. @throws FileSystemError `EUCLEAN`. */
export function inlineParts(inode: Inode): readonly [Buffer, Buffer] {
  const isData = (attribute: { index: number; name: Buffer }): boolean =>
    attribute.index === SYSTEM_INDEX && attribute.name.equals(DATA_NAME);
  return [inode.content, readInnerAttributes(inode).find(isData)?.value ?? NOTHING];
}

/** Reads `target.length` bytes that lie inside the file's size. @throws FileSystemError `EUCLEAN`. */
export function readInlineData(inode: Inode, offsetBytes: number, target: Uint8Array): number {
  const [content, more] = inlineParts(inode);
  if (inode.sizeBytes > CONTENT_BYTES + more.length) throw damaged('size of inline data');
  target.set(Buffer.concat([content, more]).subarray(offsetBytes, offsetBytes + target.length));
  return target.length;
}
