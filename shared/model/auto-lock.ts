import { z } from 'zod';
import { withoutUndefined } from '../without-undefined.ts';

/** What happens to the computer that may lock vaults. */
export const LOCK_EVENTS = ['suspend', 'screen-lock', 'user-switch', 'lid-close'] as const;
export type LockEvent = (typeof LOCK_EVENTS)[number];

/** When vaults lock themselves. */
export const autoLockSchema = z.strictObject({
  /** Minutes without a read or a write in the vault; null: never for this reason. */
  idleMinutes: z.int().min(1).max(1440).nullable(),
  /** Minutes after the mount, used or not; null: never for this reason. */
  afterMinutes: z
    .int()
    .min(1)
    .max(7 * 1440)
    .nullable(),
  events: z.array(z.enum(LOCK_EVENTS)).max(LOCK_EVENTS.length).readonly(),
  /** When Lockline ends. */
  onExit: z.boolean(),
  /** Locks also while files are in use, and loses what their programs have not saved. */
  isForced: z.boolean(),
});
export type AutoLock = Readonly<z.infer<typeof autoLockSchema>>;

/**
 * Changes of a policy: what is not named stays as it is, an event too. So two choices made in quick
 * succession, each before the other was seen, are both kept.
 */
export const autoLockChangesSchema = autoLockSchema.partial().extend({
  events: z.partialRecord(z.enum(LOCK_EVENTS), z.boolean()).optional(),
});
export type AutoLockChanges = Readonly<z.infer<typeof autoLockChangesSchema>>;

/** Returns the policy with the changes made. */
export function changeAutoLock(
  before: AutoLock,
  { events = {}, ...changes }: AutoLockChanges,
): AutoLock {
  return {
    ...before,
    ...withoutUndefined<AutoLock>(changes),
    events: LOCK_EVENTS.filter((name) => events[name] ?? before.events.includes(name)),
  };
}

/** Safe and rarely in the way: nothing that is in use is taken from under a program. */
export const DEFAULT_AUTO_LOCK: AutoLock = {
  idleMinutes: null,
  afterMinutes: null,
  events: ['suspend', 'user-switch'],
  onExit: true,
  isForced: false,
};
