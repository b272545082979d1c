import { z } from 'zod';
import { withoutUndefined } from '../without-undefined.ts';
import {
  type AutoLock,
  autoLockChangesSchema,
  autoLockSchema,
  changeAutoLock,
} from './auto-lock.ts';
import { NO_VOLUME_MEMORY, volumeMemorySchema } from './volume-memory.ts';

/** What a user wants of one vault, besides its engine. */
export const vaultOptionsSchema = z.strictObject({
  isFavourite: z.boolean(),
  /** Null: as in the settings. */
  autoLock: autoLockSchema.nullable(),
  /** Mounted, or asked for, when Lockline starts. */
  mountAtStart: z.boolean(),
  /** Null: as in the settings. */
  mountReadOnly: z.boolean().nullable(),
  /** The container gets back what becomes free inside, and shows how much that is. */
  discardsFreed: z.boolean(),
  /** Of its mounts by FUSE, from the next one on. */
  ...volumeMemorySchema.shape,
});
export type VaultOptions = Readonly<z.infer<typeof vaultOptionsSchema>>;

export const DEFAULT_VAULT_OPTIONS: VaultOptions = {
  isFavourite: false,
  autoLock: null,
  mountAtStart: false,
  mountReadOnly: null,
  discardsFreed: false,
  ...NO_VOLUME_MEMORY,
};

/** Changes of a vault on the list; what is not named stays as it is. */
export const vaultChangesSchema = vaultOptionsSchema.partial().extend({
  /** Of the vault's own policy, which begins as the settings' where it has none; null takes it away. */
  autoLock: autoLockChangesSchema.nullable().optional(),
  name: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^\p{Cc}]+$/u)
    .optional(),
});
export type VaultChanges = Readonly<z.infer<typeof vaultChangesSchema>>;

/**
 * Returns the options with the changes made.
 *
 * @param general - The policy in the settings.
 */
export function changeVaultOptions(
  before: VaultOptions,
  { autoLock, name: _, ...changes }: VaultChanges,
  general: AutoLock,
): VaultOptions {
  const options = { ...before, ...withoutUndefined<VaultOptions>(changes) };
  if (autoLock === undefined) return options;
  const policy = autoLock && changeAutoLock(before.autoLock ?? general, autoLock);
  return { ...options, autoLock: policy };
}
