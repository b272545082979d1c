import { z } from 'zod';

/**
 * Where the crypto of one direction runs: `inline` in the thread that does the I/O, `threaded` in
 * that thread and in crypto workers, `auto` in whichever of the two is quicker for each request.
 */
export const ENGINE_MODES = ['inline', 'threaded', 'auto'] as const;
export type EngineMode = (typeof ENGINE_MODES)[number];

/** Providers of AES-XTS that can be pinned, from the fastest to the last resort. */
export const PROVIDER_NAMES = ['native', 'ecb-wasm', 'noble'] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** Most crypto workers that a vault can have: the largest request of a mount has 16 fragments. */
export const MAX_ENGINE_THREADS = 16;

/** What a user wants of a vault's engine; `null` leaves the choice to Lockline. */
export const enginePreferenceSchema = z.strictObject({
  read: z.enum(ENGINE_MODES).nullable(),
  write: z.enum(ENGINE_MODES).nullable(),
  provider: z.enum(PROVIDER_NAMES).nullable(),
  /** Crypto workers besides the thread that does the I/O. */
  threads: z.int().min(1).max(MAX_ENGINE_THREADS).nullable(),
});
export type EnginePreference = Readonly<z.infer<typeof enginePreferenceSchema>>;

/** Changes of a preference: what is not named stays as it is. */
export const engineChangesSchema = enginePreferenceSchema.partial();
export type EngineChanges = Readonly<z.infer<typeof engineChangesSchema>>;

/** Returns the preference with the changes made. */
export function changePreference(
  before: EnginePreference,
  changes: EngineChanges,
): EnginePreference {
  const { read, write, provider, threads } = changes;
  return {
    read: read === undefined ? before.read : read,
    write: write === undefined ? before.write : write,
    provider: provider === undefined ? before.provider : provider,
    threads: threads === undefined ? before.threads : threads,
  };
}

/** Nothing is preferred. */
export const NO_ENGINE_PREFERENCE: EnginePreference = {
  read: null,
  write: null,
  provider: null,
  threads: null,
};

/** The engine of an open vault: mode for each direction and the provider in force. */
export type EngineSnapshot = Readonly<{
  read: EngineMode;
  write: EngineMode;
  provider: string;
  /** Crypto workers that run now: 0 where both directions are inline. */
  threads: number;
  /** Where this is not what was asked for: why. */
  notes: readonly string[];
}>;

/** What went wrong in an engine since the mount; every request was finished nevertheless. */
export type EngineEvents = Readonly<{
  /** Crypto workers that died, and how many of them were put back. */
  helpersDied: number;
  helpersReplaced: number;
  /** Crypto workers that held a fragment for too long and were ended. */
  helpersStuck: number;
  /** Crypto workers that could not be started. */
  helpersRefused: number;
  /** Fragments that the I/O thread did again in place of a crypto worker. */
  fragmentsRedone: number;
}>;
