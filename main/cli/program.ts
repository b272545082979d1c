import { Command, CommanderError, Option } from 'commander';
import { EXIT_CODES } from '../../shared/errors/codes.ts';
import { BACKEND_CHOICES } from '../../shared/model/backend.ts';
import { defaultFilesystem, FILESYSTEMS } from '../../shared/model/create-options.ts';
import { fullVersion } from '../system/build-commit.ts';
import { addDmcryptCommands } from './dmcrypt-program.ts';
import { addKeyCommands } from './key-program.ts';
import { lazily } from './lazily.ts';
import { printError } from './output.ts';
import {
  acceptCost,
  cacheSize,
  header,
  json,
  kdfOptions,
  keyfile,
  passphraseFile,
  readAhead,
  recoveryKey,
} from './program-options.ts';

/** Builds the whole command tree; nothing of a command is loaded before it runs. */
export function buildProgram(): Command {
  const program = new Command('lockline')
    .description('Create, mount and lock LUKS2 vaults, without root')
    .version(fullVersion())
    .showHelpAfterError('(lockline COMMAND --help tells more)')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });

  const create = program
    .command('create')
    .description('create a vault: a new LUKS2 container file with a filesystem in it')
    .argument('<file>')
    .requiredOption('--size <size>', 'size of the container, such as 512M or 2G; at least 32M')
    .option('--label <label>', 'label of the container and its filesystem', '')
    .option('--subsystem <name>', 'subsystem of the container', '')
    .addOption(
      new Option('--fs <type>', 'filesystem; fat32 opens on any computer')
        .choices(FILESYSTEMS)
        .default(defaultFilesystem(process.platform)),
    )
    .option('--sector-size <bytes>', 'encryption sector: 512, 1024, 2048 or 4096', '4096')
    .option('--key-size <bits>', 'volume key: 256 (AES-128-XTS) or 512 (AES-256-XTS)', '512')
    .option('--allocate', 'reserve all of the space now')
    .addOption(header('make a detached header in this new file; the data hold none'))
    .addOption(passphraseFile())
    .addOption(keyfile())
    .addOption(json())
    .action(lazily(() => import('./commands/create.ts'), 'create'));
  for (const option of kdfOptions()) create.addOption(option);

  program
    .command('info')
    .description('show header, keyslots, costs and health; needs no passphrase, changes nothing')
    .argument('<file>')
    .addOption(header())
    .addOption(json())
    .action(lazily(() => import('./commands/info.ts'), 'info'));

  program
    .command('test')
    .description('tell whether a passphrase opens the vault, and which keyslot; changes nothing')
    .argument('<file>')
    .addOption(header())
    .addOption(acceptCost())
    .addOption(passphraseFile())
    .addOption(keyfile())
    .addOption(recoveryKey())
    .addOption(json())
    .action(lazily(() => import('./commands/test.ts'), 'test'));

  program
    .command('mount')
    .description('unlock a vault and mount it; returns when the folder is usable')
    .argument('<file>')
    .argument('[dir]', 'an empty folder; default: one under your runtime directory')
    .option('--read-only', 'write nothing, not even to the header')
    .option('--foreground', 'stay until the vault is locked')
    .addOption(
      new Option(
        '--backend <name>',
        'how to mount; auto takes the first that asks for nothing',
      ).choices(BACKEND_CHOICES),
    )
    .option('--flags <flags>', "dm-crypt flags in place of the header's, with commas between")
    .option('--driver <name>', "the kernel's implementation of the cipher, as in /proc/crypto")
    .option('--discard', 'give space that becomes free back to the container: what is unused shows')
    .option('--no-discard', 'keep it; what is not said is as it was pinned, at first not to')
    .addOption(cacheSize())
    .addOption(readAhead())
    .option('--pin', 'mount this vault so from now on')
    .addOption(header())
    .addOption(acceptCost())
    .addOption(passphraseFile())
    .addOption(keyfile())
    .addOption(recoveryKey())
    .addOption(json())
    .action(lazily(() => import('./commands/mount.ts'), 'mount'));

  program
    .command('nbd')
    .description('unlock a vault and serve its blocks by the NBD protocol, on this machine only')
    .argument('<file>')
    .option('--socket <path>', 'a Unix socket, made with mode 0600')
    .option('--port <n>', 'a TCP port of the loopback addresses, for your own programs only')
    .option('--read-only', 'write nothing, not even to the header')
    .option('--no-discard', 'offer no trim: what is unused then stays hidden')
    .option('--foreground', 'stay until the vault is locked')
    .addOption(header())
    .addOption(acceptCost())
    .addOption(passphraseFile())
    .addOption(keyfile())
    .addOption(recoveryKey())
    .addOption(json())
    .action(lazily(() => import('./commands/nbd.ts'), 'nbd'));

  program
    .command('unmount')
    .alias('lock')
    .description('unmount and lock a vault')
    .argument('[file-or-dir]', 'the container or its mount point')
    .option('--all', 'every mounted vault')
    .option('--force', 'even where files are in use')
    .addOption(json())
    .action(lazily(() => import('./commands/unmount.ts'), 'unmount'));

  program
    .command('tune')
    .description('change where the crypto of a mounted vault runs, while it is in use')
    .argument('<file-or-dir>', 'the container or its mount point')
    .option('--read-engine <mode>', 'inline, threaded, auto; "default" for the setting')
    .option('--write-engine <mode>', 'the same for writes')
    .option('--provider <name>', 'native, ecb-wasm, noble; "default" for the fastest')
    .option('--threads <n>', 'crypto workers, 1 to 16; "default" for physical cores minus one')
    .option('--flags <flags>', 'of a vault that dm-crypt serves: its flags, or "none"')
    .option('--driver <name>', 'of such a vault: implementation of the cipher, or "default"')
    .addOption(cacheSize())
    .addOption(readAhead())
    .addOption(json())
    .action(lazily(() => import('./commands/tune.ts'), 'tune'));

  program
    .command('bench')
    .description('measure ciphers, engines, storage and key derivation on this machine')
    .option('--quick', 'a few seconds, as a hint')
    .option('--only <groups>', 'a list such as "provider,storage"; default: everything')
    .option('--folder <dir>', 'whose storage to measure; default: that of temporary files')
    .option('--buffer <size>', 'largest buffer of the ciphers, 100K to 1G; default 1M')
    .option('--file-size <size>', 'of the file for storage, 16M to 64G; default 128M')
    .option('--tests <tests>', 'of storage, such as "seq1m-q8t1,rnd4k-q32t1"; default: all four')
    .option('--runs <n>', 'rounds of each test of storage, 1 to 9; default 5')
    .option('--interval <seconds>', 'rest before each round of storage; default 0')
    .option('--content <kind>', 'of that file: random or zero; default random')
    .addOption(json())
    .action(lazily(() => import('./commands/bench.ts'), 'bench'));

  program
    .command('stats')
    .description('what a mounted vault did since its mount, and where the time went')
    .argument('<file-or-dir>', 'the container or its mount point')
    .option('--watch', 'twice a second until the vault is locked')
    .addOption(json())
    .action(lazily(() => import('./commands/stats.ts'), 'stats'));

  program
    .command('list')
    .description('known and mounted vaults')
    .addOption(json())
    .action(lazily(() => import('./commands/list.ts'), 'list'));

  program
    .command('providers')
    .description('implementations of the cipher: which exist here, which passed their self-test')
    .addOption(json())
    .action(lazily(() => import('./commands/providers.ts'), 'providers'));

  addDmcryptCommands(program);
  addKeyCommands(program);

  return program;
}

/**
 * Runs the command line.
 *
 * @param args - Without the program's name.
 * @returns The exit code. @see docs/cli-abi.md
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  try {
    await buildProgram().parseAsync([...args], { from: 'user' });
    // A command that found something wrong has done its work and says so by its exit code.
    return Number(process.exitCode ?? EXIT_CODES.done);
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
    }
    return printError(error, args.includes('--json'));
  }
}
