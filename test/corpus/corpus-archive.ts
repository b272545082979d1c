import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus');

/** An archive of the corpus, unpacked into a folder of its own that disposing removes. */
export type UnpackedCorpus = Readonly<{ path: string }> & Disposable;

/** Tells whether the corpus is beside the project; under `CI=true` a missing one is a failure. */
export function hasCorpus(archive: string): boolean {
  if (existsSync(join(CORPUS, archive))) return true;
  if (process.env['CI'] === 'true') throw new Error(`${archive} is missing in ${CORPUS}`);
  console.warn(`skipped: ${archive} is not beside the project`);
  return false;
}

/** Unpacks an archive that holds one folder of its own name. */
export function unpackCorpus(name: string): UnpackedCorpus {
  const folder = temporaryFolder();
  execFileSync('tar', ['-xJf', join(CORPUS, `${name}.tar.xz`), '-C', folder.path]);
  return { path: join(folder.path, name), [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

/** Rows of a manifest in tab-separated values, without its heading. */
export function manifestRows(corpus: UnpackedCorpus): readonly (readonly string[])[] {
  const text = readFileSync(join(corpus.path, 'manifest.tsv'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t'));
}

/** Hash of a whole file: the proof that a look left it alone. */
export function fileHash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
