import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Licence } from '../../shared/model/licence.ts';

type LockEntry = Readonly<{ dev?: boolean; devOptional?: boolean }>;
type Manifest = Readonly<{ name: string; version: string; license?: string }>;

const TEXT_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;
const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/;
/** Electron's own; those of Chromium and Node lie beside the program in `LICENSES.chromium.html`. */
const RUNTIME = 'node_modules/electron';

/**
 * Returns every package that is shipped, with its licence: what is installed for use and not for
 * development, what the window's bundle took in, and Electron. Sorted by name.
 *
 * @param root - Of the project, with a slash at its end.
 * @param bundled - Files that went into the window and the preload script.
 */
export function findShippedPackages(root: string, bundled: readonly string[]): readonly Licence[] {
  const folders = new Set([
    ...installedPackages(root),
    ...bundled.flatMap((path) => PACKAGE.exec(path)?.[0] ?? []),
    `${root}${RUNTIME}`,
  ]);
  const found = [...folders].map(readLicence);
  const texts = new Map(found.map(({ name, text }) => [name, text]));
  return found
    .map((licence) => ({ ...licence, text: licence.text ?? textOfFamily(licence.name, texts) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Other systems' binaries are in the lock, and not on this machine. */
function installedPackages(root: string): readonly string[] {
  const lock = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path]) => `${root}${path}`)
    .filter((path) => existsSync(join(path, 'package.json')));
}

function readLicence(folder: string): Licence {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const { name, version, license } = manifest;
  if (license === undefined) throw new Error(`${name} does not say under which licence it is`);
  const texts = readdirSync(folder)
    .filter((file) => TEXT_FILE.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name, version, licence: license, text: texts.length === 0 ? null : texts.join('\n\n') };
}

/** A package with the binary for one system has the text of the package that loads it. */
function textOfFamily(name: string, texts: ReadonlyMap<string, string | null>): string | null {
  const baseName = (path: string) => path.split('/').at(-1) ?? path;
  const family = [...texts.keys()].find((other) =>
    baseName(name).startsWith(`${baseName(other)}-`),
  );
  return (family && texts.get(family)) ?? null;
}
