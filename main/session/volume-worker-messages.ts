import type { WireError } from '../../shared/errors/vault-error.ts';
import type { CryptGeometry } from '../block/crypt-geometry.ts';
import type { LoopControl } from '../mount/loop-control.ts';
import type { EngineMessage, EngineShare } from './engine-orders.ts';

/** What a volume worker is started with. */
export type VolumeWorkerData = Readonly<{
  /** Descriptor of the locked container; the worker owns it from now on. */
  fd: number;
  path: string;
  isReadOnly: boolean;
  geometry: CryptGeometry;
  /** Memory, key and orders of its engine. */
  engine: EngineShare;
  mountPoint: string;
  /** Shown as the source of the mount. */
  volumeName: string;
  uid: number;
  gid: number;
  /** How the worker is reached. @see volume-control.ts */
  control: LoopControl;
  /** @see FUSE_COUNTERS */
  counters: SharedArrayBuffer;
  /** @see volume-statistics.ts */
  statistics: SharedArrayBuffer;
}>;

/**
 * What a volume worker says, in this order: `mounted`, any number of `synced` and of those
 * about its engine, `closed`.
 */
export type VolumeWorkerMessage =
  | Readonly<{ type: 'mounted'; filesystem: string; label: string; provider: string }>
  | EngineMessage
  | Readonly<{ type: 'synced'; error: WireError | null }>
  /** All is on stable storage and wiped, or `error` says what is not. */
  | Readonly<{ type: 'closed'; error: WireError | null }>
  | Readonly<{ type: 'failed'; error: WireError }>;
