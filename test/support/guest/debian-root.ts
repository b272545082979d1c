import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MIB } from '../../../shared/units.ts';
import type { TemporaryFolder } from '../temporary-folder.ts';
import { librariesOf } from './guest-files.ts';
import { copyLockline } from './program-disk.ts';

const DISK_MIB = 700;
const NOT_NEEDED = /^\/usr\/share\/(doc|man|locale|bash-completion|lintian|bug)\/|\/hwdb\.d\//;
const FOLDERS = ['dev', 'proc', 'sys', 'run', 'tmp', 'root', 'home', 'etc', 'var/lib/polkit-1'];
/** The folders that Debian has merged below /usr. */
const MERGED = ['bin', 'sbin', 'lib', 'lib64'] as const;

export type DebianRoot = Readonly<{
  /** Installed packages whose files are taken, with the libraries that they are linked to. */
  packages: readonly string[];
  /** More files, by their path there. */
  files: Readonly<Record<string, string | Uint8Array>>;
  /** Copies of files here, by their path there. */
  copies: Readonly<Record<string, string>>;
}>;

function filesOf(packages: readonly string[]): string[] {
  const listed = execFileSync('dpkg', ['-L', ...packages], { encoding: 'utf8' }).split('\n');
  return listed.filter((path) => path !== '' && !NOT_NEEDED.test(path) && isFile(path));
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

/** Path below /usr of what Debian lists by its old place. */
function mergedPath(path: string): string {
  return MERGED.some((folder) => path.startsWith(`/${folder}/`)) ? `/usr${path}` : path;
}

function isProgram(path: string): boolean {
  return /\.so(\.|$)/.test(path) || (lstatSync(path).mode & 0o111) !== 0;
}

/**
 * An ext4 image with a small Debian root made of files of packages that are installed here, with
 * Node and Lockline as it is here in `/lockline`. Owners are for the guest to set.
 */
export function makeDebianRoot(folder: TemporaryFolder, root: DebianRoot): string {
  const content = folder.file('debian-root');
  const put = (source: string, target: string) => {
    const path = join(content, mergedPath(target));
    if (existsSync(path)) return;
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(realpathSync(source), path);
    chmodSync(path, statSync(source).mode & 0o7777);
  };
  for (const path of [...FOLDERS, ...MERGED.map((name) => `usr/${name}`)])
    mkdirSync(join(content, path), { recursive: true });
  for (const name of MERGED) symlinkSync(`usr/${name}`, join(content, name));
  const programs = new Set<string>();
  for (const path of filesOf(root.packages)) {
    put(path, path);
    if (isProgram(path)) programs.add(path);
  }
  put(process.execPath, '/usr/bin/node');
  copyLockline(join(content, 'lockline'));
  const addons = readdirSync(content, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.node'))
    .map((path) => join(content, path));
  for (const program of [...programs, process.execPath, ...addons])
    for (const library of librariesOf(program)) put(library, library);
  for (const [target, source] of Object.entries(root.copies)) put(source, target);
  for (const [path, text] of Object.entries(root.files)) {
    mkdirSync(dirname(join(content, path)), { recursive: true });
    rmSync(join(content, path), { force: true });
    writeFileSync(join(content, path), text);
  }
  return makeImage(folder, content);
}

function makeImage(folder: TemporaryFolder, content: string): string {
  const image = folder.file('debian.img');
  writeFileSync(image, '');
  truncateSync(image, DISK_MIB * MIB);
  const { status, stderr } = spawnSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', content, image], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`mke2fs ended with ${status}: ${stderr}`);
  rmSync(content, { recursive: true });
  return image;
}
