import { ContractError } from '../../shared/errors/vault-error.ts';
import {
  DEFAULT_KDF_TYPE,
  type KdfChoice,
  type KdfPreference,
  kdfPreferenceSchema,
} from '../../shared/model/create-options.ts';

/** The options by which a command takes the cost of key derivation, as commander hands them over. */
export type KdfOptions = Readonly<{
  pbkdf?: string;
  iterTime?: string;
  pbkdfMemory?: string;
  pbkdfParallel?: string;
  pbkdfForceIterations?: string;
}>;

const OPTION_OF: Readonly<Record<string, string>> = {
  targetMs: '--iter-time',
  memoryKib: '--pbkdf-memory',
  parallel: '--pbkdf-parallel',
  forcedIterations: '--pbkdf-force-iterations',
};

/** @throws ContractError `payload-invalid` with the option that is wrong. */
export function parseKdfOptions(options: KdfOptions): KdfPreference {
  const parsed = kdfPreferenceSchema.safeParse({
    type: options.pbkdf,
    targetMs: toNumber(options.iterTime, '--iter-time'),
    memoryKib: toNumber(options.pbkdfMemory, '--pbkdf-memory'),
    parallel: toNumber(options.pbkdfParallel, '--pbkdf-parallel'),
    forcedIterations: toNumber(options.pbkdfForceIterations, '--pbkdf-force-iterations'),
  });
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new ContractError('payload-invalid', { option: OPTION_OF[path] ?? '--pbkdf' });
}

/** As {@link parseKdfOptions}, for a container that is made. */
export function parseNewKdf(options: KdfOptions): KdfChoice {
  const preference = parseKdfOptions(options);
  return { ...preference, type: preference.type ?? DEFAULT_KDF_TYPE };
}

/** @throws ContractError `payload-invalid` where the text is no whole number. */
export function toNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new ContractError('payload-invalid', { option });
  return Number(text);
}
