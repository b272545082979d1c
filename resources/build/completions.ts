import type { Option } from 'commander';
import { type CommandEntry, takesPath, takesValue } from './command-tree.ts';

/**
 * Completion scripts of the three common shells, from the command tree: commands, options, their
 * choices, and files. They run nothing of ours.
 */

/** @see bash(1), Programmable Completion */
export function writeBashCompletion(commands: readonly CommandEntry[]): string {
  const program = nameOf(commands);
  const cases = commands.flatMap((command) => {
    const key = command.path.slice(1).join(' ');
    const below = childrenOf(command, commands).flatMap(namesOf);
    const words = [...below, ...command.options.flatMap(spellings)].join(' ');
    return [
      `    '${key}') words='${words}' files=${command.arguments.length > 0 ? 'yes' : 'no'} ;;`,
    ];
  });
  const values = uniqueChoices(commands).map(
    ([option, choices]) =>
      `    ${option}) COMPREPLY=($(compgen -W '${choices}' -- "$current")); return ;;`,
  );
  return `# bash completion of ${program}
_${program}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' files='no' word
  COMPREPLY=()
  case "$previous" in
${values.join('\n')}
    ${pathOptions(commands).join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$command:$word" in
${transitions(commands)
  .map(([from, word, to]) => `      '${from}:${word}') command='${to}' ;;`)
  .join('\n')}
    esac
  done
  case "$command" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ $current == -* || $files == no ]] || COMPREPLY+=($(compgen -f -- "$current"))
}
complete -o filenames -F _${program} ${program}
`;
}

/** @see zshcompsys(1) */
export function writeZshCompletion(commands: readonly CommandEntry[]): string {
  const program = nameOf(commands);
  const functions = commands.map((command) => {
    const name = zshFunction(command.path);
    const options = command.options.map((option) => `    ${zshOption(option)}`);
    if (!command.isGroup) {
      const files = command.arguments.length === 0 ? [] : [`    '*:file:_files'`];
      return `${name}() {\n  _arguments \\\n${[...options, ...files].join(' \\\n')}\n}`;
    }
    const children = childrenOf(command, commands);
    const described = children.map((child) => {
      const word = child.path.at(-1) ?? '';
      return `    ${quote(`${word}:${child.description}`)}`;
    });
    const calls = children.map(
      (child) => `      ${namesOf(child).join('|')}) ${zshFunction(child.path)} ;;`,
    );
    return `${name}() {
  local -a commands
  commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
  else
    shift words
    (( CURRENT-- ))
    case "$words[1]" in
${calls.join('\n')}
    esac
  fi
}`;
  });
  return `#compdef ${program}\n\n${functions.join('\n\n')}\n\n${zshFunction([program])} "$@"\n`;
}

/** @see fish-completions(1) */
export function writeFishCompletion(commands: readonly CommandEntry[]): string {
  const program = nameOf(commands);
  const lines = commands.flatMap((command) => {
    const words = command.path.slice(1);
    const children = childrenOf(command, commands);
    const seen =
      words.length === 0
        ? ''
        : [...words.slice(0, -1), namesOf(command).join(' ')]
            .map((names) => `__fish_seen_subcommand_from ${names}`)
            .join('; and ');
    const below = children.flatMap(namesOf).join(' ');
    const condition = below === '' ? [seen] : [seen, `not __fish_seen_subcommand_from ${below}`];
    const when = quote(condition.filter((part) => part !== '').join('; and '));
    return [
      ...children.map(
        (child) =>
          `complete -c ${program} -n ${when} -f -a ${child.path.at(-1)} -d ${quote(child.description)}`,
      ),
      ...command.options.map((option) => `complete -c ${program} -n ${when} ${fishOption(option)}`),
    ];
  });
  return `# fish completion of ${program}\n${lines.join('\n')}\n`;
}

function nameOf(commands: readonly CommandEntry[]): string {
  return commands[0]?.path[0] ?? '';
}

function childrenOf(
  { path: above }: CommandEntry,
  commands: readonly CommandEntry[],
): readonly CommandEntry[] {
  return commands.filter(
    ({ path }) =>
      path.length === above.length + 1 && above.every((word, index) => path[index] === word),
  );
}

/** How a command can be called: its name and its aliases. */
function namesOf({ path, aliases }: CommandEntry): readonly string[] {
  return [path.at(-1) ?? '', ...aliases];
}

/** `[command so far, next word, command then]`, aliases among the words. */
function transitions(
  commands: readonly CommandEntry[],
): readonly (readonly [string, string, string])[] {
  return commands.slice(1).flatMap((command) => {
    const from = command.path.slice(1, -1).join(' ');
    const to = command.path.slice(1).join(' ');
    return namesOf(command).map((word) => [from, word, to] as const);
  });
}

function spellings(option: Option): readonly string[] {
  return [option.short, option.long].filter((name) => name !== undefined);
}

/** Each option with a fixed set of values, once; the same name has the same values everywhere. */
function uniqueChoices(commands: readonly CommandEntry[]): readonly (readonly [string, string])[] {
  const choices = new Map<string, Set<string>>();
  for (const option of commands.flatMap((command) => command.options)) {
    if (option.argChoices === undefined || option.long === undefined) continue;
    const known = choices.get(option.long) ?? new Set<string>();
    for (const choice of option.argChoices) known.add(choice);
    choices.set(option.long, known);
  }
  return [...choices].map(([name, values]) => [name, [...values].join(' ')] as const);
}

function pathOptions(commands: readonly CommandEntry[]): readonly string[] {
  const options = commands.flatMap((command) => command.options).filter(takesPath);
  return [...new Set(options.flatMap(spellings))];
}

function zshFunction(path: readonly string[]): string {
  return `_${path.join('_')}`;
}

function zshOption(option: Option): string {
  const text = option.description.replaceAll(/[[\]:]/g, ' ');
  const value = takesValue(option) ? `:value:${zshValues(option)}` : '';
  return quote(`${option.long ?? option.short}[${text}]${value}`);
}

function zshValues(option: Option): string {
  if (option.argChoices !== undefined) return `(${option.argChoices.join(' ')})`;
  return takesPath(option) ? '_files' : ' ';
}

function fishOption(option: Option): string {
  const long = option.long === undefined ? '' : `-l ${option.long.slice(2)}`;
  const short = option.short === undefined ? '' : `-s ${option.short.slice(1)}`;
  const values =
    option.argChoices === undefined ? '' : `-x -a ${quote(option.argChoices.join(' '))}`;
  const needed = values === '' && takesValue(option) ? '-r' : values;
  return [short, long, needed, '-d', quote(option.description)]
    .filter((part) => part !== '')
    .join(' ');
}

/** For a shell: single quotes, and those inside spelled out. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
