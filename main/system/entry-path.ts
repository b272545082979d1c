import { fileURLToPath } from 'node:url';

/**
 * Returns the path of an entry module beside the caller, in the form that runs here: `.ts` from
 * the sources, `.js` from the build.
 *
 * @param relative - Without extension, relative to `callerUrl` (`import.meta.url`).
 */
export function entryPath(relative: string, callerUrl: string): string {
  const extension = callerUrl.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`${relative}${extension}`, callerUrl));
}
