import { type Command, Option } from 'commander';
import { lazily } from './lazily.ts';

const json = () => new Option('--json', 'print one JSON document');

/** Adds `lockline dmcrypt` and its commands: what concerns the kernel's engine alone. */
export function addDmcryptCommands(program: Command): void {
  const dmcrypt = program
    .command('dmcrypt')
    .description("the kernel's dm-crypt: flags, advice, leftovers");

  dmcrypt
    .command('flags')
    .description('show or change the flags that a vault keeps for every activation; needs no root')
    .argument('<file>')
    .option('--set <flags>', 'these and no others, with commas between; "none" for none')
    .option('--add <flags>', 'these, too')
    .option('--remove <flags>', 'not these')
    .addOption(json())
    .action(lazily(() => import('./commands/dmcrypt-flags.ts'), 'dmcryptFlags'));
}
