import { FileSystemError } from '../file-system-error.ts';
import { MAXIMUM_EXTENT_BLOCKS } from './ext4-layout.ts';
import type { Inode } from './inode.ts';
import { MAXIMUM_FILE_BLOCKS, type MappedRun, newRun } from './mapped-run.ts';
import type { VolumeWriter } from './volume-writer.ts';

/** Changes what regular files hold. All but the steps of freeing run inside one operation. */

const run: MappedRun = newRun();

/** @throws FileSystemError `EFBIG` where a file cannot be that large. */
export function assertSize({ volume }: VolumeWriter, sizeBytes: number): void {
  if (!(sizeBytes <= MAXIMUM_FILE_BLOCKS * volume.geometry.blockBytes)) {
    throw new FileSystemError('EFBIG');
  }
}

/**
 * Writes bytes. All blocks are found before the first byte is written: where space runs out,
 * `source` is as it was.
 *
 * @throws FileSystemError `ENOSPC`, `EFBIG`, `EUCLEAN`.
 */
export function writeContent(
  writer: VolumeWriter,
  inode: Inode,
  offsetBytes: number,
  source: Uint8Array,
): void {
  const { blockBytes } = writer.volume.geometry;
  const end = offsetBytes + source.length;
  assertSize(writer, end);
  const sizeBefore = inode.sizeBytes;
  if (offsetBytes > sizeBefore) zeroTail(writer, inode, sizeBefore);
  const from = Math.floor(offsetBytes / blockBytes);
  const to = Math.ceil(end / blockBytes);
  prepareBlocks(writer, inode, { from, to }, { offsetBytes, end });
  writer.transactions.noteContents();
  for (let done = 0; done < source.length; ) {
    const at = offsetBytes + done;
    const logical = Math.floor(at / blockBytes);
    const within = at - logical * blockBytes;
    writer.volume.find(inode, logical, run);
    const length = Math.min(run.count * blockBytes - within, source.length - done);
    const part = length === source.length ? source : source.subarray(done, done + length);
    writer.device.writeFrom(run.physical * blockBytes + within, part);
    done += length;
  }
  if (end > sizeBefore) inode.sizeBytes = end;
}

/** Finds blocks for a range of a file; what of new ones will not be written over becomes zeros. */
function prepareBlocks(
  writer: VolumeWriter,
  inode: Inode,
  { from, to }: Readonly<{ from: number; to: number }>,
  written: Readonly<{ offsetBytes: number; end: number }>,
): void {
  const { volume } = writer;
  for (let logical = from; logical < to; logical += run.count) {
    volume.find(inode, logical, run);
    run.count = Math.min(run.count, to - logical);
    if (run.physical !== 0 && !run.isUnwritten) continue;
    if (run.physical === 0) {
      const goal = goalFor(writer, inode, logical);
      const wanted = Math.min(run.count, MAXIMUM_EXTENT_BLOCKS);
      const { start, count } = writer.space.allocate(goal, wanted);
      writer.extents.insert(inode, { logical, length: count, start, isUnwritten: false });
      inode.allocatedBytes += count * volume.geometry.blockBytes;
      run.physical = start;
      run.count = count;
    } else {
      const count = run.count;
      writer.extents.markWritten(inode, logical, logical + count);
      volume.find(inode, logical, run);
      run.count = count;
    }
    zeroEdges(writer, logical, written);
  }
}

/** Writes zeros into the first and the last block of the new run where the caller's bytes end. */
function zeroEdges(
  { volume, device }: VolumeWriter,
  logical: number,
  { offsetBytes, end }: Readonly<{ offsetBytes: number; end: number }>,
): void {
  const { blockBytes } = volume.geometry;
  const startsInside = offsetBytes > logical * blockBytes;
  const endsInside = end < (logical + run.count) * blockBytes;
  if (startsInside) device.writeFrom(run.physical * blockBytes, Buffer.alloc(blockBytes));
  if (endsInside && !(startsInside && run.count === 1)) {
    device.writeFrom((run.physical + run.count - 1) * blockBytes, Buffer.alloc(blockBytes));
  }
}

/** Where a file's next block should lie: after the one before it, else near its inode. */
function goalFor(writer: VolumeWriter, inode: Inode, logical: number): number {
  if (logical > 0) {
    const before = newRun();
    writer.volume.find(inode, logical - 1, before);
    if (before.physical !== 0) return before.physical + 1;
  }
  return writer.extents.goalOf(inode);
}

/** Writes zeros from an offset to the end of its block, if the block is there. */
export function zeroTail(
  { volume, device, transactions }: VolumeWriter,
  inode: Inode,
  offsetBytes: number,
): void {
  const { blockBytes } = volume.geometry;
  const within = offsetBytes % blockBytes;
  if (within === 0) return;
  volume.find(inode, Math.floor(offsetBytes / blockBytes), run);
  if (run.physical === 0 || run.isUnwritten) return;
  device.writeFrom(run.physical * blockBytes + within, Buffer.alloc(blockBytes - within));
  transactions.noteContents();
}

/** Reserves blocks without writing them. @throws FileSystemError `ENOSPC`, `EFBIG`. */
export function reserveBlocks(
  writer: VolumeWriter,
  inode: Inode,
  from: number,
  to: number,
): number {
  const { volume } = writer;
  volume.find(inode, from, run);
  const count = Math.min(run.count, to - from);
  if (run.physical !== 0) return from + count;
  const wanted = Math.min(count, MAXIMUM_EXTENT_BLOCKS - 1);
  const got = writer.space.allocate(goalFor(writer, inode, from), wanted);
  const extent = { logical: from, length: got.count, start: got.start, isUnwritten: true };
  writer.extents.insert(inode, extent);
  inode.allocatedBytes += got.count * volume.geometry.blockBytes;
  return from + got.count;
}
