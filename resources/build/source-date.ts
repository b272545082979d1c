import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The moment that a build names as its own: the same sources give the same files.
 *
 * `SOURCE_DATE_EPOCH` where it is set, else the time of the commit, else the start of the epoch.
 *
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDate(): Date {
  const seconds = Number(process.env['SOURCE_DATE_EPOCH'] ?? git(['log', '-1', '--format=%ct']));
  return new Date(Number.isSafeInteger(seconds) ? seconds * 1000 : 0);
}

/** The commit that is checked out, abbreviated; null outside a repository. */
export function sourceCommit(): string | null {
  const commit = git(['rev-parse', '--short=12', 'HEAD']);
  return commit === '' ? null : commit;
}

function git(args: readonly string[]): string {
  try {
    const run = execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    return run.toString().trim();
  } catch {
    return ''; // no git, or no repository
  }
}
