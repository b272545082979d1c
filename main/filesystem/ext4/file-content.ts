import type { Ext4Volume } from './ext4-volume.ts';
import { readInlineData } from './inline-data.ts';
import type { Inode } from './inode.ts';

/** Reads what regular files and symbolic links hold. */

/**
 * Reads up to `target.length` bytes of a file.
 *
 * @returns The count: less only at the end of the file.
 * @throws FileSystemError `EUCLEAN`, `EBADMSG`.
 */
export function readContent(
  volume: Ext4Volume,
  inode: Inode,
  offsetBytes: number,
  target: Uint8Array,
): number {
  const length = Math.max(0, Math.min(target.length, inode.sizeBytes - offsetBytes));
  if (length === 0) return 0;
  if (inode.hasFlag('inlineData')) {
    return readInlineData(inode, offsetBytes, target.subarray(0, length));
  }
  const { run } = volume;
  const { blockBytes } = volume.geometry;
  let done = 0;
  while (done < length) {
    const at = offsetBytes + done;
    const logical = Math.floor(at / blockBytes);
    const within = at - logical * blockBytes;
    volume.find(inode, logical, run);
    const count = Math.min(run.count * blockBytes - within, length - done);
    const part = count === target.length ? target : target.subarray(done, done + count);
    if (run.physical === 0 || run.isUnwritten) part.fill(0);
    else volume.device.readInto(run.physical * blockBytes + within, part);
    done += count;
  }
  return length;
}
