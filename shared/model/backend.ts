import { z } from 'zod';
import {
  KERNEL_FLAG_NAMES,
  type KernelFlagName,
  kernelDriverSchema,
  kernelFlagsSchema,
} from './dmcrypt.ts';
import type { EngineSnapshot } from './engine.ts';

/**
 * How a vault becomes a folder: `fuse` by Lockline's own engine, `dmcrypt` by the kernel through the
 * root helper, `udisks` by the kernel through the desktop's udisks2.
 */
export const MOUNT_BACKENDS = ['udisks', 'dmcrypt', 'fuse'] as const;
export type MountBackendName = (typeof MOUNT_BACKENDS)[number];

/** `auto`: the first of them that can be used without a question to the user. */
export const BACKEND_CHOICES = ['auto', ...MOUNT_BACKENDS] as const;
export type BackendChoice = (typeof BACKEND_CHOICES)[number];

/** What a user wants of a vault's backend; `null` leaves the choice to the settings or the header. */
export const backendPreferenceSchema = z.strictObject({
  backend: z.enum(BACKEND_CHOICES).nullable(),
  /** For `dmcrypt`, in place of the flags in the header. */
  flags: kernelFlagsSchema.nullable(),
  /** For `dmcrypt`: the implementation of the cipher. */
  driver: kernelDriverSchema.nullable(),
});
export type BackendPreference = Readonly<z.infer<typeof backendPreferenceSchema>>;

/** Changes of a preference: what is not named stays as it is. */
export const backendChangesSchema = backendPreferenceSchema.partial().extend({
  /** Single flags that are set or taken away, where all the others stay as they are. */
  flagChanges: z.partialRecord(z.enum(KERNEL_FLAG_NAMES), z.boolean()).optional(),
});
export type BackendChanges = Readonly<z.infer<typeof backendChangesSchema>>;

/** Nothing is preferred. */
export const NO_BACKEND_PREFERENCE: BackendPreference = {
  backend: null,
  flags: null,
  driver: null,
};

/** Returns the preference with the changes made. */
export function changeBackendPreference(
  before: BackendPreference,
  { backend, flags, flagChanges, driver }: BackendChanges,
): BackendPreference {
  const wanted = flags === undefined ? before.flags : flags;
  return {
    backend: backend === undefined ? before.backend : backend,
    flags: flagChanges === undefined ? wanted : changeFlags(wanted ?? [], flagChanges),
    driver: driver === undefined ? before.driver : driver,
  };
}

/** Returns the flags with single ones set or taken away. */
export function changeFlags(
  before: readonly KernelFlagName[],
  changes: Readonly<NonNullable<BackendChanges['flagChanges']>>,
): readonly KernelFlagName[] {
  return KERNEL_FLAG_NAMES.filter((name) => changes[name] ?? before.includes(name));
}

/** A vault's mapping in the kernel, read back from there. */
export const kernelMountSchema = z.strictObject({
  /** Name in `/dev/mapper`. */
  mapping: z.string(),
  /** `/dev/dm-N`. */
  device: z.string(),
  /** `/dev/loopN`; empty where it is not known. */
  loop: z.string(),
  /** As the mapping's table has it; `null` where only root may read that. */
  cipher: z.string().nullable(),
  /** Flags in force. */
  flags: kernelFlagsSchema,
  /** Asked for, and not known to this kernel. */
  voidFlags: kernelFlagsSchema,
});
export type KernelMount = Readonly<z.infer<typeof kernelMountSchema>>;

/** Returns the implementation of the cipher that a mapping is pinned to; `null` where it is not. */
export function pinnedDriver(kernel: KernelMount): string | null {
  return /^capi:(.+)-plain64$/.exec(kernel.cipher ?? '')?.[1] ?? null;
}

/** Returns a mapping's flags in the words of an engine: where the crypto of each direction runs. */
export function kernelEngine(kernel: KernelMount): EngineSnapshot {
  const driver = pinnedDriver(kernel);
  return {
    read: kernel.flags.includes('no_read_workqueue') ? 'inline' : 'threaded',
    write: kernel.flags.includes('no_write_workqueue') ? 'inline' : 'threaded',
    provider: driver === null ? 'dm-crypt' : `dm-crypt, ${driver}`,
    threads: 0,
    notes: kernel.voidFlags.map((flag) => `This kernel does not know ${flag}`),
  };
}
