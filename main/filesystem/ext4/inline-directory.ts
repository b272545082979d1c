import { assertEntries } from './directory-entries.ts';
import { inlineParts } from './inline-data.ts';
import type { Inode } from './inode.ts';

/** A small directory inside its inode starts with the number of its parent; then come entries. */
const PARENT_BYTES = 4;

/** Returns the regions that hold entries, checked; borrowed. @throws FileSystemError `EUCLEAN`. */
export function inlineRegions(directory: Inode): readonly Buffer[] {
  const [content, more] = inlineParts(directory);
  const regions = [content.subarray(PARENT_BYTES), more];
  for (const region of regions) assertEntries(region, 0, region.length);
  return regions;
}

export function inlineParent(directory: Inode): number {
  return directory.content.readUInt32LE(0);
}
