import type { AppSnapshot } from '../../shared/model/app.ts';
import type { BackendChanges, BackendChoice, KernelMount } from '../../shared/model/backend.ts';
import type { ContainerInfo } from '../../shared/model/container-info.ts';
import type { CreateOptions, KdfChoice } from '../../shared/model/create-options.ts';
import type { EngineChanges, EngineSnapshot } from '../../shared/model/engine.ts';
import type { HeaderChange } from '../../shared/model/header-pin.ts';
import type { KdfEstimate } from '../../shared/model/kdf-estimate.ts';
import type { KernelAdvice } from '../../shared/model/kernel-advice.ts';
import type { PlaceInfo } from '../../shared/model/place.ts';
import type { SettingsChanges } from '../../shared/model/settings.ts';
import type { HistoryPoint } from '../../shared/model/statistics.ts';
import type { VaultChanges } from '../../shared/model/vault-options.ts';
import type { SecretBytes } from '../bytes/secret-bytes.ts';
import type { Benchmarks } from './benchmarks.ts';

/** A vault to make; with `isMounted` its unlock begins as soon as it is there. */
export type CreateRequest = Readonly<{
  path: string;
  options: CreateOptions;
  isMounted: boolean;
}>;

import type { VaultCare } from './vault-care.ts';

export type MountRequest = Readonly<{
  vaultId: string;
  mountPoint: string | null;
  isReadOnly: boolean;
  /** Null: as the vault or the settings have it. */
  backend: BackendChoice | null;
  /** Keeps the passphrase in the system's keychain once it has opened the vault. */
  isRemembered: boolean;
  /** Whether a person has accepted how long the key derivation takes. */
  isCostAccepted?: boolean;
}>;

export type { KdfEstimate, PlaceInfo };

/** Why somebody subscribes to snapshots. */
export type SnapshotInterest = 'watch' | 'changes';

/**
 * The use cases behind the window: the only door from IPC to everything else.
 *
 * Jobs return their id at once and report through the snapshot; a refusal before the job starts is
 * thrown. Every `SecretBytes` passed in is **owned** by the callee, which wipes it in every case.
 */
export interface Services extends AsyncDisposable {
  /** Keys and headers. */
  readonly care: VaultCare;
  snapshot(): AppSnapshot;
  /**
   * Calls `listener` with each new snapshot; dispose the returned value to stop.
   *
   * @param interest - `watch`: mounted vaults are looked at for as long as anybody watches, twice a
   * second. `changes`: the listener is told what others cause to be seen, and causes nothing.
   */
  subscribe(listener: (snapshot: AppSnapshot) => void, interest?: SnapshotInterest): Disposable;

  createVault(request: CreateRequest, passphrase: SecretBytes): Promise<string>;
  /** Adds an existing container to the list; returns its vault id (the same one if known). */
  addVault(path: string): Promise<string>;
  mountVault(request: MountRequest, passphrase: SecretBytes): Promise<string>;
  lockVault(vaultId: string, isForced: boolean): Promise<string>;
  /** @param kept - Ids of the vaults that stay as they are. */
  lockAll(isForced: boolean, kept?: ReadonlySet<string>): Promise<void>;
  /** Looks at the mounted vaults now, also while nobody watches. */
  lookNow(): Promise<void>;
  /** Changes name and options of a vault on the list. */
  updateVault(vaultId: string, changes: VaultChanges): void;
  /**
   * @returns The passphrase that the system's keychain keeps. Owned by the caller.
   * @throws CredentialError `passphrase-not-stored`; UnsupportedError `keychain-unavailable`
   */
  readStoredPassphrase(vaultId: string): SecretBytes;
  /** Removes a stored passphrase; null: those of all vaults. */
  forgetPassphrase(vaultId: string | null): void;
  /** Takes a vault off the list; with `deleteFile` the container file goes too (vault must be locked). */
  removeVault(vaultId: string, deleteFile: boolean): Promise<void>;
  /**
   * Changes what is wanted of a vault's engine and stores it. A mounted vault changes at once,
   * under load too.
   *
   * @param changes - What is not named stays as it is; null leaves the choice to the settings.
   * @returns The engine in force, or null where the vault is locked: it counts from the next unlock.
   */
  tuneVault(vaultId: string, changes: EngineChanges): Promise<EngineSnapshot | null>;
  /** Returns what was kept of a vault's work since a time, the oldest first; at most a week. */
  history(vaultId: string, sinceMs: number): readonly HistoryPoint[];
  /**
   * Changes how a vault is to be mounted and stores it. The flags of one that dm-crypt serves change
   * at once, under load too.
   *
   * @returns The mapping in force, or null where the kernel does not serve the vault.
   */
  setBackend(vaultId: string, changes: BackendChanges): Promise<KernelMount | null>;
  /** Tells which of dm-crypt's flags suit a vault on this machine. */
  adviseFlags(vaultId: string): Promise<KernelAdvice>;
  inspect(vaultId: string): Promise<ContainerInfo>;
  /** Tells what of a known vault's header is not what it was when it was last unlocked. */
  headerChanges(vaultId: string): Promise<readonly HeaderChange[]>;
  cancelJob(jobId: string): void;
  /** Marks an ended job as seen. It stays in the history. */
  dismissJob(jobId: string): void;
  /** Takes all ended jobs out of the history. */
  clearJobs(): void;

  readonly benchmarks: Benchmarks;

  placeInfo(path: string): Promise<PlaceInfo>;
  /** Measures in a process of its own; cached by kind and memory. */
  estimateKdf(choice: KdfChoice): Promise<KdfEstimate>;
  updateSettings(changes: SettingsChanges): void;
  /** Every setting is as it was at first; vaults and their own options stay. */
  resetSettings(): void;
}
