import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses';
import { run } from './run.ts';
import { FUSES } from './set-fuses.mjs';

/** All of the app's own code and libraries, compressed by nothing. */
const ASAR_LIMIT_BYTES = 24 * 1024 * 1024;

/** What the archive may hold, from its root; anything else is a finding. */
const ALLOWED: readonly RegExp[] = [
  /^\/(package\.json|LICENSE)$/,
  /^\/dist\/(main|shared)\/.*\.(js|wasm|node|json)$/,
  /^\/dist\/(build|licences)\.json$/,
  /^\/resources\/icons\/[^/]+\.png$/,
  /^\/dist\/preload\/preload\.cjs$/,
  /^\/dist\/renderer\/.*\.(html|js|css|svg|woff2?|json)$/,
  /^\/node_modules\/.*\.(js|cjs|mjs|json|wasm|node)$/,
  /^\/node_modules\/.*\/(LICENSE|LICENCE|COPYING|NOTICE)[^/]*$/i,
];
/** What no list of files names, and is read at run time. */
const NEEDED = [
  '/dist/build.json',
  '/dist/licences.json',
  '/dist/main/app/electron/vault-utility.js',
  '/dist/main/session/vault-process.js',
  '/dist/main/session/volume-worker.js',
  '/dist/main/engine/crypto-worker.js',
  '/dist/main/crypto/mask-kernel/mask-kernel.wasm',
  '/dist/main/native/build/lockline-native.node',
  '/dist/preload/preload.cjs',
  '/dist/renderer/index.html',
  '/resources/icons/32x32.png',
];
const FORBIDDEN = /\.map$|\.ts$|\.tsx$|(^|\/)(test|tests|__tests__)\/|\.test\./;

/** Development dependencies that must not come along, and platforms that are not this one. */
const FOREIGN =
  /node_modules\/(react|react-dom|@mantine|vite|vitest|typescript|playwright-core)\/|(darwin|win32|linuxmusl)-[^/]*\.node$/;

/** Returns what is wrong with an unpacked package, a sentence each; empty where nothing is. */
export async function inspectPackage(folder: string): Promise<readonly string[]> {
  return [
    ...inspectArchive(`${folder}/resources/app.asar`),
    ...(await inspectFuses(`${folder}/lockline-desktop`)),
    ...inspectTree(folder),
    ...inspectDesktopFiles(`${folder}/resources/share`),
  ];
}

function inspectArchive(archive: string): readonly string[] {
  const sizeBytes = statSync(archive).size;
  const files = listPackage(archive, { isPack: false }).filter((path) =>
    /\.[^/]+$|LICEN[CS]E|NOTICE|COPYING/.test(path),
  );
  const findings = files.flatMap((path) => {
    if (FORBIDDEN.test(path)) return [`the archive holds ${path}`];
    if (FOREIGN.test(path)) return [`the archive holds ${path}, which is not for this package`];
    return ALLOWED.some((pattern) => pattern.test(path))
      ? []
      : [`the archive holds ${path}, which nobody allowed`];
  });
  const missing = NEEDED.filter((path) => !files.includes(path));
  findings.push(...missing.map((path) => `the archive lacks ${path}`));
  if (sizeBytes > ASAR_LIMIT_BYTES)
    findings.push(`the archive has ${sizeBytes} bytes, over ${ASAR_LIMIT_BYTES}`);
  return findings;
}

async function inspectFuses(binary: string): Promise<readonly string[]> {
  const wire = await getCurrentFuseWire(binary);
  if (wire.version !== FuseVersion.V1) return ['the fuses are of an unknown version'];
  const names = Object.keys(FuseV1Options).filter((name) => Number.isNaN(Number(name)));
  return names.flatMap((name) => {
    const fuse = FuseV1Options[name as keyof typeof FuseV1Options]; // a name of the enumeration
    const wanted = FUSES[fuse] === true ? FuseState.ENABLE : FuseState.DISABLE;
    return wire[fuse] === wanted ? [] : [`the fuse ${name} is not set as it should be`];
  });
}

/** Files that the package brings, each with its mode; nothing that others may write. */
function inspectTree(folder: string): readonly string[] {
  const modes: Readonly<Record<string, number>> = {
    'lockline-desktop': 0o755,
    'bin/lockline': 0o755,
    'resources/libexec/lockline-dmcrypt': 0o755,
    'resources/app.asar': 0o644,
    'resources/share/org.lockline.dmcrypt.policy': 0o644,
    'resources/share/io.lockline.Lockline.xml': 0o644,
    'resources/share/cli/lockline.1': 0o644,
    'resources/share/cli/lockline.bash': 0o644,
    'resources/share/cli/_lockline': 0o644,
    'resources/share/cli/lockline.fish': 0o644,
  };
  const wrong = Object.entries(modes).flatMap(([name, wanted]) => {
    const stats = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stats === undefined) return [`${name} is missing`];
    const mode = stats.mode & 0o7777;
    return mode === wanted ? [] : [`${name} has mode ${mode.toString(8)}`];
  });
  const open = walk(folder).filter((path) => (statSync(path).mode & 0o6022) !== 0);
  return [...wrong, ...open.map((path) => `${path} can be written by others or is set-ID`)];
}

function inspectDesktopFiles(share: string): readonly string[] {
  const checks: readonly (readonly [string, readonly string[]])[] = [
    ['appstreamcli', ['validate', '--no-net', `${share}/io.lockline.Lockline.metainfo.xml`]],
    ['xmllint', ['--noout', `${share}/io.lockline.Lockline.xml`]],
    [
      'xmllint',
      ['--noout', '--nonet', '--dtdvalid', POLKIT_DTD, `${share}/org.lockline.dmcrypt.policy`],
    ],
    ['man', ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', `${share}/cli/lockline.1`]],
    ['bash', ['-n', `${share}/cli/lockline.bash`]],
    ['zsh', ['-n', `${share}/cli/_lockline`]],
    ['fish', ['-n', `${share}/cli/lockline.fish`]],
  ];
  return checks.flatMap(([program, args]) => complaintOf(program, args));
}

/** Runs a checker; returns what it printed where it fails. */
export function complaintOf(program: string, args: readonly string[]): readonly string[] {
  try {
    run(program, args);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

const POLKIT_DTD = '/usr/share/polkit-1/policyconfig-1.dtd';

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
