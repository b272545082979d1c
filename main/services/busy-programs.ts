import { readdir, readFile, readlink } from 'node:fs/promises';
import { MountError, VaultError } from '../../shared/errors/vault-error.ts';

/** Most programs that are named; more would not fit into a sentence. */
const MAXIMUM_NAMES = 8;

/**
 * Names the programs that use files below a folder, as far as this user may see: by open files and
 * working folder. Empty where the system does not tell.
 *
 * Only links of `/proc` are read, never the folder itself: it may hang.
 */
export async function findBusyPrograms(folder: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const pid of await list('/proc')) {
    if (!/^\d+$/.test(pid) || names.size >= MAXIMUM_NAMES) continue;
    if (await usesFolder(pid, folder)) names.add(await programName(pid));
  }
  names.delete('');
  return [...names].sort();
}

/** Adds to a refusal because of open files which programs have them, where the system tells. */
export async function withBusyPrograms(error: unknown, mountPoint: string): Promise<unknown> {
  if (!(error instanceof VaultError) || error.code !== 'unmount-busy') return error;
  return new MountError('unmount-busy', { programs: await findBusyPrograms(mountPoint) }, error);
}

async function usesFolder(pid: string, folder: string): Promise<boolean> {
  const descriptors = await list(`/proc/${pid}/fd`);
  for (const link of ['cwd', 'root', ...descriptors.map((name) => `fd/${name}`)]) {
    const target = await readlink(`/proc/${pid}/${link}`).catch(() => '');
    if (target === folder || target.startsWith(`${folder}/`)) return true;
  }
  return false;
}

async function programName(pid: string): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
}

/** A process that ended meanwhile, or another user's, has nothing to show. */
function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
