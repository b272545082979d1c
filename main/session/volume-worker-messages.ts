import type { WireError } from '../../shared/errors/vault-error.ts';
import type { VolumeMemory } from '../../shared/model/volume-memory.ts';
import type { LoopControl } from '../mount/loop-control.ts';
import type { EngineMessage, EngineShare } from './engine-orders.ts';
import type { VolumeGeometry } from './volume-stack.ts';

/** The memory by which the vault process and any worker that serves a volume know each other. */
export type ServedVolumeData = Readonly<{
  /** Memory, key and orders of its engine. */
  engine: EngineShare;
  /** How the worker is reached. @see volume-control.ts */
  control: LoopControl;
  /** @see FUSE_COUNTERS, NBD_COUNTERS */
  counters: SharedArrayBuffer;
  /** @see volume-statistics.ts */
  statistics: SharedArrayBuffer;
}>;

/** The container that a worker serves. */
export type ServedContainer = Readonly<{
  /** Descriptor of the locked container; the worker owns it from now on. */
  fd: number;
  path: string;
  isReadOnly: boolean;
  geometry: VolumeGeometry;
}>;

/** What the worker that serves a folder is given besides {@link ServedVolumeData}. */
export type FolderData = ServedContainer &
  Readonly<{
    mountPoint: string;
    /** Shown as the source of the mount. */
    volumeName: string;
    uid: number;
    gid: number;
    /** Whether what becomes free is given back to the container. */
    discardsFreed: boolean;
    /** One file with all blocks is shown, whatever they hold. */
    showsBlocks: boolean;
    memory: VolumeMemory;
  }>;

/** What the worker that serves NBD clients is given besides {@link ServedVolumeData}. */
export type NbdData = ServedContainer &
  Readonly<{
    canTrim: boolean;
    /** Bound sockets that do not listen yet; the worker owns them from now on. */
    listeners: readonly number[];
    /** Shown to clients that list exports. */
    description: string;
  }>;

/**
 * What a worker says, in this order: `ready`, any number of `synced` and of those about its engine,
 * `closed`.
 */
export type VolumeWorkerMessage =
  | Readonly<{
      type: 'ready';
      filesystem: string;
      provider: string;
      isReadOnly?: boolean;
      readOnlyReasons?: readonly string[];
    }>
  /** Once: since then nothing can be written, for this reason. */
  | Readonly<{ type: 'fault'; error: WireError }>
  | EngineMessage
  | Readonly<{ type: 'synced'; error: WireError | null }>
  /** All is on stable storage and wiped, or `error` says what is not. */
  | Readonly<{ type: 'closed'; error: WireError | null }>
  | Readonly<{ type: 'failed'; error: WireError }>;
