import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A module that is asked for by the name of its source, which a built program does not have. */
const SOURCE_IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]*\.tsx?)['"]/g;

/**
 * Refuses a built program that still imports sources: TypeScript 6.0 passes over `import()` in some
 * blocks with `using`, and the error would come only when that code runs.
 *
 * @param folder - Its `main` and `shared` are looked at.
 * @throws Error that names the first file and import.
 */
export function assertImportsRewritten(folder: string): void {
  for (const part of ['main', 'shared']) {
    const names = readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((entry) => entry.endsWith('.js'))) {
      const path = join(folder, part, name);
      const [found] = readFileSync(path, 'utf8').matchAll(SOURCE_IMPORT);
      if (found !== undefined) throw new Error(`${path} imports ${found[1]}, which is a source`);
    }
  }
}
