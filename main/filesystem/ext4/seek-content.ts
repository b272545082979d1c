import { FileSystemError } from '../file-system-error.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import type { Inode } from './inode.ts';

/** A file in bad faith can have more holes than anybody waits for. */
const MOST_RUNS = 2 ** 15;

/**
 * Finds the next data or the next hole at or after an offset; the end of a file is a hole. Blocks
 * that are reserved and were never written count as a hole. What is not found after very many runs
 * is taken for data, which every program has to be content with.
 *
 * @throws FileSystemError `ENXIO` where there is none; `EUCLEAN`.
 */
export function seekContent(
  volume: Ext4Volume,
  inode: Inode,
  offsetBytes: number,
  wanted: 'data' | 'hole',
): number {
  const { sizeBytes } = inode;
  if (offsetBytes >= sizeBytes) throw new FileSystemError('ENXIO');
  if (inode.hasFlag('inlineData')) return wanted === 'data' ? offsetBytes : sizeBytes;
  const { run } = volume;
  const { blockBytes } = volume.geometry;
  let at = offsetBytes;
  for (let runs = 0; at < sizeBytes; runs += 1) {
    if (runs === MOST_RUNS) return wanted === 'data' ? at : sizeBytes;
    const logical = Math.floor(at / blockBytes);
    volume.find(inode, logical, run);
    const isHole = run.physical === 0 || run.isUnwritten;
    if (isHole === (wanted === 'hole')) return at;
    at = (logical + run.count) * blockBytes;
  }
  if (wanted === 'data') throw new FileSystemError('ENXIO');
  return sizeBytes;
}
