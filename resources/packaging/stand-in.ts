import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';

/**
 * What Electron's fuse tool looks for in a binary: the sentinel, the version of the format, the
 * number of fuses, and the fuses.
 * @see https://github.com/electron/fuses
 */
const FUSE_WIRE = Buffer.concat([
  Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'),
  Buffer.from([1, 9]),
  Buffer.from('111111111'),
]);

/** Node runs what Electron would, from the unpacked tree: it cannot read an archive. */
const PROGRAM = `#!/bin/sh
folder=$(dirname "$(readlink -f "$0")")
exec "$folder/node" "$folder/resources/app/dist/main/app/electron/electron-entry.js" "$@"
exit
`;

/**
 * Makes a folder that the builder takes for Electron: its binary is a script that runs the app in
 * Node, which is enough for all that has no window.
 */
export function makeStandIn(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/electron`, Buffer.concat([Buffer.from(PROGRAM), FUSE_WIRE]));
  chmodSync(`${folder}/electron`, 0o755);
  copyFileSync(process.execPath, `${folder}/node`);
  chmodSync(`${folder}/node`, 0o755);
  // Electron's own: one file a language, of which the builder keeps those that are asked for.
  mkdirSync(`${folder}/locales`, { recursive: true });
  for (const language of ['de', 'en-US', 'es', 'fr', 'it', 'ja'])
    writeFileSync(`${folder}/locales/${language}.pak`, '');
}
