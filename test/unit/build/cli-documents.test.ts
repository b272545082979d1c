import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../../main/cli/program.ts';
import { buildCliDocuments } from '../../../resources/build/build-cli-documents.ts';
import { listCommands } from '../../../resources/build/command-tree.ts';
import { requireTool } from '../../support/require-tool.ts';

const hasMan = requireTool('man', 'man-db') && requireTool('groff', 'groff');
const hasZsh = requireTool('zsh', 'zsh');
const hasFish = requireTool('fish', 'fish');

let folder = '';
beforeAll(() => {
  folder = buildCliDocuments();
});

/** What bash offers for a command line whose last word is being typed. */
function completeInBash(words: readonly string[]): readonly string[] {
  const script = `source "$0"
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _lockline; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ['--norc', '-c', script, `${folder}lockline.bash`, ...words];
  return execFileSync('bash', args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

describe('the documents of the command line', () => {
  it('name every command and option', () => {
    const page = readFileSync(`${folder}lockline.1`, 'utf8').replaceAll('\\-', '-');
    for (const command of listCommands(buildProgram())) {
      if (command.isGroup) continue;
      expect(page).toContain(`.SS ${command.path.slice(1).join(' ')}`);
      for (const option of command.options) {
        if (option.long !== '--help') expect(page).toContain(option.flags);
      }
    }
  });

  it.skipIf(!hasMan)('hold a manual page that man renders without a warning', () => {
    const page = `${folder}lockline.1`;
    const environment = { PATH: process.env['PATH'] ?? '', MANROFFSEQ: '', LANG: 'C.UTF-8' };
    const run = spawnSync('man', ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z', page], {
      encoding: 'utf8',
      env: environment,
    });
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('complete commands, options, choices and nothing else in bash', () => {
    expect(completeInBash(['lockline', 'mou'])).toEqual(['mount']);
    expect(completeInBash(['lockline', 'loc'])).toEqual(['lock']);
    expect(completeInBash(['lockline', 'lock', '--al'])).toEqual(['--all']);
    expect(completeInBash(['lockline', 'dmcrypt', 'fl'])).toEqual(['flags']);
    expect(completeInBash(['lockline', 'create', '--fs', 'fa'])).toEqual(['fat32']);
    expect(completeInBash(['lockline', 'create', '--passphrase-file', '/et'])).toContain('/etc');
    expect(completeInBash(['lockline', 'info', '/et'])).toContain('/etc');
    expect(completeInBash(['lockline', 'list', '/et'])).toEqual([]);
  });

  it.skipIf(!hasZsh)('are understood by zsh', () => {
    const run = spawnSync('zsh', ['-n', `${folder}_lockline`], { encoding: 'utf8' });
    expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.skipIf(!hasFish)('complete the same in fish', () => {
    const complete = (line: string) =>
      execFileSync(
        'fish',
        [
          '--no-config',
          '-c',
          `source "$argv[1]"; complete -C "$argv[2]"`,
          '--',
          `${folder}lockline.fish`,
          line,
        ],
        { encoding: 'utf8' },
      )
        .split('\n')
        .map((text) => text.split('\t')[0])
        .filter((text) => text !== '');
    expect(complete('lockline mou')).toEqual(['mount']);
    expect(complete('lockline dmcrypt fl')).toEqual(['flags']);
    expect(complete('lockline lock --al')).toEqual(['--all']);
    expect(complete('lockline create --fs fa')).toEqual(['fat32']);
  });
});
