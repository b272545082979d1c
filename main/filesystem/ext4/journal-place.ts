import { damaged } from './ext4-damage.ts';
import { INODES } from './ext4-layout.ts';
import type { Ext4Volume } from './ext4-volume.ts';
import { newRun } from './mapped-run.ts';

type JournalRun = Readonly<{ logical: number; physical: number; count: number }>;

/** Where the blocks of the journal lie on the volume. */
export class JournalPlace {
  readonly blockCount: number;
  readonly #runs: readonly JournalRun[];

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
  }

  /** The block of the volume that holds a block of the journal. */
  physicalOf(logical: number): number {
    for (const run of this.#runs) {
      const within = logical - run.logical;
      if (within >= 0 && within < run.count) return run.physical + within;
    }
    throw damaged(`block ${logical} of the journal`);
  }

  /** Tells whether a block of the volume belongs to the journal. */
  holds(physical: number): boolean {
    return this.#runs.some(
      (run) => physical >= run.physical && physical < run.physical + run.count,
    );
  }
}
