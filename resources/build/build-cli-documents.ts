/**
 * Writes what a shell and `man` know of the `lockline` command, from the commands themselves, into
 * `dist/cli`: the manual page and the completions of bash, zsh and fish.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildProgram } from '../../main/cli/program.ts';
import { VERSION } from '../../shared/version.ts';
import { listCommands } from './command-tree.ts';
import { writeBashCompletion, writeFishCompletion, writeZshCompletion } from './completions.ts';
import { writeManPage } from './man-page.ts';
import { sourceDate } from './source-date.ts';

const folder = fileURLToPath(new URL('../../dist/cli/', import.meta.url));

/** Writes the four files and returns their folder, with a slash at its end. */
export function buildCliDocuments(): string {
  const commands = listCommands(buildProgram());
  const date = sourceDate().toISOString().slice(0, 10);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}lockline.1`, writeManPage(commands, { version: VERSION, date }));
  writeFileSync(`${folder}lockline.bash`, writeBashCompletion(commands));
  writeFileSync(`${folder}_lockline`, writeZshCompletion(commands));
  writeFileSync(`${folder}lockline.fish`, writeFishCompletion(commands));
  return folder;
}

if (import.meta.main) buildCliDocuments();
