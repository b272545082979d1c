import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** Regular files of a tree by relative path. */
export function listFiles(root: string, below = ''): string[] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const path = join(below, name);
    const stat = lstatSync(join(root, path));
    if (stat.isDirectory()) return listFiles(root, path);
    return stat.isFile() ? [path] : [];
  });
}

/** SHA-256 of every regular file of a tree, by relative path. */
export function hashTree(root: string): ReadonlyMap<string, string> {
  const hash = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex');
  return new Map(listFiles(root).map((path) => [path, hash(path)]));
}

/**
 * Picks installed packages that together make a real tree.
 *
 * @returns Absolute folders with at least this many regular files and bytes, no links in them.
 */
export function pickPackages(minimumFiles: number, minimumBytes: number): readonly string[] {
  const picked: string[] = [];
  let files = 0;
  let bytes = 0;
  for (const name of readdirSync(MODULES).sort()) {
    const folder = join(MODULES, name);
    if (name.startsWith('.') || !lstatSync(folder).isDirectory() || hasLinks(folder)) continue;
    const found = listFiles(folder);
    picked.push(folder);
    files += found.length;
    bytes += found.reduce((sum, path) => sum + lstatSync(join(folder, path)).size, 0);
    if (files >= minimumFiles && bytes >= minimumBytes) return picked;
  }
  throw new Error(`only ${files} files, ${bytes} bytes installed`);
}

function hasLinks(folder: string): boolean {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some((e) =>
    e.isSymbolicLink(),
  );
}
