import { resolve } from 'node:path';
import { ContractError } from '../../../shared/errors/vault-error.ts';
import {
  type EngineChanges,
  type EngineSnapshot,
  engineChangesSchema,
} from '../../../shared/model/engine.ts';
import { tuneVault } from '../../services/tune-vault.ts';
import { openVaults } from '../known-vaults.ts';
import { printResult } from '../output.ts';

type Options = Readonly<{
  readEngine?: string;
  writeEngine?: string;
  provider?: string;
  threads?: string;
  json?: boolean;
}>;

/** As an argument it leaves the choice to Lockline again. */
const NO_CHOICE = 'default';

/** `lockline tune`: changes where the crypto of a mounted vault runs, while it is in use. */
export async function tune(fileOrFolder: string, options: Options): Promise<void> {
  using known = openVaults();
  const changes = parseChanges(options);
  const { session, engine } = await tuneVault(known.vaults, resolve(fileOrFolder), changes);
  const { path, mountPoint } = session;
  printResult(options.json, { path, mountPoint, engine }, describe(engine));
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

function describe({ read, write, provider, threads, notes }: EngineSnapshot): string {
  const workers = threads === 1 ? '1 crypto worker' : `${threads} crypto workers`;
  return [`Reads ${read}, writes ${write}, ${provider}, ${workers}`, ...notes].join('\n');
}
