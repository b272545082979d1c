/**
 * `npm run dist:check`: packages the app around a stand-in for Electron's binary and looks at all
 * that comes out; as root also installs the package into a clean Debian and uses the command there.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { extractAll } from '@electron/asar';
import { sourceDate } from '../build/source-date.ts';
import { tryInCleanDebian } from './clean-debian.ts';
import { complaintOf, inspectPackage } from './inspect-package.ts';
import { run } from './run.ts';
import { makeStandIn } from './stand-in.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUTPUT = `${ROOT}dist/packages`;

const work = mkdtempSync(`${tmpdir()}/lockline-dist-`);
try {
  step('building');
  run(process.execPath, ['resources/build/build.ts'], { cwd: ROOT });
  run(process.execPath, ['resources/build/build-dmcrypt.ts'], { cwd: ROOT });
  step('packaging: dir, tar.gz, deb');
  makeStandIn(`${work}/electron`);
  rmSync(OUTPUT, { recursive: true, force: true });
  packageApp(`${work}/electron`);
  step('looking at the result');
  const unpacked = `${OUTPUT}/linux-unpacked`;
  const findings = [
    ...(await inspectPackage(unpacked)),
    ...inspectDeb(find('.deb'), `${work}/deb`),
    ...inspectTar(find('.tar.gz')),
  ];
  for (const finding of findings) console.error(`  ${finding}`);
  if (findings.length > 0) process.exitCode = 1;
  else {
    step('using the command in a clean Debian');
    makeRunnable(`${work}/deb/opt/Lockline`);
    await tryInCleanDebian(`${work}/deb`, find('.deb'), work);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
if (process.exitCode === undefined) console.log('dist:check: ok');

function step(name: string): void {
  console.log(`dist:check: ${name}`);
}

function packageApp(electronDist: string): void {
  const { version } = JSON.parse(
    readFileSync(`${ROOT}node_modules/electron/package.json`, 'utf8'),
  ) as { version: string };
  run(
    `${ROOT}node_modules/.bin/electron-builder`,
    [
      ...['--linux', 'dir', 'tar.gz', 'deb', '--publish', 'never'],
      `-c.electronDist=${electronDist}`,
      `-c.electronVersion=${version}`,
    ],
    {
      cwd: ROOT,
      env: {
        CUSTOM_FPM_PATH: `${ROOT}resources/packaging/fpm-stand-in.mjs`,
        ELECTRON_BUILDER_7ZIP_PATH: '/usr/bin/7zz',
        ELECTRON_BUILDER_COMPRESSION_LEVEL: '1',
        SOURCE_DATE_EPOCH: String(sourceDate().getTime() / 1000),
      },
    },
  );
}

function find(ending: string): string {
  const name = readdirSync(OUTPUT).find((entry) => entry.endsWith(ending));
  if (name === undefined) throw new Error(`the builder made no ${ending}`);
  return `${OUTPUT}/${name}`;
}

/** Owners, modes and places of the installed files, and the desktop entry. */
function inspectDeb(file: string, target: string): readonly string[] {
  const listing = run('dpkg-deb', ['--contents', file]).trimEnd().split('\n');
  const owned = listing.filter((line) => !line.includes(' root/root '));
  const setId = listing.filter((line) => /^-..[sS]|^-.....[sS]/.test(line));
  run('dpkg-deb', ['--extract', file, target]);
  const entry = `${target}/usr/share/applications/lockline-desktop.desktop`;
  const placed = [
    entry,
    ...[
      'usr/bin/lockline',
      'usr/libexec/lockline/lockline-dmcrypt',
      'usr/share/polkit-1/actions/org.lockline.dmcrypt.policy',
      'usr/share/mime/packages/io.lockline.Lockline.xml',
      'usr/share/metainfo/io.lockline.Lockline.metainfo.xml',
      'usr/share/man/man1/lockline.1',
      'usr/share/bash-completion/completions/lockline',
      'usr/share/icons/hicolor/256x256/apps/lockline-desktop.png',
      'usr/share/icons/hicolor/48x48/mimetypes/io.lockline.Lockline.container.png',
    ].map((path) => `${target}/${path}`),
  ];
  const missing = placed.filter((path) => !existsSync(path));
  const depends = run('dpkg-deb', ['--field', file, 'Depends']);
  const declared = depends.includes('fuse3') ? [] : ['the .deb does not depend on fuse3'];
  return [
    ...declared,
    ...owned.map((line) => `in the .deb not root's: ${line}`),
    ...setId.map((line) => `in the .deb set-ID: ${line}`),
    ...missing.map((path) => `missing in the .deb: ${path.slice(target.length)}`),
    ...complaintOf('desktop-file-validate', [entry]),
  ];
}

function inspectTar(file: string): readonly string[] {
  const names = run('tar', ['-tzf', file]).split('\n');
  return names.some((name) => name.endsWith('/lockline-desktop'))
    ? []
    : ['the .tar.gz has no program in it'];
}

/** The stand-in reads no archive: the app lies beside it unpacked. */
function makeRunnable(folder: string): void {
  extractAll(`${folder}/resources/app.asar`, `${folder}/resources/app`);
  cpSync(`${folder}/resources/app.asar.unpacked`, `${folder}/resources/app`, { recursive: true });
}
