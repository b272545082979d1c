#!/usr/bin/env node
/**
 * Makes a .deb with dpkg-deb from the arguments that the builder gives to fpm, which Debian does not
 * have. For `npm run dist:check` alone: releases are made with fpm.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const FLAGS = new Set(['--force', '--verbose']);
const LISTS = new Set(['-d', '--deb-recommends']);
const options = {};
const lists = { '-d': [], '--deb-recommends': [] };
const sources = [];
const args = process.argv.slice(2);
while (args.length > 0) {
  const argument = args.shift();
  if (FLAGS.has(argument)) continue;
  if (!argument.startsWith('-')) sources.push(argument);
  else if (LISTS.has(argument)) lists[argument].push(args.shift());
  else if (argument.includes('=')) {
    const [name, ...value] = argument.split('=');
    options[name] = value.join('=');
  } else options[argument] = args.shift();
}

const root = mkdtempSync(join(tmpdir(), 'lockline-deb-'));
try {
  for (const source of sources) {
    const at = source.indexOf('=');
    const from = source.slice(0, at);
    const to = join(root, source.slice(at + 1));
    const isFolder = statSync(from).isDirectory();
    const target = !isFolder && to.endsWith('/') ? join(to, from.split('/').at(-1)) : to;
    mkdirSync(dirname(target), { recursive: true });
    cpSync(from, target, { recursive: true });
  }
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', root]);
  const control = join(root, 'DEBIAN');
  mkdirSync(control);
  writeFileSync(
    join(control, 'control'),
    [
      `Package: ${options['--name']}`,
      `Version: ${options['--version']}`,
      `Architecture: ${options['--architecture']}`,
      `Maintainer: ${options['--maintainer']}`,
      `Depends: ${lists['-d'].join(', ')}`,
      `Recommends: ${lists['--deb-recommends'].join(', ')}`,
      `Description: ${(options['--description'] ?? '').split('\n')[0]}`,
      '',
    ].join('\n'),
  );
  for (const [option, name] of [
    ['--after-install', 'postinst'],
    ['--after-remove', 'postrm'],
  ]) {
    if (options[option] === undefined) continue;
    cpSync(options[option], join(control, name));
    chmodSync(join(control, name), 0o755);
  }
  execFileSync('dpkg-deb', [
    '--root-owner-group',
    '-Zgzip',
    '-z1',
    '--build',
    root,
    options['--package'],
  ]);
} finally {
  rmSync(root, { recursive: true, force: true });
}
