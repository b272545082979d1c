import { z } from 'zod';
import { BACKEND_CHOICES } from './backend.ts';
import { ENGINE_MODES } from './engine.ts';

export const settingsSchema = z.strictObject({
  colorScheme: z.enum(['auto', 'light', 'dark']),
  readEngine: z.enum(ENGINE_MODES),
  writeEngine: z.enum(ENGINE_MODES),
  /** How vaults are mounted that have no backend of their own. */
  backend: z.enum(BACKEND_CHOICES),
  /** Target time of the key derivation for new vaults, milliseconds. */
  kdfTimeMs: z.int().min(100).max(60_000),
  openFolderAfterMount: z.boolean(),
});

export type Settings = Readonly<z.infer<typeof settingsSchema>>;

export const DEFAULT_SETTINGS: Settings = {
  colorScheme: 'auto',
  readEngine: 'auto',
  writeEngine: 'auto',
  backend: 'fuse',
  kdfTimeMs: 2000,
  openFolderAfterMount: true,
};
