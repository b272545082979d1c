import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MIB } from '../../../shared/units.ts';
import type { TemporaryFolder } from '../temporary-folder.ts';
import { librariesOf, locateProgram } from './guest-files.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DISK_MIB = 600;
/** Where the guest mounts the disk. */
export const PROGRAM_MOUNT = '/programs';
/** Puts the disk's libraries where every process finds them, whatever its environment. */
export const PROGRAM_LIBRARIES = `
for library in ${PROGRAM_MOUNT}/lib/*; do
  [ -e /lib/x86_64-linux-gnu/\${library##*/} ] || ln -s $library /lib/x86_64-linux-gnu/
done
`;
/** Runs Node there; the command line is `$NODE $LOCKLINE`. */
export const PROGRAM_PRELUDE = `
NODE=${PROGRAM_MOUNT}/bin/node; LOCKLINE=${PROGRAM_MOUNT}/lockline/main/cli/lockline.ts
export HOME=/root PATH=$PATH:${PROGRAM_MOUNT}/bin
`;

/** Packages that the program needs to run, with those that they need, as the lock file has them. */
function runtimePackages(): string[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean }>;
  };
  return Object.entries(lock.packages).flatMap(([path, { dev, devOptional }]) =>
    path !== '' && !dev && !devOptional && existsSync(join(ROOT, path)) ? [path] : [],
  );
}

/** Copies Lockline as it is here, with the packages that it needs to run. */
export function copyLockline(target: string): void {
  for (const path of ['main', 'shared', 'package.json', ...runtimePackages()]) {
    cpSync(join(ROOT, path), join(target, path), { recursive: true, dereference: true });
  }
}

function findAddons(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.node'))
    .map((path) => join(folder, path));
}

/**
 * An ext4 image with Node, Lockline as it is here, and other programs with their libraries: for
 * what is too large for the guest's first root.
 */
export function makeProgramDisk(folder: TemporaryFolder, programs: readonly string[]): string {
  const content = folder.file('program-disk');
  const put = (source: string, target: string) => {
    const path = join(content, target);
    if (existsSync(path)) return;
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(realpathSync(source), path);
  };
  for (const program of [process.execPath, ...programs.map(locateProgram)]) {
    put(program, `bin/${program.split('/').at(-1)}`);
    for (const library of librariesOf(program)) put(library, `lib/${library.split('/').at(-1)}`);
  }
  copyLockline(join(content, 'lockline'));
  for (const addon of findAddons(content))
    for (const library of librariesOf(addon)) put(library, `lib/${library.split('/').at(-1)}`);
  const image = folder.file('programs.img');
  writeFileSync(image, '');
  truncateSync(image, DISK_MIB * MIB);
  execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', '-d', content, image]);
  rmSync(content, { recursive: true });
  return image;
}
