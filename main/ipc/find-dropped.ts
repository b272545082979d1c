import { statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** What a browser tells of a dropped file beside its name. */
type FileTraits = Readonly<{ sizeBytes: number; modifiedMs: number }>;

/** Folders of a home in which people keep files, the home itself among them. */
const USUAL_FOLDERS = ['.', 'Desktop', 'Documents', 'Downloads', 'Vaults'] as const;
/** Browsers tell times in whole milliseconds, some rounded further. */
const TIME_TOLERANCE_MS = 2;

/** Returns the folders in which a dropped file is looked for. */
export function usualFolders(home: string): readonly string[] {
  return USUAL_FOLDERS.map((name) => join(home, name));
}

/**
 * Looks in folders, not below them, for the file that was dropped: of this name, size and time of
 * change.
 *
 * @returns Its path; null where it is not there, or is another.
 */
export function findDropped(
  name: string,
  { sizeBytes, modifiedMs }: FileTraits,
  folders: readonly string[],
): string | null {
  if (basename(name) !== name || name.includes('\0')) return null;
  const isIt = (path: string) => {
    const found = statSync(path, { throwIfNoEntry: false });
    return (
      found?.isFile() === true &&
      found.size === sizeBytes &&
      Math.abs(found.mtimeMs - modifiedMs) < TIME_TOLERANCE_MS
    );
  };
  return [...new Set(folders)].map((folder) => join(folder, name)).find(isIt) ?? null;
}
