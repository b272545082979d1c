import type { JobSnapshot } from './job.ts';
import type { Settings } from './settings.ts';
import type { VaultSnapshot } from './vault.ts';

/** All that a window shows, as one value; a newer one has a higher revision. */
export type AppSnapshot = Readonly<{
  revision: number;
  version: string;
  vaults: readonly VaultSnapshot[];
  jobs: readonly JobSnapshot[];
  settings: Settings;
}>;
