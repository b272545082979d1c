import { resolve } from 'node:path';
import { ContractError } from '../../../shared/errors/vault-error.ts';
import { type EngineChanges, engineChangesSchema } from '../../../shared/model/engine.ts';
import { tuneKernel } from '../../services/tune-kernel.ts';
import { tuneVault } from '../../services/tune-vault.ts';
import { describeEngine } from '../describe-engine.ts';
import { openVaults } from '../known-vaults.ts';
import { printResult } from '../output.ts';
import { describeWarnings, parseDriver, parseFlags } from '../parse-flags.ts';

type Options = Readonly<{
  readEngine?: string;
  writeEngine?: string;
  provider?: string;
  threads?: string;
  flags?: string;
  driver?: string;
  json?: boolean;
}>;

/** As an argument it leaves the choice to Lockline again. */
const NO_CHOICE = 'default';

/** `lockline tune`: changes where the crypto of a mounted vault runs, while it is in use. */
export async function tune(fileOrFolder: string, options: Options): Promise<void> {
  if (options.flags !== undefined || options.driver !== undefined) {
    return tuneMapping(fileOrFolder, options);
  }
  using known = openVaults();
  const changes = parseChanges(options);
  const { session, engine } = await tuneVault(known.vaults, resolve(fileOrFolder), changes);
  const { path, mountPoint } = session;
  printResult(options.json, { path, mountPoint, engine }, describeEngine(engine));
}

/** Of a vault that dm-crypt serves: what is really in force afterwards is what is told. */
async function tuneMapping(fileOrFolder: string, options: Options): Promise<void> {
  const { flags, driver, readEngine, writeEngine, provider, threads } = options;
  if ((readEngine ?? writeEngine ?? provider ?? threads) !== undefined) {
    throw new ContractError('payload-invalid', { argument: '--flags with options of the engine' });
  }
  const tuning = {
    flags: flags === undefined ? undefined : parseFlags(flags, '--flags'),
    driver: parseDriver(driver),
  };
  using known = openVaults();
  const { session, kernel, warnings } = await tuneKernel(
    known.vaults,
    resolve(fileOrFolder),
    tuning,
  );
  const { path, mountPoint } = session;
  const lines = [
    `In force: ${kernel.flags.join(', ') || 'no flags'}, ${kernel.cipher ?? 'cipher not known'}`,
    ...kernel.voidFlags.map((flag) => `This kernel does not know ${flag}`),
    ...describeWarnings(warnings),
  ];
  printResult(options.json, { path, mountPoint, kernel, warnings }, lines.join('\n'));
}

function parseChanges(options: Options): EngineChanges {
  const wanted = {
    read: options.readEngine,
    write: options.writeEngine,
    provider: options.provider,
    threads: options.threads,
  };
  const changes = Object.entries(wanted)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, parseChoice(name, value ?? NO_CHOICE)] as const);
  const parsed = engineChangesSchema.safeParse(Object.fromEntries(changes));
  if (parsed.success) return parsed.data;
  throw new ContractError('payload-invalid', {
    argument: parsed.error.issues[0]?.path.join('.') ?? '',
  });
}

function parseChoice(name: string, value: string): string | number | null {
  if (value === NO_CHOICE) return null;
  return name === 'threads' && /^\d{1,4}$/.test(value) ? Number(value) : value;
}
