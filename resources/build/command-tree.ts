import type { Argument, Command, Option } from 'commander';

/** One command as its documents show it: man page and completions. */
export type CommandEntry = Readonly<{
  /** From the program's name on: `['lockline', 'dmcrypt', 'flags']`. */
  path: readonly string[];
  aliases: readonly string[];
  description: string;
  arguments: readonly Argument[];
  options: readonly Option[];
  /** Whether commands lie below it: then it does nothing by itself. */
  isGroup: boolean;
}>;

/** Every command of a program, each before the ones below it; hidden ones are left out. */
export function listCommands(program: Command): readonly CommandEntry[] {
  return visit(program, []);
}

/** Whether something has to follow the option. */
export function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

/** Whether the value is a file or a folder, by the word that stands for it. */
export function takesPath(option: Option): boolean {
  return /<(file|dir|path)>/.test(option.flags);
}

function visit(command: Command, above: readonly string[]): readonly CommandEntry[] {
  const path = [...above, command.name()];
  const help = command.createHelp();
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  const entry: CommandEntry = {
    path,
    aliases: command.aliases(),
    description: command.description(),
    arguments: command.registeredArguments,
    options: help.visibleOptions(command),
    isGroup: children.length > 0,
  };
  return [entry, ...children.flatMap((child) => visit(child, path))];
}
