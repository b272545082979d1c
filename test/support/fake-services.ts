import { SecretBytes } from '../../main/bytes/secret-bytes.ts';
import type { Services } from '../../main/services/services.ts';
import {
  ContractError,
  StateError,
  toWireError,
  VaultError,
} from '../../shared/errors/vault-error.ts';
import { adviseFlags } from '../../shared/model/advise-flags.ts';
import type { AppSnapshot } from '../../shared/model/app.ts';
import {
  changeBackendPreference,
  changeFlags,
  NO_BACKEND_PREFERENCE,
} from '../../shared/model/backend.ts';
import type { ContainerInfo } from '../../shared/model/container-info.ts';
import {
  changePreference,
  type EnginePreference,
  type EngineSnapshot,
  NO_ENGINE_PREFERENCE,
} from '../../shared/model/engine.ts';
import type { HeaderChange } from '../../shared/model/header-pin.ts';
import type { JobKind, JobSnapshot } from '../../shared/model/job.ts';
import { changeSettings, DEFAULT_SETTINGS, type Settings } from '../../shared/model/settings.ts';
import type { HistoryPoint } from '../../shared/model/statistics.ts';
import type { VaultSnapshot } from '../../shared/model/vault.ts';
import { changeVaultOptions, DEFAULT_VAULT_OPTIONS } from '../../shared/model/vault-options.ts';
import { GIB } from '../../shared/units.ts';
import { createFakeBenchmarks, type FakeBenchmarks } from './fake-benchmarks.ts';
import { createFakeCare } from './fake-care.ts';

/** What a test arranges and looks at behind the {@link Services}. */
export type FakeServices = Readonly<{
  services: Services;
  /** Replaces parts of the state and tells the windows. */
  arrange(changes: Partial<Omit<AppSnapshot, 'revision'>>): void;
  /** Makes the next job end with an error. */
  failNext(error: VaultError): void;
  benchmarks: FakeBenchmarks;
  /** What main has kept of every vault's work. */
  keepHistory(points: readonly HistoryPoint[]): void;
  /** Lengths of the secrets that came in, in order; each was wiped. */
  secretLengths: readonly number[];
  calls: readonly string[];
}>;

/** Returns a locked vault with some facts replaced. */
export function fakeVault(changes: Partial<VaultSnapshot> = {}): VaultSnapshot {
  return {
    id: 'v1',
    name: 'Documents.luks',
    path: '/home/ada/Documents.luks',
    uuid: 'c2f0c5a2-7c1e-4c0b-9a52-2f6f0a6e9f10',
    label: null,
    state: 'locked',
    mountPoint: null,
    isReadOnly: false,
    containerBytes: 4 * GIB,
    usage: null,
    filesystem: null,
    filesystemNotes: [],
    fault: null,
    backend: null,
    backendNotes: [],
    kernel: null,
    backendPreference: NO_BACKEND_PREFERENCE,
    engine: null,
    memory: null,
    unlockTimes: null,
    engineEvents: null,
    preference: NO_ENGINE_PREFERENCE,
    traffic: null,
    statistics: null,
    lastUsedMs: null,
    lastError: null,
    options: DEFAULT_VAULT_OPTIONS,
    hasStoredPassphrase: false,
    locksAtMs: null,
    ...changes,
  };
}

/** Returns a running job with some facts replaced. */
export function fakeJob(changes: Partial<JobSnapshot> = {}): JobSnapshot {
  return {
    id: 'j1',
    kind: 'create',
    vaultId: null,
    subject: 'Photos.luks',
    phase: 'formatting',
    fraction: 0.42,
    state: 'running',
    error: null,
    totalBytes: null,
    startedMs: Date.now() - 12_000,
    phaseStartedMs: Date.now() - 10_000,
    phases: [],
    endedMs: null,
    isDismissed: false,
    ...changes,
  };
}

/** Of a laptop with a fast disk. */
const FAKE_ADVICE = adviseFlags({
  kernelRelease: '6.12.48',
  kernel: { major: 6, minor: 12, patch: 48 },
  hasDmCrypt: true,
  processors: 8,
  isAesAccelerated: true,
  disk: 'nvme0n1',
  isRotational: false,
  isZoned: false,
  isFile: true,
  cipher: 'aes-xts-plain64',
  sectorBytes: 4096,
});

/** A vault of this name is not what it was when it was last unlocked. */
export const CHANGED_NAME = 'Changed.luks';
const FAKE_CHANGES: readonly HeaderChange[] = [
  { field: 'cipher', before: 'aes-xts-plain64', now: 'aes-cbc-plain64' },
  { field: 'dataOffsetBytes', before: 16_777_216, now: 4_194_304 },
];

/** Services that keep their state in memory: for what no real container is needed for. */
export function createFakeServices(): FakeServices {
  let state: AppSnapshot = {
    revision: 1,
    version: '0.1.0',
    vaults: [],
    jobs: [],
    settings: DEFAULT_SETTINGS,
  };
  let nextFailure: VaultError | undefined;
  let history: readonly HistoryPoint[] = [];
  const listeners = new Set<(snapshot: AppSnapshot) => void>();
  const secretLengths: number[] = [];
  const calls: string[] = [];
  const arrange: FakeServices['arrange'] = (changes) => {
    state = { ...state, ...changes, revision: state.revision + 1 };
    for (const listener of listeners) listener(state);
  };
  const take = (secret: SecretBytes) => {
    secretLengths.push(secret.lengthBytes);
    secret[Symbol.dispose]();
  };
  const finish = (kind: JobKind, vaultId: string | null, subject: string) => {
    const error = nextFailure;
    nextFailure = undefined;
    const id = `job-${state.revision}`;
    const wire = error === undefined ? null : toWireError(error);
    const job = fakeJob({
      id,
      kind,
      vaultId,
      subject,
      fraction: 1,
      error: wire,
      state: wire ? 'failed' : 'done',
    });
    arrange({ jobs: [...state.jobs, job] });
    return id;
  };
  const benchmarks = createFakeBenchmarks((call) => {
    calls.push(call);
    return finish('benchmark', null, '');
  });
  const services: Services = {
    care: createFakeCare({ calls, take, finish }),
    snapshot: () => state,
    benchmarks,
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    async createVault({ path, isMounted }, passphrase) {
      calls.push(`create ${path}${isMounted ? ' mounted' : ''}`);
      take(passphrase);
      if (nextFailure === undefined) arrange({ vaults: [...state.vaults, newVault(path)] });
      return finish('create', `new ${path}`, path);
    },
    async addVault(path) {
      calls.push(`add ${path}`);
      return 'v1';
    },
    async mountVault({ vaultId, mountPoint, isReadOnly, backend, isRemembered }, passphrase) {
      const remembered = `${isRemembered ? ' remembered' : ''}${backend === null ? '' : ` ${backend}`}`;
      calls.push(`mount ${vaultId} ${mountPoint} ${isReadOnly}${remembered}`);
      take(passphrase);
      return finish('unlock', vaultId, vaultId);
    },
    async lockVault(vaultId, isForced) {
      calls.push(`lock ${vaultId} ${isForced}`);
      return finish('lock', vaultId, vaultId);
    },
    async lockAll(isForced, kept = new Set()) {
      calls.push([`lock-all ${isForced}`, ...kept].join(' without '));
    },
    async lookNow() {
      calls.push('look');
    },
    async removeVault(vaultId, deleteFile) {
      calls.push(`remove ${vaultId} ${deleteFile}`);
    },
    updateVault(vaultId, changes) {
      calls.push(`update ${vaultId} ${JSON.stringify(changes)}`);
      const vaults = state.vaults.map((vault) =>
        vault.id === vaultId
          ? {
              ...vault,
              name: changes.name ?? vault.name,
              options: changeVaultOptions(vault.options, changes, state.settings.autoLock),
            }
          : vault,
      );
      arrange({ vaults });
    },
    readStoredPassphrase(vaultId) {
      calls.push(`read-stored ${vaultId}`);
      return SecretBytes.copyOf(new TextEncoder().encode('stored'));
    },
    forgetPassphrase(vaultId) {
      calls.push(`forget ${vaultId}`);
      const vaults = state.vaults.map((vault) =>
        vaultId === null || vault.id === vaultId ? { ...vault, hasStoredPassphrase: false } : vault,
      );
      arrange({ vaults });
    },
    async setBackend(vaultId, changes) {
      calls.push(`backend ${vaultId} ${JSON.stringify(changes)}`);
      const vaults = state.vaults.map((vault) => {
        if (vault.id !== vaultId) return vault;
        const { kernel } = vault;
        const flags = kernel
          ? changeFlags(changes.flags ?? kernel.flags, changes.flagChanges ?? {})
          : null;
        return {
          ...vault,
          backendPreference: changeBackendPreference(vault.backendPreference, changes),
          kernel: kernel && flags && { ...kernel, flags },
        };
      });
      arrange({ vaults });
      return vaults.find(({ id }) => id === vaultId)?.kernel ?? null;
    },
    async adviseFlags(vaultId) {
      calls.push(`advise ${vaultId}`);
      return FAKE_ADVICE;
    },
    async tuneVault(vaultId, changes) {
      calls.push(`tune ${vaultId} ${JSON.stringify(changes)}`);
      if (nextFailure !== undefined) {
        const error = nextFailure;
        nextFailure = undefined;
        throw error;
      }
      const vaults = state.vaults.map((vault) => {
        if (vault.id !== vaultId) return vault;
        const preference = changePreference(vault.preference, changes);
        const engine = vault.engine && tunedEngine(vault.engine, preference, state.settings);
        return { ...vault, preference, engine };
      });
      arrange({ vaults });
      return vaults.find(({ id }) => id === vaultId)?.engine ?? null;
    },
    history: (_vaultId, sinceMs) => history.filter(({ atMs }) => atMs >= sinceMs),
    async inspect() {
      return FAKE_CONTAINER_INFO;
    },
    async headerChanges(vaultId) {
      const name = state.vaults.find(({ id }) => id === vaultId)?.name;
      return name === CHANGED_NAME ? FAKE_CHANGES : [];
    },
    cancelJob(jobId) {
      calls.push(`cancel ${jobId}`);
    },
    dismissJob(jobId) {
      const jobs = state.jobs.map((job) =>
        job.id === jobId ? { ...job, isDismissed: true } : job,
      );
      arrange({ jobs });
    },
    clearJobs() {
      arrange({ jobs: state.jobs.filter(({ state: now }) => now === 'running') });
    },
    async placeInfo(path) {
      if (path.includes('denied')) throw new VaultError('permission-denied');
      return { freeBytes: 48 * GIB, totalBytes: 120 * GIB, exists: path.includes('taken') };
    },
    async estimateKdf({ type, targetMs }) {
      if (targetMs === undefined) throw new ContractError('payload-invalid', { path: 'targetMs' });
      const memoryKib = type === 'pbkdf2' ? 0 : 1024 * 1024;
      return { type, memoryKib, iterations: 4, parallel: 2, milliseconds: targetMs };
    },
    updateSettings(changes) {
      if (Object.keys(changes).length === 0) throw new StateError('internal');
      arrange({ settings: changeSettings(state.settings, changes) });
    },
    resetSettings() {
      arrange({ settings: DEFAULT_SETTINGS });
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
    },
  };
  const failNext = (error: VaultError) => {
    nextFailure = error;
  };
  const keepHistory = (points: readonly HistoryPoint[]) => {
    history = points;
  };
  return { services, arrange, failNext, keepHistory, benchmarks, secretLengths, calls };
}

/** What a created vault looks like once it is mounted. */
function newVault(path: string): VaultSnapshot {
  const name = path.split('/').at(-1) ?? '';
  const mountPoint = `/run/user/1000/lockline/${name}`;
  return fakeVault({ id: `new ${path}`, name, path, state: 'mounted', mountPoint });
}

/** The engine as a real vault would take the preference, on a machine that can do everything. */
function tunedEngine(
  engine: EngineSnapshot,
  preference: EnginePreference,
  settings: Settings,
): EngineSnapshot {
  const read = preference.read ?? settings.readEngine;
  const write = preference.write ?? settings.writeEngine;
  const isInline = read === 'inline' && write === 'inline';
  return {
    ...engine,
    read,
    write,
    provider: preference.provider ?? engine.provider,
    threads: isInline ? 0 : (preference.threads ?? 1),
  };
}

const COPY = { state: 'ok', reason: null, seqid: 3 } as const;

const FAKE_CONTAINER_INFO: ContainerInfo = {
  format: 'luks2',
  version: 2,
  uuid: 'c2f0c5a2-7c1e-4c0b-9a52-2f6f0a6e9f10',
  label: '',
  subsystem: '',
  seqid: 3,
  headerBytes: 16_384,
  keyslotsAreaBytes: 16_744_448,
  containerBytes: 4 * GIB,
  checksumAlgorithm: 'sha256',
  primary: { offsetBytes: 0, ...COPY },
  secondary: { offsetBytes: 16_384, ...COPY },
  keyslots: [
    {
      id: 0,
      type: 'luks2',
      keyBytes: 64,
      priority: 'normal',
      kdf: { type: 'argon2id', time: 4, memoryKib: 1024 * 1024, cpus: 2 },
      area: null,
      af: null,
      digestId: 0,
    },
  ],
  segments: [
    {
      id: 0,
      type: 'crypt',
      offsetBytes: 16 * 1024 * 1024,
      sizeBytes: null,
      encryption: 'aes-xts-plain64',
      sectorBytes: 4096,
      ivTweak: '0',
      flags: [],
    },
  ],
  digests: [],
  tokens: [],
  flags: [],
  requirements: [],
};
