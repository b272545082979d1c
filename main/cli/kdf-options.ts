import {
  DEFAULT_KDF_TYPE,
  KDF_TYPES,
  type KdfChoice,
  type KdfPreference,
  kdfPreferenceSchema,
} from '../../shared/model/create-options.ts';
import { badOption } from './usage-error.ts';

/** The options by which a command takes the cost of key derivation, as commander hands them over. */
export type KdfOptions = Readonly<{
  pbkdf?: string;
  iterTime?: string;
  pbkdfMemory?: string;
  pbkdfParallel?: string;
  pbkdfForceIterations?: string;
}>;

/** Each option by what it chooses, and what it can be. */
const OPTION_OF: Readonly<Record<string, readonly [option: string, allowed: string]>> = {
  targetMs: ['--iter-time', '100 to 60000 ms'],
  memoryKib: ['--pbkdf-memory', '32 KiB to 4 GiB, in KiB'],
  parallel: ['--pbkdf-parallel', '1 to 4'],
  forcedIterations: ['--pbkdf-force-iterations', '1 to 4294967295'],
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
  const wrong = OPTION_OF[path];
  throw wrong ? badOption(...wrong) : badOption('--pbkdf', KDF_TYPES.join(', '));
}

/** As {@link parseKdfOptions}, for a container that is made. */
export function parseNewKdf(options: KdfOptions): KdfChoice {
  const preference = parseKdfOptions(options);
  return { ...preference, type: preference.type ?? DEFAULT_KDF_TYPE };
}

/** @throws ContractError `payload-invalid` where the text is no whole number. */
export function toNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badOption(option, 'a whole number');
  return Number(text);
}
