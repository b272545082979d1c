import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Content and mode of each file below a folder, by its path. */
export type TreeHash = ReadonlyMap<string, string>;

/** Looks at every file below a folder; times do not count. */
export function hashTree(folder: string): TreeHash {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files.map((path) => {
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      return [relative(folder, path), `${statSync(path).mode.toString(8)} ${digest}`];
    }),
  );
}

/** Returns the paths that are not the same in both, sorted. */
export function differences(one: TreeHash, other: TreeHash): readonly string[] {
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].filter((name) => one.get(name) !== other.get(name)).sort();
}
