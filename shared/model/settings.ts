import { z } from 'zod';
import { withoutUndefined } from '../without-undefined.ts';
import {
  autoLockChangesSchema,
  autoLockSchema,
  changeAutoLock,
  DEFAULT_AUTO_LOCK,
} from './auto-lock.ts';
import { BACKEND_CHOICES } from './backend.ts';
import { ENGINE_MODES, MAX_ENGINE_THREADS, PROVIDER_NAMES } from './engine.ts';

/** Languages of the window. `auto` is the system's, or English where it has none of these. */
export const LANGUAGES = ['en', 'de', 'fr', 'es', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

export const COLOR_SCHEMES = ['auto', 'light', 'dark'] as const;

export const settingsSchema = z.strictObject({
  language: z.enum(['auto', ...LANGUAGES]),
  colorScheme: z.enum(COLOR_SCHEMES),
  openFolderAfterMount: z.boolean(),
  notifications: z.boolean(),
  startAtLogin: z.boolean(),
  startMinimised: z.boolean(),
  /** Closing the window leaves Lockline in the tray. */
  keepInTray: z.boolean(),
  /** Of vaults that have no policy of their own. */
  autoLock: autoLockSchema,
  /** Locks all vaults from any program. */
  hasLockAllShortcut: z.boolean(),
  readEngine: z.enum(ENGINE_MODES),
  writeEngine: z.enum(ENGINE_MODES),
  /** Of vaults without one of their own; null: the fastest, and as many as the processor bears. */
  provider: z.enum(PROVIDER_NAMES).nullable(),
  threads: z.int().min(1).max(MAX_ENGINE_THREADS).nullable(),
  /** How vaults are mounted that have no backend of their own. */
  backend: z.enum(BACKEND_CHOICES),
  /** Target time of the key derivation for new vaults, milliseconds. */
  kdfTimeMs: z.int().min(100).max(60_000),
  /** Encryption sector of new vaults. */
  sectorBytes: z.literal([512, 4096]),
  /** Vaults are mounted read-only unless that is changed at the unlock. */
  mountReadOnly: z.boolean(),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

/** Changes of the settings: what is not named stays as it is. */
export const settingsChangesSchema = settingsSchema
  .partial()
  .extend({ autoLock: autoLockChangesSchema.optional() });
export type SettingsChanges = Readonly<z.infer<typeof settingsChangesSchema>>;

/** Returns the settings with the changes made. */
export function changeSettings(
  before: Settings,
  { autoLock = {}, ...changes }: SettingsChanges,
): Settings {
  return {
    ...before,
    ...withoutUndefined<Settings>(changes),
    autoLock: changeAutoLock(before.autoLock, autoLock),
  };
}

export const DEFAULT_SETTINGS: Settings = {
  language: 'auto',
  colorScheme: 'auto',
  openFolderAfterMount: true,
  notifications: true,
  startAtLogin: false,
  startMinimised: false,
  keepInTray: true,
  autoLock: DEFAULT_AUTO_LOCK,
  hasLockAllShortcut: false,
  readEngine: 'auto',
  writeEngine: 'auto',
  provider: null,
  threads: null,
  backend: 'fuse',
  kdfTimeMs: 2000,
  sectorBytes: 4096,
  mountReadOnly: false,
};
