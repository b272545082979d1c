import {
  CACHE_SIZES,
  DEFAULT_CACHE_BYTES,
  READ_AHEAD_SIZES,
  type VolumeMemory,
  volumeMemorySchema,
} from '../../shared/model/volume-memory.ts';
import { formatSize, parseSize } from '../../shared/units.ts';
import { badOption } from './usage-error.ts';

/** Options about a volume's memory, as they were written. */
export type MemoryOptions = Readonly<{ cacheSize?: string; readAhead?: string }>;

const SIZES = { cacheBytes: CACHE_SIZES, readAheadBytes: READ_AHEAD_SIZES } as const;
/** As an argument it leaves the choice to Lockline again. */
const NO_CHOICE = 'default';

/**
 * Returns what is named of a volume's memory.
 *
 * @throws ContractError `payload-invalid`, with the option's name.
 */
export function parseMemory({ cacheSize, readAhead }: MemoryOptions): Partial<VolumeMemory> {
  return {
    ...(cacheSize === undefined
      ? {}
      : { cacheBytes: parse('cacheBytes', '--cache-size', cacheSize) }),
    ...(readAhead === undefined
      ? {}
      : { readAheadBytes: parse('readAheadBytes', '--read-ahead', readAhead) }),
  };
}

/** Says what counts from the next mount on. */
export function describeMemory({ cacheBytes, readAheadBytes }: VolumeMemory): string {
  const cache = formatSize(cacheBytes ?? DEFAULT_CACHE_BYTES);
  const ahead = readAheadBytes === null ? 'left to the kernel' : formatSize(readAheadBytes);
  return `From the next mount: cache ${cache}, read-ahead ${ahead}`;
}

function parse<K extends keyof VolumeMemory>(
  field: K,
  option: string,
  text: string,
): VolumeMemory[K] {
  const value = text === NO_CHOICE ? null : (parseSize(text) ?? Number.NaN);
  const parsed = volumeMemorySchema.partial().safeParse({ [field]: value });
  const size = parsed.data?.[field];
  if (size === undefined) {
    throw badOption(option, [...SIZES[field].map(formatSize), NO_CHOICE].join(', '));
  }
  return size;
}
