import type { WireError } from '../../shared/errors/vault-error.ts';
import type { CryptGeometry } from '../block/crypt-geometry.ts';
import type { LoopControl } from '../mount/loop-control.ts';
import type { EngineMessage, EngineShare } from './engine-orders.ts';

/** What an NBD worker is started with. */
export type NbdWorkerData = Readonly<{
  /** Descriptor of the locked container; the worker owns it from now on. */
  fd: number;
  path: string;
  isReadOnly: boolean;
  canTrim: boolean;
  geometry: CryptGeometry;
  /** Memory, key and orders of its engine. */
  engine: EngineShare;
  /** Bound sockets that do not listen yet; the worker owns them from now on. */
  listeners: readonly number[];
  /** Shown to clients that list exports. */
  description: string;
  /** How the worker is reached. @see volume-control.ts */
  control: LoopControl;
  /** @see NBD_COUNTERS */
  counters: SharedArrayBuffer;
  /** @see volume-statistics.ts */
  statistics: SharedArrayBuffer;
}>;

/**
 * What an NBD worker says, in this order: `serving`, any number of `synced` and of those about its
 * engine, `closed`.
 */
export type NbdWorkerMessage =
  | Readonly<{ type: 'serving'; filesystem: string; provider: string }>
  | EngineMessage
  | Readonly<{ type: 'synced'; error: WireError | null }>
  /** All is on stable storage and wiped, or `error` says what is not. */
  | Readonly<{ type: 'closed'; error: WireError | null }>
  | Readonly<{ type: 'failed'; error: WireError }>;
