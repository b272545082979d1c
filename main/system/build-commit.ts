import { readFileSync } from 'node:fs';
import { VERSION } from '../../shared/version.ts';

/** Beside the built program; the sources have none. */
const BUILD_FILE = new URL('../../build.json', import.meta.url);

/** Returns the version, with the commit that this program was built from where it was built. */
export function fullVersion(): string {
  const commit = readCommit();
  return commit === null ? VERSION : `${VERSION} (${commit})`;
}

function readCommit(): string | null {
  try {
    const { commit } = JSON.parse(readFileSync(BUILD_FILE, 'utf8')) as { commit?: unknown };
    return typeof commit === 'string' ? commit : null;
  } catch {
    return null; // run from its sources
  }
}
