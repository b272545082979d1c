/** Where a run of a file's blocks lies; filled in place, so that reading allocates nothing. */
export type MappedRun = {
  /** First block on the volume; 0 for a hole. */
  physical: number;
  /** Blocks of the run from the one asked for on; at least 1. */
  count: number;
  /** The blocks are there and were never written: they read as zeros. */
  isUnwritten: boolean;
};

/** A file's blocks are numbered with 32 bits. */
export const MAXIMUM_FILE_BLOCKS = 2 ** 32 - 1;

export function newRun(): MappedRun {
  return { physical: 0, count: 0, isUnwritten: false };
}

export function setHole(run: MappedRun, count: number): void {
  run.physical = 0;
  run.count = count;
  run.isUnwritten = false;
}
