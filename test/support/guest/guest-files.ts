import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { type ArchiveEntry, fileEntry } from './cpio-archive.ts';

const KERNEL = /^vmlinuz-(.*-cloud-amd64)$/;
const PROGRAM_FOLDERS = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Debian's kernel for virtual machines as installed: its image and its version. */
export type GuestKernel = Readonly<{ image: string; version: string }>;

/** Finds the newest installed cloud kernel; `undefined` where there is none. */
export function findKernel(): GuestKernel | undefined {
  const names = existsSync('/boot') ? readdirSync('/boot') : [];
  const versions = names.flatMap((name) => KERNEL.exec(name)?.[1] ?? []);
  const newest = versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  return newest === undefined ? undefined : { image: `/boot/vmlinuz-${newest}`, version: newest };
}

/** Modules with all that they need, in the order of loading, as entries and as a list for `insmod`. */
export function moduleEntries(
  version: string,
  names: readonly string[],
): Readonly<{ entries: readonly ArchiveEntry[]; order: readonly string[] }> {
  const paths = new Set<string>();
  for (const name of names) {
    const { stdout } = spawnSync('/sbin/modprobe', ['-S', version, '--show-depends', name], {
      encoding: 'utf8',
    });
    for (const [, path] of stdout.matchAll(/^insmod (\S+)/gm)) if (path) paths.add(path);
  }
  const order = [...paths].map((path) => basename(path));
  const entries = [...paths].map((path) =>
    fileEntry(`modules/${basename(path)}`, readFileSync(path)),
  );
  return { entries, order };
}

/** Returns the path of an installed program, by name or by path. */
export function locateProgram(name: string): string {
  if (name.startsWith('/')) return name;
  const folder = PROGRAM_FOLDERS.find((candidate) => existsSync(`${candidate}/${name}`));
  if (folder === undefined) throw new Error(`${name} is not installed`);
  return `${folder}/${name}`;
}

/** Libraries that a program is linked to, by path. */
export function librariesOf(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}

/**
 * Programs with the libraries that they are linked to, each where it is here.
 *
 * @param programs - By name, or by path; `[path, target]` puts one elsewhere.
 */
export function programEntries(
  programs: readonly (string | readonly [string, string])[],
): ArchiveEntry[] {
  const entries = new Map<string, ArchiveEntry>();
  const add = (path: string, target = path) => {
    if (entries.has(target)) return;
    entries.set(target, fileEntry(target.slice(1), readFileSync(realpathSync(path)), 0o755));
  };
  for (const program of programs) {
    const [source, target] = typeof program === 'string' ? [program, undefined] : program;
    const path = locateProgram(source);
    add(path, target ?? path);
    for (const library of librariesOf(path)) add(library);
  }
  // Loaded when a thread ends, so linked to nothing.
  const unwinder = execFileSync('cc', ['-print-file-name=libgcc_s.so.1'], { encoding: 'utf8' });
  if (existsSync(unwinder.trim())) add(unwinder.trim(), '/lib/x86_64-linux-gnu/libgcc_s.so.1');
  return [...entries.values()];
}
