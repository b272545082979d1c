import type { Inode } from './inode.ts';
import { newRun } from './mapped-run.ts';
import type { VolumeWriter } from './volume-writer.ts';

/** Writes zeros over bytes `[from..to)` of one block of a file, if that block is there. */
export function zeroRange(
  { volume, device, transactions }: VolumeWriter,
  inode: Inode,
  from: number,
  to: number,
): void {
  if (from >= to) return;
  const { blockBytes } = volume.geometry;
  const logical = Math.floor(from / blockBytes);
  const run = newRun();
  volume.find(inode, logical, run);
  if (run.physical === 0 || run.isUnwritten) return;
  const within = from - logical * blockBytes;
  device.writeFrom(run.physical * blockBytes + within, Buffer.alloc(to - from));
  transactions.noteContents();
}
