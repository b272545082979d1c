import { type Command, Option } from 'commander';
import { CONTAINER_FORMATS } from '../../shared/model/header-care.ts';
import { lazily } from './lazily.ts';
import {
  acceptCost,
  confirm,
  credentials,
  header as headerOption,
  json,
  kdfOptions,
  newCredentials,
} from './program-options.ts';

const load = () => import('./commands/key.ts');

/** Puts the commands for keys and headers on the program. */
export function addKeyCommands(program: Command): void {
  const key = program.command('key').description('the keys of a vault: list, add, change, remove');
  const keyCommand = (name: string, description: string) =>
    key.command(name).description(description).argument('<file>');

  keyCommand('list', 'each keyslot with its name and what it costs on this machine').action(
    lazily(load, 'list'),
  );
  keyCommand('add', 'add a passphrase, a keyfile or a recovery key')
    .option('--name <text>', 'a name for the key, kept in the header', '')
    .addOption(
      new Option('--recovery', 'make a recovery key of 24 words and show it once').conflicts([
        'newPassphraseFile',
        'newKeyfile',
      ]),
    )
    .option('--recovery-out <file>', 'save the recovery key in a new file instead of showing it')
    .action(lazily(load, 'add'));
  keyCommand('change', 'replace a passphrase; the new one is proven before the old one goes')
    .option('--keyslot <n>', 'the keyslot that the old passphrase has to open')
    .action(lazily(load, 'change'));
  keyCommand('test', 'tell whether a key opens the vault; changes nothing')
    .argument('[keyslot]', 'only this one')
    .action(lazily(load, 'test'));
  keyCommand('remove', 'destroy the keyslot that a key opens').action(lazily(load, 'remove'));
  keyCommand('kill', 'destroy a keyslot by its number; asks for a key that opens another one')
    .argument('<keyslot>')
    .action(lazily(load, 'kill'));
  keyCommand('priority', 'set whether a keyslot is tried first, as usual, or only when named')
    .argument('<keyslot>')
    .argument('<priority>', 'prefer, normal or ignore')
    .action(lazily(load, 'priority'));
  keyCommand('name', 'give a key a name, kept in the header')
    .argument('<keyslot>')
    .argument('<name>')
    .action(lazily(load, 'name'));

  const withOptions = (names: readonly string[], options: () => readonly Option[]) => {
    for (const command of key.commands.filter((each) => names.includes(each.name())))
      for (const option of options()) command.addOption(option);
  };
  withOptions(['add', 'change', 'test', 'remove', 'kill'], credentials);
  withOptions(['add', 'change'], () => [...newCredentials(), ...kdfOptions()]);
  withOptions(['remove', 'kill'], () => [confirm()]);
  for (const command of key.commands) command.addOption(json());

  addHeaderCommands(program);

  program
    .command('erase')
    .description('destroy every key of a vault: only a header backup opens it afterwards')
    .argument('<file>')
    .addOption(confirm())
    .addOption(json())
    .action(lazily(() => import('./commands/erase.ts'), 'erase'));
}

function addHeaderCommands(program: Command): void {
  const header = program.command('header').description('back up and restore the header of a vault');
  header
    .command('backup')
    .description('save the header with its keys, as cryptsetup luksHeaderBackup does')
    .argument('<file>')
    .argument('<backup>', 'a new file')
    .addOption(json())
    .action(lazily(() => import('./commands/header.ts'), 'backup'));
  header
    .command('restore')
    .description('put a backup in its place; the header that was there is kept beside the vault')
    .argument('<file>')
    .argument('<backup>')
    .option('--dry-run', 'only show what would change')
    .option('--yes', 'do not ask')
    .addOption(json())
    .action(lazily(() => import('./commands/header.ts'), 'restore'));

  program
    .command('check')
    .description('check headers, keyslots and key areas; needs no passphrase, changes nothing')
    .argument('<file>')
    .addOption(json())
    .action(lazily(() => import('./commands/check.ts'), 'check'));

  const fsck = program
    .command('fsck')
    .description('check the filesystem in a locked vault; changes nothing unless told to repair')
    .argument('<file>')
    .option('--no-checker', "do not ask the system's own program (e2fsck, fsck.fat) as well")
    .option('--repair', 'let that program repair what it finds, after asking')
    .option('--yes', 'do not ask')
    .addOption(headerOption())
    .addOption(acceptCost());
  for (const option of credentials()) fsck.addOption(option);
  fsck.addOption(json()).action(lazily(() => import('./commands/fsck.ts'), 'fsck'));

  program
    .command('convert')
    .description('convert a locked vault between LUKS1 and LUKS2; its old header is kept beside it')
    .argument('<file>')
    .addOption(new Option('--to <format>').choices(CONTAINER_FORMATS).makeOptionMandatory())
    .addOption(json())
    .action(lazily(() => import('./commands/convert.ts'), 'convert'));

  program
    .command('repair')
    .description('repair what can be repaired of a header, after saving it beside the vault')
    .argument('<file>')
    .addOption(json())
    .action(lazily(() => import('./commands/repair.ts'), 'repair'));

  const resize = program
    .command('resize')
    .description('make a locked vault larger, with the FAT32 or ext4 filesystem in it')
    .argument('<file>')
    .requiredOption('--size <size>', 'new size of the container, such as 2G');
  for (const option of [...credentials(), headerOption()]) resize.addOption(option);
  resize.addOption(json()).action(lazily(() => import('./commands/resize.ts'), 'resize'));
}
