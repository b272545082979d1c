import type { AppSnapshot } from '../../shared/model/app.ts';
import type { ContainerInfo } from '../../shared/model/container-info.ts';
import type { CreateOptions, KdfChoice } from '../../shared/model/create-options.ts';
import type { KdfEstimate } from '../../shared/model/kdf-estimate.ts';
import type { PlaceInfo } from '../../shared/model/place.ts';
import type { Settings } from '../../shared/model/settings.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';

export type MountRequest = Readonly<{
  vaultId: string;
  mountPoint: string | null;
  isReadOnly: boolean;
}>;

export type { KdfEstimate, PlaceInfo };

/**
 * The use cases behind the window: the only door from IPC to everything else.
 *
 * Jobs return their id at once and report through the snapshot; a refusal before the job starts is
 * thrown. Every `SecretBytes` passed in is **owned** by the callee, which wipes it in every case.
 */
export interface Services extends AsyncDisposable {
  snapshot(): AppSnapshot;
  /** Calls `listener` with each new snapshot; dispose the returned value to stop. */
  subscribe(listener: (snapshot: AppSnapshot) => void): Disposable;

  createVault(path: string, options: CreateOptions, passphrase: SecretBytes): Promise<string>;
  /** Adds an existing container to the list; returns its vault id (the same one if known). */
  addVault(path: string): Promise<string>;
  mountVault(request: MountRequest, passphrase: SecretBytes): Promise<string>;
  lockVault(vaultId: string, isForced: boolean): Promise<string>;
  lockAll(isForced: boolean): Promise<void>;
  /** Takes a vault off the list; with `deleteFile` the container file goes too (vault must be locked). */
  removeVault(vaultId: string, deleteFile: boolean): Promise<void>;
  inspect(vaultId: string): Promise<ContainerInfo>;
  cancelJob(jobId: string): void;
  /** Takes a finished job off the snapshot. */
  dismissJob(jobId: string): void;

  placeInfo(path: string): Promise<PlaceInfo>;
  /** Measures in a process of its own; cached by kind and memory. */
  estimateKdf(choice: KdfChoice): Promise<KdfEstimate>;
  updateSettings(changes: Partial<Settings>): void;
}
