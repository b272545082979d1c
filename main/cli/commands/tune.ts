import { resolve } from 'node:path';
import {
  ENGINE_MODES,
  type EngineChanges,
  engineChangesSchema,
  MAX_ENGINE_THREADS,
  PROVIDER_NAMES,
} from '../../../shared/model/engine.ts';
import { NO_VOLUME_MEMORY } from '../../../shared/model/volume-memory.ts';
import { tuneKernel } from '../../services/tune-kernel.ts';
import { tuneVault } from '../../services/tune-vault.ts';
import { describeEngine } from '../describe-engine.ts';
import { openVaults } from '../known-vaults.ts';
import { printResult } from '../output.ts';
import { describeWarnings, parseDriver, parseFlags } from '../parse-flags.ts';
import { describeMemory, type MemoryOptions, parseMemory } from '../parse-memory.ts';
import { badArgument, badOption } from '../usage-error.ts';

type Options = MemoryOptions &
  Readonly<{
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
  const memory = parseMemory(options);
  const { session, engine } = await tuneVault(known.vaults, resolve(fileOrFolder), changes);
  const { path, mountPoint } = session;
  const record = known.vaults.findByPath(path);
  if (record !== undefined) known.vaults.change(record.id, memory);
  const { cacheBytes, readAheadBytes } = { ...NO_VOLUME_MEMORY, ...record?.options, ...memory };
  const nextMount = { cacheBytes, readAheadBytes };
  const lines = [
    describeEngine(engine),
    ...(Object.keys(memory).length === 0 ? [] : [describeMemory(nextMount)]),
  ];
  printResult(options.json, { path, mountPoint, engine, nextMount }, lines.join('\n'));
}

/** Of a vault that dm-crypt serves: what is really in force afterwards is what is told. */
async function tuneMapping(fileOrFolder: string, options: Options): Promise<void> {
  const { flags, driver, readEngine, writeEngine, provider, threads, cacheSize, readAhead } =
    options;
  const ofEngine = readEngine ?? writeEngine ?? provider ?? threads ?? cacheSize ?? readAhead;
  if (ofEngine !== undefined) {
    throw badArgument('--flags with options of the engine');
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

const MODES = ENGINE_MODES.join(', ');
/** Each option by the choice that it makes, and what it can be. */
const CHOICES = [
  { name: 'read', option: '--read-engine', allowed: MODES },
  { name: 'write', option: '--write-engine', allowed: MODES },
  { name: 'provider', option: '--provider', allowed: PROVIDER_NAMES.join(', ') },
  { name: 'threads', option: '--threads', allowed: `1 to ${MAX_ENGINE_THREADS}` },
] as const;

function parseChanges({ readEngine, writeEngine, provider, threads }: Options): EngineChanges {
  const wanted = { read: readEngine, write: writeEngine, provider, threads };
  let changes: EngineChanges = {};
  for (const { name, option, allowed } of CHOICES) {
    const value = wanted[name];
    if (value === undefined) continue;
    const parsed = engineChangesSchema.safeParse({ [name]: parseChoice(name, value) });
    if (!parsed.success) throw badOption(option, `${allowed} or ${NO_CHOICE}`);
    changes = { ...changes, ...parsed.data };
  }
  return changes;
}

function parseChoice(name: string, value: string): string | number | null {
  if (value === NO_CHOICE) return null;
  return name === 'threads' && /^\d{1,4}$/.test(value) ? Number(value) : value;
}
