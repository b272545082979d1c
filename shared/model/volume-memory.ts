import { z } from 'zod';
import { KIB, MIB } from '../units.ts';

/** Plaintext that a mounted volume keeps in memory at most; set aside when it is mounted. */
export const CACHE_SIZES = [16 * MIB, 32 * MIB, 64 * MIB, 128 * MIB, 256 * MIB, 512 * MIB] as const;
export const DEFAULT_CACHE_BYTES = 64 * MIB;

/** What is read beyond a request that follows the one before it; 0: nothing. */
export const READ_AHEAD_SIZES = [0, 32 * KIB, 64 * KIB, 128 * KIB, 256 * KIB] as const;

/** Memory of a volume: null leaves it to Lockline, and the read-ahead of programs to the kernel. */
export const volumeMemorySchema = z.strictObject({
  cacheBytes: z.literal(CACHE_SIZES).nullable(),
  readAheadBytes: z.literal(READ_AHEAD_SIZES).nullable(),
});
export type VolumeMemory = Readonly<z.infer<typeof volumeMemorySchema>>;

/** Nothing is chosen. */
export const NO_VOLUME_MEMORY: VolumeMemory = { cacheBytes: null, readAheadBytes: null };
