import { resolve } from 'node:path';
import { ContractError } from '../../../shared/errors/vault-error.ts';
import {
  type CreateOptions,
  createOptionsSchema,
  KEY_SIZES_BITS,
  MINIMUM_CONTAINER_BYTES,
  SECTOR_SIZES,
} from '../../../shared/model/create-options.ts';
import { formatSize, parseSize } from '../../../shared/units.ts';
import { createVault } from '../../services/vault-operations.ts';
import { type KdfOptions, parseNewKdf, toNumber } from '../kdf-options.ts';
import { openVaults, warnUnlisted } from '../known-vaults.ts';
import { printResult } from '../output.ts';
import { obtainPassphrase, type PassphraseOptions } from '../passphrase-source.ts';
import { ProgressLine } from '../progress-line.ts';
import { badOption } from '../usage-error.ts';
import { withInterrupt } from '../with-interrupt.ts';

type Options = PassphraseOptions &
  KdfOptions &
  Readonly<{
    size: string;
    label: string;
    subsystem: string;
    fs: string;
    sectorSize: string;
    keySize: string;
    allocate?: boolean;
    header?: string;
    json?: boolean;
  }>;

/** `lockline create`: makes a vault and puts it on the list. */
export async function create(file: string, options: Options): Promise<void> {
  const createOptions = parseOptions(options);
  const path = resolve(file);
  const headerPath = options.header === undefined ? undefined : resolve(options.header);
  const creation = { path, options: createOptions, headerPath };
  using passphrase = await obtainPassphrase(options, 'new');
  using known = openVaults();
  using progress = new ProgressLine();
  const made = await withInterrupt((signal) =>
    createVault(known.vaults, creation, passphrase, {
      onPhase: progress.onPhase,
      signal,
      onUnlisted: warnUnlisted,
    }),
  );
  progress[Symbol.dispose]();
  printResult(
    options.json,
    { path, uuid: made.uuid, containerBytes: made.containerBytes, vaultId: made.vaultId },
    `Created ${path} (${formatSize(made.containerBytes)}), UUID ${made.uuid}`,
  );
}

function parseOptions(options: Options): CreateOptions {
  const sizeBytes = parseSize(options.size);
  if (sizeBytes === undefined || sizeBytes < MINIMUM_CONTAINER_BYTES) {
    throw new ContractError('size-invalid', { option: '--size' });
  }
  const parsed = createOptionsSchema.safeParse({
    sizeBytes: sizeBytes - (sizeBytes % 4096),
    label: options.label,
    subsystem: options.subsystem,
    filesystem: options.fs,
    sectorBytes: toNumber(options.sectorSize, '--sector-size'),
    keyBits: toNumber(options.keySize, '--key-size'),
    kdf: parseNewKdf(options),
    allocate: options.allocate === true,
  });
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? '';
    throw badOption(...(OPTION_OF[path] ?? [path, 'see --help']));
  }
  return parsed.data;
}

/** Each option by what it chooses, and what it can be. */
const OPTION_OF: Readonly<Record<string, readonly [option: string, allowed: string]>> = {
  sizeBytes: ['--size', 'up to 64 TiB'],
  label: ['--label', 'up to 47 characters'],
  subsystem: ['--subsystem', 'up to 47 characters'],
  sectorBytes: ['--sector-size', SECTOR_SIZES.join(', ')],
  keyBits: ['--key-size', KEY_SIZES_BITS.join(', ')],
};
