import { existsSync, readFileSync } from 'node:fs';
import { complaintOf } from './inspect-package.ts';
import { run } from './run.ts';

const MIME_TYPE = 'application/x-luks-container';
const DESKTOP_ENTRY = 'usr/share/applications/lockline-desktop.desktop';

/** What the package puts where, each with its mode. */
const PLACED: Readonly<Record<string, string>> = {
  'opt/Lockline/lockline-desktop': '-rwxr-xr-x',
  'opt/Lockline/resources/app.asar': '-rw-r--r--',
  [DESKTOP_ENTRY]: '-rw-r--r--',
  'usr/bin/lockline': '-rwxr-xr-x',
  'usr/libexec/lockline/lockline-dmcrypt': '-rwxr-xr-x',
  'usr/share/polkit-1/actions/org.lockline.dmcrypt.policy': '-rw-r--r--',
  'usr/share/mime/packages/io.lockline.Lockline.xml': '-rw-r--r--',
  'usr/share/metainfo/io.lockline.Lockline.metainfo.xml': '-rw-r--r--',
  'usr/share/doc/lockline/copyright': '-rw-r--r--',
  'usr/share/man/man1/lockline.1': '-rw-r--r--',
  'usr/share/bash-completion/completions/lockline': '-rw-r--r--',
  'usr/share/zsh/vendor-completions/_lockline': '-rw-r--r--',
  'usr/share/fish/vendor_completions.d/lockline.fish': '-rw-r--r--',
  'usr/share/icons/hicolor/256x256/apps/lockline-desktop.png': '-rw-r--r--',
  'usr/share/icons/hicolor/48x48/mimetypes/io.lockline.Lockline.container.png': '-rw-r--r--',
  'usr/share/icons/hicolor/256x256/mimetypes/io.lockline.Lockline.container.png': '-rw-r--r--',
};

const DEPENDS = ['fuse3'];
const RECOMMENDS = ['cryptsetup-bin', 'polkitd'];

/**
 * Returns what is wrong with a .deb, a sentence each: owners, modes and places of its files, what it
 * depends on, and whether desktop entry, AppStream data and icons name each other.
 *
 * @param target - Where its files are laid out, from the root.
 */
export function inspectDeb(file: string, target: string): readonly string[] {
  run('dpkg-deb', ['--extract', file, target]);
  const listing = run('dpkg-deb', ['--contents', file]).trimEnd().split('\n');
  const lacking = (field: string, wanted: readonly string[]) => {
    const named = run('dpkg-deb', ['--field', file, field]);
    return wanted.filter((name) => !named.includes(name)).map((name) => `no ${name} in ${field}`);
  };
  return [
    ...lacking('Depends', DEPENDS),
    ...lacking('Recommends', RECOMMENDS),
    ...inspectListing(listing),
    ...inspectDesktop(target),
  ].map((finding) => `in the .deb: ${finding}`);
}

function inspectListing(listing: readonly string[]): readonly string[] {
  const owned = listing.filter((line) => !line.includes(' root/root '));
  const open = listing.filter((line) => /^[-d]..[sS]|^[-d].{4}[wsS]|^[-d].{7}w/.test(line));
  const placed = Object.entries(PLACED).flatMap(([path, mode]) => {
    const line = listing.find((entry) => entry.endsWith(` ./${path}`));
    if (line === undefined) return [`${path} is missing`];
    return line.startsWith(mode) ? [] : [`${path} has not the mode ${mode}: ${line}`];
  });
  return [
    ...owned.map((line) => `not root's: ${line}`),
    ...open.map((line) => `set-ID, or written to by others: ${line}`),
    ...placed,
  ];
}

/** AppStream's own check of the whole tree follows the names from one file to the next. */
function inspectDesktop(target: string): readonly string[] {
  const entry = `${target}/${DESKTOP_ENTRY}`;
  if (!existsSync(entry)) return [];
  const text = readFileSync(entry, 'utf8');
  const icon = /^Icon=(.*)$/m.exec(text)?.[1] ?? '';
  return [
    ...complaintOf('desktop-file-validate', [entry]),
    ...complaintOf('appstreamcli', ['validate-tree', '--no-net', target]),
    ...(text.includes(`MimeType=${MIME_TYPE};`) ? [] : [`no MimeType=${MIME_TYPE}`]),
    ...(/^Exec=.* %[uUfF]$/m.test(text) ? [] : ['the entry takes no file']),
    ...(existsSync(`${target}/usr/share/icons/hicolor/256x256/apps/${icon}.png`)
      ? []
      : [`no icon ${icon}`]),
  ];
}
