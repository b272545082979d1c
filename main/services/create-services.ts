import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { StateError } from '../../shared/errors/vault-error.ts';
import type { AppSnapshot } from '../../shared/model/app.ts';
import type { BackendChanges, KernelMount } from '../../shared/model/backend.ts';
import type { ContainerInfo } from '../../shared/model/container-info.ts';
import type { KdfChoice } from '../../shared/model/create-options.ts';
import type { EngineChanges, EngineSnapshot } from '../../shared/model/engine.ts';
import type { HeaderChange } from '../../shared/model/header-pin.ts';
import type { JobKind } from '../../shared/model/job.ts';
import type { KdfEstimate } from '../../shared/model/kdf-estimate.ts';
import type { KernelAdvice } from '../../shared/model/kernel-advice.ts';
import type { PlaceInfo } from '../../shared/model/place.ts';
import type { Settings, SettingsChanges } from '../../shared/model/settings.ts';
import type { HistoryPoint } from '../../shared/model/statistics.ts';
import type { VaultChanges } from '../../shared/model/vault-options.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import { BenchmarkRepository } from '../store/benchmark-repository.ts';
import type { Database } from '../store/database.ts';
import { HeaderBackupRepository } from '../store/header-backup-repository.ts';
import { SettingsRepository } from '../store/settings-repository.ts';
import { StatisticsRepository } from '../store/statistics-repository.ts';
import { type VaultRecord, VaultRepository } from '../store/vault-repository.ts';
import { fullVersion } from '../system/build-commit.ts';
import { assertAbsolute } from './assert-absolute.ts';
import { type Benchmarks, createBenchmarks, type VaultPlace } from './benchmarks.ts';
import { withBusyPrograms } from './busy-programs.ts';
import { ContainerStats } from './container-stats.ts';
import { deleteContainer } from './delete-container.ts';
import { adviseKernelFlags } from './dmcrypt-advice.ts';
import { findHeaderChanges } from './header-pins.ts';
import { InTurn } from './in-turn.ts';
import { inspectContainer } from './inspect-container.ts';
import { JobBoard, type JobWork } from './job-board.ts';
import { KdfEstimates } from './kdf-estimates.ts';
import { clearLeftovers } from './open-sessions.ts';
import { placeInfo } from './place-info.ts';
import type { CreateRequest, MountRequest, Services, SnapshotInterest } from './services.ts';
import { SessionMonitor } from './session-monitor.ts';
import { setVaultBackend } from './set-backend.ts';
import { StatisticsRecorder } from './statistics-recorder.ts';
import { NO_STORED_PASSPHRASES, type StoredPassphrases } from './stored-passphrases.ts';
import { tuneKnownVault } from './tune-known-vault.ts';
import { createVaultCare, type VaultCare } from './vault-care.ts';
import { createVault, lockSession, mountVault } from './vault-operations.ts';
import { locksAtMs, sessionOf, toVaultSnapshot } from './vault-snapshots.ts';

/**
 * Builds the services behind the window on a database.
 *
 * @param database - Owned from now on: closed when the services are disposed. Vaults stay mounted.
 * @param stored - The system's keychain, where the host has one.
 */
export async function createServices(
  database: Database,
  stored: StoredPassphrases = NO_STORED_PASSPHRASES,
): Promise<Services> {
  const services = new AppServices(database, stored);
  await services.start();
  return services;
}

class AppServices implements Services {
  readonly benchmarks: Benchmarks;
  readonly care: VaultCare;
  readonly #database: Database;
  readonly #version = fullVersion();
  readonly #vaults: VaultRepository;
  readonly #settings: SettingsRepository;
  readonly #stored: StoredPassphrases;
  readonly #monitor = new SessionMonitor(() => this.#publish());
  readonly #series: StatisticsRepository;
  readonly #containers = new ContainerStats(() => this.#publish());
  readonly #recorder: StatisticsRecorder;
  readonly #jobs = new JobBoard(() => this.#publish());
  readonly #listeners = new Set<(snapshot: AppSnapshot) => void>();
  readonly #backendChanges = new InTurn();
  #watchers = 0;
  readonly #estimates = new KdfEstimates();
  #revision = 0;
  #isClosed = false;

  constructor(database: Database, stored: StoredPassphrases) {
    this.#database = database;
    this.#stored = stored;
    this.#vaults = new VaultRepository(database);
    this.#settings = new SettingsRepository(database);
    this.benchmarks = createBenchmarks(new BenchmarkRepository(database), this.#jobs, (vaultId) =>
      this.#vaultPlace(vaultId),
    );
    this.#series = new StatisticsRepository(database);
    this.#recorder = new StatisticsRecorder(this.#vaults, this.#series);
    this.care = createVaultCare({
      vaults: this.#vaults,
      backups: new HeaderBackupRepository(database),
      placeOf: (vaultId) => this.#record(vaultId),
      startJob: (kind, vaultId, secrets, work) =>
        this.#startJob(kind, vaultId, undefined, secrets, work),
    });
  }

  async start(): Promise<void> {
    await this.#monitor.refresh();
    await clearLeftovers();
    for (const { path, uuid, label } of this.#monitor.sessions) {
      this.#vaults.remember(path, { uuid, label });
    }
    this.#recorder.start();
  }

  snapshot(): AppSnapshot {
    const settings = this.#settings.read();
    return {
      revision: this.#revision,
      version: this.#version,
      vaults: this.#vaults.list().map((record) => this.#vaultSnapshot(record, settings)),
      jobs: this.#jobs.list(),
      settings,
    };
  }

  subscribe(
    listener: (snapshot: AppSnapshot) => void,
    interest: SnapshotInterest = 'watch',
  ): Disposable {
    this.#listeners.add(listener);
    if (interest === 'watch') this.#watch(1);
    return {
      [Symbol.dispose]: () => {
        if (this.#listeners.delete(listener) && interest === 'watch') this.#watch(-1);
      },
    };
  }

  async createVault(
    { path, options, isMounted }: CreateRequest,
    passphrase: SecretBytes,
  ): Promise<string> {
    const subject = { name: basename(path), totalBytes: options.sizeBytes };
    return this.#startJob('create', null, subject, [passphrase], async (progress) => {
      assertAbsolute(path);
      const made = await createVault(this.#vaults, { path, options }, passphrase, progress);
      if (made.vaultId === null) return;
      progress.onVault(made.vaultId);
      if (isMounted) await this.#mountNew(made.vaultId, passphrase);
    });
  }

  async addVault(path: string): Promise<string> {
    assertAbsolute(path);
    const { uuid, label } = inspectContainer(path);
    const id = this.#vaults.remember(realpathSync(path), { uuid, label });
    this.#publish();
    return id;
  }

  async mountVault(request: MountRequest, passphrase: SecretBytes): Promise<string> {
    const { vaultId, isRemembered, backend, ...rest } = request;
    return this.#startJob('unlock', vaultId, undefined, [passphrase], async (progress) => {
      const { path } = this.#record(vaultId);
      const wanted = { path, ...rest, ...(backend === null ? {} : { backend }) };
      await mountVault(this.#vaults, wanted, passphrase, progress);
      if (isRemembered) this.#stored.store(vaultId, passphrase);
      this.#monitor.clearCrash(path);
      await this.#monitor.refresh();
    });
  }

  async lockVault(vaultId: string, isForced: boolean): Promise<string> {
    return this.#startJob('lock', vaultId, undefined, [], async ({ onPhase }) => {
      onPhase('unmounting', null);
      await this.#monitor.refresh();
      const session = sessionOf(this.#record(vaultId), this.#monitor.sessions);
      if (session === undefined) throw new StateError('not-mounted', {});
      try {
        await lockSession(session, isForced);
      } catch (error) {
        throw await withBusyPrograms(error, session.mountPoint);
      } finally {
        await this.#monitor.refresh();
      }
    });
  }

  lookNow(): Promise<void> {
    return this.#monitor.refresh();
  }

  async lockAll(isForced: boolean, kept: ReadonlySet<string> = new Set()): Promise<void> {
    this.#jobs.cancelAll();
    await this.#monitor.refresh();
    const keptRecords = this.#vaults.list().filter(({ id }) => kept.has(id));
    const sessions = this.#monitor.sessions.filter(
      (session) => !keptRecords.some((record) => sessionOf(record, [session]) !== undefined),
    );
    const outcomes = await Promise.allSettled(sessions.map((s) => lockSession(s, isForced)));
    await this.#monitor.refresh();
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async removeVault(vaultId: string, deleteFile: boolean): Promise<void> {
    const record = this.#record(vaultId);
    await this.#monitor.refresh();
    if (sessionOf(record, this.#monitor.sessions) !== undefined) {
      throw new StateError('already-unlocked', {});
    }
    if (deleteFile) deleteContainer(record.path, record.uuid);
    this.#vaults.remove(vaultId);
    this.#stored.forget(vaultId);
    this.#publish();
  }

  updateVault(vaultId: string, changes: VaultChanges): void {
    this.#vaults.change(this.#record(vaultId).id, changes);
    this.#publish();
  }

  readStoredPassphrase(vaultId: string): SecretBytes {
    return this.#stored.read(this.#record(vaultId).id);
  }

  forgetPassphrase(vaultId: string | null): void {
    if (vaultId === null) this.#stored.forgetAll();
    else this.#stored.forget(vaultId);
    this.#publish();
  }

  async inspect(vaultId: string): Promise<ContainerInfo> {
    const { path, headerPath } = this.#record(vaultId);
    return inspectContainer(path, headerPath);
  }

  async headerChanges(vaultId: string): Promise<readonly HeaderChange[]> {
    const { path, headerPath } = this.#record(vaultId);
    return findHeaderChanges(this.#vaults, path, headerPath);
  }

  async tuneVault(vaultId: string, changes: EngineChanges): Promise<EngineSnapshot | null> {
    await this.#monitor.refresh();
    const record = this.#record(vaultId);
    const session = sessionOf(record, this.#monitor.sessions);
    const vault = { record, session };
    const engine = await tuneKnownVault(this.#vaults, vault, changes, this.#settings.read());
    await this.#monitor.refresh();
    this.#publish();
    return engine;
  }

  setBackend(vaultId: string, changes: BackendChanges): Promise<KernelMount | null> {
    return this.#backendChanges.run(vaultId, async () => {
      await this.#monitor.refresh();
      const record = this.#record(vaultId);
      const session = sessionOf(record, this.#monitor.sessions);
      const kernel = await setVaultBackend(this.#vaults, { record, session }, changes);
      await this.#monitor.refresh();
      this.#publish();
      return kernel;
    });
  }

  async adviseFlags(vaultId: string): Promise<KernelAdvice> {
    return adviseKernelFlags(this.#record(vaultId).path);
  }

  history(vaultId: string, sinceMs: number): readonly HistoryPoint[] {
    return this.#series.list(this.#record(vaultId).id, sinceMs);
  }

  cancelJob(jobId: string): void {
    this.#jobs.cancel(jobId);
  }

  dismissJob(jobId: string): void {
    this.#jobs.dismiss(jobId);
  }

  clearJobs(): void {
    this.#jobs.clear();
  }

  async placeInfo(path: string): Promise<PlaceInfo> {
    assertAbsolute(path);
    return placeInfo(path);
  }

  estimateKdf(choice: KdfChoice): Promise<KdfEstimate> {
    return this.#estimates.find(choice);
  }

  updateSettings(changes: SettingsChanges): void {
    this.#settings.update(changes);
    this.#publish();
  }

  resetSettings(): void {
    this.#settings.reset();
    this.#publish();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#jobs.cancelAll();
    this.#monitor[Symbol.dispose]();
    this.#recorder[Symbol.dispose]();
    this.#listeners.clear();
    this.#database.close();
  }

  /** Starts to unlock a vault that was just made. @param passphrase - Borrowed. */
  async #mountNew(vaultId: string, passphrase: SecretBytes): Promise<void> {
    const request = {
      vaultId,
      mountPoint: null,
      backend: null,
      isReadOnly: false,
      isRemembered: false,
    };
    await this.mountVault(request, SecretBytes.copyOf(passphrase.bytes));
  }

  /** Starts a job that owns its secrets; a vault has one job at a time. */
  #startJob(
    kind: JobKind,
    vaultId: string | null,
    subject: Readonly<{ name: string; totalBytes: number }> | undefined,
    secrets: readonly SecretBytes[],
    work: JobWork,
  ): string {
    try {
      const name = subject?.name ?? this.#record(vaultId ?? '').name;
      const totalBytes = subject?.totalBytes ?? null;
      if (vaultId !== null && this.#jobs.hasOne(vaultId))
        throw new StateError('operation-in-progress', {});
      return this.#jobs.start({ kind, vaultId, subject: name, totalBytes }, async (progress) => {
        try {
          await work(progress);
        } finally {
          for (const secret of secrets) secret[Symbol.dispose]();
        }
      }).id;
    } catch (error) {
      for (const secret of secrets) secret[Symbol.dispose]();
      throw error;
    }
  }

  /** Mounted vaults are looked at only while somebody sees it. */
  #watch(change: 1 | -1): void {
    if (this.#isClosed) return;
    this.#watchers += change;
    if (this.#watchers > 0) this.#monitor.start();
    else this.#monitor.stop();
  }

  #record(vaultId: string): VaultRecord {
    const record = this.#vaults.find(vaultId);
    if (record === undefined) throw new StateError('vault-unknown', {});
    return record;
  }

  #vaultSnapshot(record: VaultRecord, settings: Settings): AppSnapshot['vaults'][number] {
    const container = this.#containers.find(record.path);
    const session = sessionOf(record, this.#monitor.sessions, container ?? null);
    const { afterMinutes } = record.options.autoLock ?? settings.autoLock;
    return toVaultSnapshot(record, {
      container,
      session,
      status: session === undefined ? undefined : this.#monitor.statusOf(session),
      transition: this.#jobs.transitionOf(record.id),
      hasCrashed: this.#monitor.hasCrashed(record.path),
      lastError: this.#jobs.lastError(record.id),
      hasStoredPassphrase: this.#stored.has(record.id),
      locksAtMs: session === undefined ? null : locksAtMs(session, afterMinutes),
    });
  }

  #vaultPlace(vaultId: string): VaultPlace {
    const { name, path } = this.#record(vaultId);
    const vault = this.snapshot().vaults.find(({ id }) => id === vaultId);
    const isFolder = vault?.state === 'mounted' && vault.backend !== 'nbd' && !vault.isReadOnly;
    return { name, path, writableFolder: isFolder ? vault.mountPoint : null };
  }

  #publish(): void {
    if (this.#isClosed) return;
    this.#revision += 1;
    const snapshot = this.#snapshotIfReadable();
    if (snapshot === undefined) return;
    for (const listener of this.#listeners) listener(snapshot);
  }

  /** A database that fails must not end what is being done: mounting and locking need none. */
  #snapshotIfReadable(): AppSnapshot | undefined {
    try {
      return this.snapshot();
    } catch {
      return undefined; // nobody sees this state; the next change tries again
    }
  }
}
