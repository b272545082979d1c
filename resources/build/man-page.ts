import type { Argument } from 'commander';
import { EXIT_CODES } from '../../shared/errors/codes.ts';
import type { CommandEntry } from './command-tree.ts';

/** What stands behind each exit code; the table of `docs/cli-abi.md` in a word. */
const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  done: 'done',
  other: 'anything else, a cancelled operation among it',
  usage: 'usage: arguments, sizes, a passphrase that is missing, empty or too long',
  passphraseWrong: 'passphrase wrong, or the key area damaged',
  damaged: 'not a LUKS container, or damaged',
  unsupported: 'valid but unsupported, or over the limits of cost',
  wrongState: 'busy, or not possible in the present state',
  storage: 'storage: space, input and output, permission, missing file',
  backend: 'mount backend missing or denied',
};

/**
 * Writes the manual page of a program, in the man macros.
 *
 * @param commands - All of it. @see listCommands
 * @see man-pages(7), groff_man(7)
 */
export function writeManPage(
  commands: readonly CommandEntry[],
  about: Readonly<{ version: string; date: string }>,
): string {
  const [program] = commands;
  if (program === undefined) return '';
  const name = program.path.join(' ');
  const lines = [
    `.TH ${name.toUpperCase()} 1 ${about.date} "Lockline ${about.version}" "User Commands"`,
    '.SH NAME',
    `${name} \\- ${roff(program.description)}`,
    '.SH SYNOPSIS',
    `.B ${name}`,
    '.I command',
    '.RI [ options ]',
    '.SH COMMANDS',
    ...commands.slice(1).flatMap(describeCommand),
    '.SH PASSPHRASES',
    roff(
      'Asked for on the terminal without echo, read from a file, from standard input or from a descriptor; never taken from the arguments or the environment.',
    ),
    '.SH EXIT STATUS',
    ...Object.entries(EXIT_MEANINGS).flatMap(([key, meaning]) => [
      '.TP',
      `.B ${EXIT_CODES[key as keyof typeof EXIT_CODES]}`, // the keys of the record
      roff(meaning),
    ]),
    '.SH SEE ALSO',
    '.BR cryptsetup (8),',
    '.BR fusermount3 (1)',
  ];
  return `${lines.join('\n')}\n`;
}

function describeCommand(command: CommandEntry): readonly string[] {
  if (command.isGroup) return [];
  const names = command.path.slice(1).join(' ');
  const synopsis = [names, ...command.arguments.map(spell)].join(' ');
  const aliases = command.aliases.length === 0 ? '' : ` Also: ${command.aliases.join(', ')}.`;
  return [
    `.SS ${roff(synopsis)}`,
    roff(`${capitalise(command.description)}.${aliases}`),
    ...command.options
      .filter((option) => option.long !== '--help')
      .flatMap((option) => [
        '.TP',
        `.B ${roff(option.flags)}`,
        roff(
          capitalise(
            option.argChoices === undefined
              ? option.description
              : `${option.description}: ${option.argChoices.join(', ')}`,
          ),
        ),
      ]),
  ];
}

function spell(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Text that roff prints as it is: a minus for each hyphen, no control line. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}
