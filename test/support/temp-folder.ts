import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of its own that disposing removes with all that is in it. */
export type TempFolder = Readonly<{ path: string }> & Disposable;

/** Makes a temporary folder. Returned: the caller disposes it. */
export function makeTempFolder(name: string): TempFolder {
  const path = mkdtempSync(join(tmpdir(), `lockline-${name}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
