import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Most that a window may load before it can be used, gzip. */
export const START_BUDGET_BYTES = 360_000;
/**
 * Most that there may be at all, gzip. Besides the start: the word lists that weigh a passphrase,
 * which are loaded when one is typed for a new vault, and the languages, of which a window loads one.
 */
export const WHOLE_BUDGET_BYTES = 450_000;

/** Sizes of a built renderer, gzip. */
export type BundleSizes = Readonly<{
  /** Page, styles and scripts that the page loads by itself. */
  startBytes: number;
  wholeBytes: number;
}>;

/** Returns the sizes of a built renderer. @param folder - With `index.html` in it. */
export function measureBundle(folder: string): BundleSizes {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const code = names.filter((name) => /\.(js|css|html)$/.test(name));
  const start = new Set(['index.html']);
  for (const [, name = ''] of page.matchAll(/(?:src|href)="\.\/([^"]+\.(?:js|css))"/g)) {
    addWithImports(folder, name, start);
  }
  const sizeOf = (name: string) => gzipSync(readFileSync(join(folder, name)), { level: 9 }).length;
  const sum = (all: readonly string[]) => all.reduce((bytes, name) => bytes + sizeOf(name), 0);
  return { startBytes: sum([...start]), wholeBytes: sum(code) };
}

/** @throws Error where a built renderer is larger than its budget. */
export function assertBundleBudget(folder: string): BundleSizes {
  const sizes = measureBundle(folder);
  const check = (what: string, bytes: number, budget: number) => {
    if (bytes <= budget) return;
    throw new Error(`the renderer's ${what} is ${bytes} bytes in gzip, over its ${budget}`);
  };
  check('start', sizes.startBytes, START_BUDGET_BYTES);
  check('whole', sizes.wholeBytes, WHOLE_BUDGET_BYTES);
  return sizes;
}

/** What a script imports by `import(...)` comes later, and does not count. */
function addWithImports(folder: string, name: string, found: Set<string>): void {
  if (found.has(name)) return;
  found.add(name);
  if (!name.endsWith('.js')) return;
  const text = readFileSync(join(folder, name), 'utf8');
  for (const [, sibling = ''] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
    addWithImports(folder, join(name, '..', sibling), found);
  }
}
