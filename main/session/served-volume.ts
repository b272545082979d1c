import { Worker } from 'node:worker_threads';
import { fromWireError, StateError, type WireError } from '../../shared/errors/vault-error.ts';
import type { EngineChanges, EngineEvents, EngineSnapshot } from '../../shared/model/engine.ts';
import type { VolumeStatistics } from '../../shared/model/statistics.ts';
import { closeLoopControl, createLoopControl } from '../mount/loop-control.ts';
import {
  createSharedStatistics,
  readStatistics,
  viewStatistics,
} from '../statistics/volume-statistics.ts';
import type { EngineHost } from './engine-host.ts';
import { LoopLag } from './loop-lag.ts';
import { sendCommand, VOLUME_COMMANDS } from './volume-control.ts';
import type { ServedVolumeData, VolumeWorkerMessage } from './volume-worker-messages.ts';

type Ready = Extract<VolumeWorkerMessage, { type: 'ready' }>;
type Waiting = Readonly<{ resolve: () => void; reject: (error: Error) => void }>;

/** Which worker serves the volume, and what only it needs. */
export type VolumeWorker = Readonly<{
  /** Path of the worker's entry. */
  entry: string;
  /** Length of its counters. */
  counters: number;
  /** Its descriptors are owned by the worker from now on. */
  data: object;
}>;

/** The vault process's side of the worker that serves its volume, as a folder or over NBD. */
export class ServedVolume {
  /** Counted by the worker at any time. @see FUSE_COUNTERS, NBD_COUNTERS */
  readonly counters: Float64Array;
  /** Settles when the worker is done: rejects where what was written could not be stored. */
  readonly closed: Promise<void>;
  readonly #ready = Promise.withResolvers<Ready>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #control = createLoopControl();
  readonly #statistics = createSharedStatistics();
  readonly #engine: EngineHost;
  readonly #loopLag = new LoopLag();
  /** Its control is closed then: nobody is there to be reached. */
  #hasEnded = false;
  #fault: WireError | null = null;
  #hasClosed = false;
  #syncs: Waiting[] = [];

  /** @param engine - Owned: closed when the worker has ended. */
  constructor({ entry, counters, data }: VolumeWorker, engine: EngineHost) {
    this.#engine = engine;
    const counted = new SharedArrayBuffer(counters * Float64Array.BYTES_PER_ELEMENT);
    this.counters = new Float64Array(counted);
    this.closed = this.#closed.promise;
    // Whoever waits sees a rejection; nobody has to.
    this.#ready.promise.catch(() => {});
    this.closed.catch(() => {});
    const shared: ServedVolumeData = {
      engine: engine.share,
      control: this.#control,
      counters: counted,
      statistics: this.#statistics,
    };
    const worker = new Worker(entry, {
      workerData: { ...data, ...shared },
      // Its descriptors come from here, or from system calls that Node knows nothing of.
      trackUnmanagedFds: false,
    });
    worker.on('message', (message: VolumeWorkerMessage) => this.#hear(message));
    worker.on('error', () => this.#fail(new StateError('internal', { reason: 'worker-error' })));
    worker.on('exit', () => this.#end());
  }

  /** Returns when the folder is usable, or clients can connect. */
  ready(): Promise<Ready> {
    return this.#ready.promise;
  }

  /** Brings the preferred engine into force, once the volume is served. */
  startEngine(): Promise<EngineSnapshot> {
    return this.#engine.start(() => sendCommand(this.#control, VOLUME_COMMANDS.tune));
  }

  /** Changes the engine while the volume is in use; returns what is in force then. */
  tune(changes: EngineChanges): Promise<EngineSnapshot> {
    return this.#engine.tune(changes);
  }

  /**
   * What the requests took since the start, and where.
   *
   * @param waiting - Requests that the system holds for this volume; null where it does not tell.
   */
  readStatistics(waiting: number | null): VolumeStatistics {
    this.#loopLag.look();
    const { user, system } = process.cpuUsage();
    return readStatistics(viewStatistics(this.#statistics), {
      waiting,
      workerBusyMs: this.#engine.workerBusyMs,
      cpuMs: (user + system) / 1e3,
      loopLagMs: this.#loopLag.lastMs,
    });
  }

  /** Whether the worker has told how it ended; one that died before has lost what was not stored. */
  get hasClosed(): boolean {
    return this.#hasClosed;
  }

  get engineEvents(): EngineEvents {
    return this.#engine.events;
  }

  /** Why nothing can be written any more; null while it can. */
  get fault(): WireError | null {
    return this.#fault;
  }

  /** Returns when all that was written is on stable storage; rejects where it cannot be. */
  sync(): Promise<void> {
    if (this.#hasEnded) return this.closed;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#syncs.push({ resolve, reject });
    sendCommand(this.#control, VOLUME_COMMANDS.sync);
    return promise;
  }

  /** Makes the worker store everything and end, whoever still uses the volume. */
  stop(): void {
    if (!this.#hasEnded) sendCommand(this.#control, VOLUME_COMMANDS.stop);
  }

  #hear(message: VolumeWorkerMessage): void {
    if (message.type === 'ready') this.#ready.resolve(message);
    else if (message.type === 'synced') this.#settleSyncs(message.error);
    else if (message.type === 'failed') this.#fail(fromWireError(message.error));
    else if (message.type === 'fault') this.#fault = message.error;
    else if (message.type === 'closed') this.#close(message.error);
    else this.#engine.hear(message);
  }

  #close(error: WireError | null): void {
    this.#hasClosed = true;
    if (error === null) this.#closed.resolve();
    else this.#closed.reject(fromWireError(error));
  }

  #fail(error: Error): void {
    this.#ready.reject(error);
    this.#closed.reject(error);
  }

  #end(): void {
    this.#hasEnded = true;
    this.#fail(new StateError('vault-crashed', {}));
    // What the worker stored at its end is as good as synced; what it could not is not.
    for (const { resolve, reject } of this.#takeSyncs()) this.closed.then(resolve, reject);
    closeLoopControl(this.#control);
    void this.#engine.close();
  }

  #settleSyncs(error: WireError | null): void {
    for (const { resolve, reject } of this.#takeSyncs()) {
      if (error === null) resolve();
      else reject(fromWireError(error));
    }
  }

  #takeSyncs(): readonly Waiting[] {
    const waiting = this.#syncs;
    this.#syncs = [];
    return waiting;
  }
}
