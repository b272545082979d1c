import type { WireError } from '../errors/vault-error.ts';
import type { BackendPreference, KernelMount } from './backend.ts';
import type { EngineEvents, EnginePreference, EngineSnapshot } from './engine.ts';
import type { VolumeStatistics } from './statistics.ts';
import type { UnlockTimes } from './unlock-times.ts';
import type { VaultOptions } from './vault-options.ts';
import type { VolumeMemory } from './volume-memory.ts';

export const VAULT_STATES = [
  'locked',
  'unlocking',
  'mounted',
  'locking',
  'crashed',
  'missing',
] as const;
export type VaultState = (typeof VAULT_STATES)[number];

/** A known vault as people see it. `id` is Lockline's own registry number, not the LUKS UUID. */
export type VaultSnapshot = Readonly<{
  id: string;
  /** File name without folder, or the name that the user gave. */
  name: string;
  path: string;
  uuid: string | null;
  label: string | null;
  state: VaultState;
  mountPoint: string | null;
  isReadOnly: boolean;
  /** Bytes of the container file; null where it is missing or was not looked at yet. */
  containerBytes: number | null;
  /** Of the mounted filesystem; null while locked. */
  usage: Readonly<{ totalBytes: number; freeBytes: number }> | null;
  filesystem: string | null;
  /** What there is to know of the filesystem, such as why it is read-only. */
  filesystemNotes: readonly string[];
  /** Why nothing can be written any more since the mount; null where all is well. */
  fault: WireError | null;
  backend: string | null;
  /** Why this backend and none before it; empty while locked, and where nothing was tried. */
  backendNotes: readonly string[];
  /** The mapping, where the kernel serves the vault. */
  kernel: KernelMount | null;
  /** How the user wants the vault mounted. */
  backendPreference: BackendPreference;
  /** In force now; null while locked. */
  engine: EngineSnapshot | null;
  /** Of its mount by FUSE, in force now; null while locked, and of other backends. */
  memory: VolumeMemory | null;
  /** How long the unlock took; null while locked. */
  unlockTimes: UnlockTimes | null;
  /** What went wrong in the engine since mount; null while locked. */
  engineEvents: EngineEvents | null;
  /** What the user wants of this vault's engine, mounted or not. */
  preference: EnginePreference;
  /** Since mount. */
  traffic: Readonly<{ readBytes: number; writtenBytes: number; sinceMs: number }> | null;
  /** Since mount; null while locked, and where the vault process keeps none. */
  statistics: VolumeStatistics | null;
  /** Milliseconds since 1970, or null where never used. */
  lastUsedMs: number | null;
  lastError: WireError | null;
  options: VaultOptions;
  /** Its passphrase lies in the system's keychain. */
  hasStoredPassphrase: boolean;
  /** When it locks itself because its time is over, milliseconds since 1970; null: it does not. */
  locksAtMs: number | null;
}>;
