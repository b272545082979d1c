import type { Command } from 'commander';
import { lazily } from './lazily.ts';
import { json } from './program-options.ts';

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

  dmcrypt
    .command('explain')
    .description(
      "what each of dm-crypt's flags does, since which kernel, and whether it is void here",
    )
    .addOption(json())
    .action(lazily(() => import('./commands/dmcrypt-explain.ts'), 'dmcryptExplain'));

  dmcrypt
    .command('advise')
    .description('tell which flags suit a vault on this machine, and why')
    .argument('<file>')
    .option('--measure', 'try them in turn on the mounted vault; they stay where they win by 5 %')
    .option('--seconds <n>', 'how long each of the ten rounds is', '3')
    .addOption(json())
    .action(lazily(() => import('./commands/dmcrypt-advise.ts'), 'dmcryptAdvise'));

  dmcrypt
    .command('clean')
    .description('close what a crash has left open in the kernel; only what is yours')
    .option('--list', 'only look')
    .addOption(json())
    .action(lazily(() => import('./commands/dmcrypt-clean.ts'), 'dmcryptClean'));
}
