import { damaged } from './ext4-damage.ts';
import { INODES } from './ext4-layout.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { newRun } from './mapped-run.ts';

type JournalRun = Readonly<{ logical: number; physical: number; count: number }>;

/** Where the blocks of the journal lie on the volume. */
export class JournalPlace {
  readonly blockCount: number;
  /** In the order of the journal, and in that of the volume. */
  readonly #runs: readonly JournalRun[];
  readonly #byPlace: readonly JournalRun[];

  /** @throws FileSystemError `EUCLEAN`, `EBADMSG`. */
  constructor(volume: Ext4Volume) {
    const { journalInode, blockBytes } = volume.geometry;
    if (journalInode !== INODES.journal) throw damaged('inode of the journal');
    const inode = volume.inodes.getChecked(journalInode);
    this.blockCount = Math.floor(inode.sizeBytes / blockBytes);
    if (inode.kind !== 'file' || this.blockCount > volume.geometry.blockCount) {
      throw damaged('inode of the journal');
    }
    const runs: JournalRun[] = [];
    const run = newRun();
    for (let logical = 0; logical < this.blockCount; logical += run.count) {
      volume.find(inode, logical, run);
      if (run.physical === 0 || run.isUnwritten) throw damaged('hole in the journal');
      runs.push({ logical, physical: run.physical, count: run.count });
    }
    this.#runs = runs;
    this.#byPlace = runs.toSorted((one, other) => one.physical - other.physical);
    for (const [index, { physical, count }] of this.#byPlace.entries()) {
      const next = this.#byPlace[index + 1];
      if (next !== undefined && physical + count > next.physical) {
        throw damaged('journal with one block in two places');
      }
    }
  }

  /** The block of the volume that holds a block of the journal. */
  physicalOf(logical: number): number {
    const run = lastFrom(this.#runs, logical, 'logical');
    if (run === undefined || logical >= run.logical + run.count) {
      throw damaged(`block ${logical} of the journal`);
    }
    return run.physical + logical - run.logical;
  }

  /** Tells whether a block of the volume belongs to the journal. */
  holds(physical: number): boolean {
    const run = lastFrom(this.#byPlace, physical, 'physical');
    return run !== undefined && physical < run.physical + run.count;
  }
}

/** Returns the last run that starts at or before a block. */
function lastFrom(
  runs: readonly JournalRun[],
  block: number,
  by: 'logical' | 'physical',
): JournalRun | undefined {
  let low = 0;
  let high = runs.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if ((runs[middle]?.[by] ?? 0) <= block) low = middle + 1;
    else high = middle - 1;
  }
  return runs[high];
}
