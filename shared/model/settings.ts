import { z } from 'zod';
import { ENGINE_MODES } from './engine.ts';

export const settingsSchema = z.strictObject({
  colorScheme: z.enum(['auto', 'light', 'dark']),
  readEngine: z.enum(ENGINE_MODES),
  writeEngine: z.enum(ENGINE_MODES),
  /** Target time of the key derivation for new vaults, milliseconds. */
  kdfTimeMs: z.int().min(100).max(60_000),
  openFolderAfterMount: z.boolean(),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

export const DEFAULT_SETTINGS: Settings = {
  colorScheme: 'auto',
  readEngine: 'auto',
  writeEngine: 'auto',
  kdfTimeMs: 2000,
  openFolderAfterMount: true,
};
