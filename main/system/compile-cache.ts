import { existsSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

const PRIVATE_MODE = 0o700;
const OTHERS_MAY_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * Keeps compiled code between starts, in a folder that nobody else can write to; without such a
 * folder it keeps none.
 *
 * SECURITY: Node runs what it finds there and checks it against accidents only, and its own choice
 * of place is a fixed name in the folder for temporary files, which any user may have made first.
 */
export function enableOwnCompileCache(): void {
  if (process.platform === 'win32') return;
  const folder = makeOwnFolder(join(cacheHome(), 'lockline'));
  if (folder !== undefined) enableCompileCache(join(folder, 'code'));
}

function cacheHome(): string {
  const fromEnvironment = process.env['XDG_CACHE_HOME'] ?? '';
  if (isAbsolute(fromEnvironment)) return fromEnvironment;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return join(homedir(), '.cache');
}

/** Returns the folder's real path, or `undefined` where it cannot be made or others could swap it. */
function makeOwnFolder(path: string): string | undefined {
  try {
    // Not recursive: Node's own recursion never ends where a system refuses with ENOENT (/proc).
    for (const made of [dirname(path), path]) {
      if (!existsSync(made)) mkdirSync(made, { mode: PRIVATE_MODE });
    }
    const folder = realpathSync(path);
    return isOutOfReach(folder) ? folder : undefined;
  } catch {
    return undefined; // a read-only home, for one: the start is slower, nothing else
  }
}

/** Tells whether nobody but this user and root can change a folder or put another in its place. */
function isOutOfReach(folder: string): boolean {
  for (let path = folder; ; path = dirname(path)) {
    const { uid, mode } = lstatSync(path);
    if (uid !== 0 && uid !== process.getuid?.()) return false;
    const isOpen = (mode & OTHERS_MAY_WRITE) !== 0;
    if (isOpen && (path === folder || (mode & STICKY) === 0)) return false;
    if (path === dirname(path)) return true;
  }
}
