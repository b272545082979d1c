import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Licence } from '../../shared/model/licence.ts';
import { findShippedPackages } from './shipped-packages.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** For the window: every shipped package with its licence. */
export const LICENCES_FILE = `${ROOT}dist/licences.json`;
/** The same to read, and the `copyright` file of a Debian package. */
const LICENCES_TEXT = `${ROOT}dist/licences.txt`;

/** Writes what is shipped under which licence. @param bundled - Files that went into the window. */
export function writeLicences(bundled: readonly string[]): void {
  const shipped = findShippedPackages(ROOT, bundled);
  writeFileSync(LICENCES_FILE, `${JSON.stringify(shipped, null, 1)}\n`);
  const own = readFileSync(`${ROOT}LICENSE`, 'utf8').trim();
  const parts = [`Lockline\n\n${own}`, ...shipped.map(describe)];
  writeFileSync(LICENCES_TEXT, `${parts.join(`\n\n${'='.repeat(72)}\n\n`)}\n`);
}

function describe({ name, version, licence, text }: Licence): string {
  return [`${name} ${version}: ${licence}`, ...(text === null ? [] : [text])].join('\n\n');
}
