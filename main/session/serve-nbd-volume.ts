import { Worker } from 'node:worker_threads';
import { fromWireError, StateError, type WireError } from '../../shared/errors/vault-error.ts';
import type { EngineChanges, EngineEvents, EngineSnapshot } from '../../shared/model/engine.ts';
import type { VolumeStatistics } from '../../shared/model/statistics.ts';
import { closeLoopControl, createLoopControl } from '../mount/loop-control.ts';
import { NBD_COUNTER_COUNT } from '../mount/nbd/nbd-counters.ts';
import {
  createSharedStatistics,
  readStatistics,
  viewStatistics,
} from '../statistics/volume-statistics.ts';
import { entryPath } from '../system/entry-path.ts';
import type { EngineHost } from './engine-host.ts';
import type { NbdWorkerData, NbdWorkerMessage } from './serve-nbd-messages.ts';
import { sendCommand, VOLUME_COMMANDS } from './volume-control.ts';

type Serving = Extract<NbdWorkerMessage, { type: 'serving' }>;
type Waiting = Readonly<{ resolve: () => void; reject: (error: Error) => void }>;

type NbdVolumeData = Omit<NbdWorkerData, 'control' | 'counters' | 'statistics' | 'engine'>;

/** The vault process's side of its NBD worker. */
export class NbdVolume {
  /** Statistics, written by the worker at any time. @see NBD_COUNTERS */
  readonly counters: Float64Array;
  /** Settles when the worker is done: rejects where what was written could not be stored. */
  readonly closed: Promise<void>;
  readonly #serving = Promise.withResolvers<Serving>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #control = createLoopControl();
  readonly #engine: EngineHost;
  readonly #statistics = createSharedStatistics();
  /** Its control is closed then: nobody is there to be reached. */
  #hasEnded = false;
  #syncs: Waiting[] = [];

  /**
   * @param data - Its descriptors are owned by the worker from now on.
   * @param engine - Owned: closed when the worker has ended.
   */
  constructor(data: NbdVolumeData, engine: EngineHost) {
    this.#engine = engine;
    const counters = new SharedArrayBuffer(NBD_COUNTER_COUNT * Float64Array.BYTES_PER_ELEMENT);
    this.counters = new Float64Array(counters);
    this.closed = this.#closed.promise;
    // Whoever waits sees a rejection; nobody has to.
    this.#serving.promise.catch(() => {});
    this.closed.catch(() => {});
    const worker = new Worker(entryPath('./serve-nbd-worker', import.meta.url), {
      workerData: {
        ...data,
        engine: engine.share,
        control: this.#control,
        counters,
        statistics: this.#statistics,
      } satisfies NbdWorkerData,
      // Its descriptors come from here, or from system calls that Node knows nothing of.
      trackUnmanagedFds: false,
    });
    worker.on('message', (message: NbdWorkerMessage) => this.#hear(message));
    worker.on('error', () => this.#fail(new StateError('internal', { reason: 'worker-error' })));
    worker.on('exit', () => {
      this.#hasEnded = true;
      this.#fail(new StateError('vault-crashed', {}));
      this.#settleSyncs(null);
      closeLoopControl(this.#control);
      void engine.close();
    });
  }

  /** Returns when clients are served. */
  ready(): Promise<Serving> {
    return this.#serving.promise;
  }

  /** Brings the preferred engine into force, once clients are served. */
  startEngine(): Promise<EngineSnapshot> {
    return this.#engine.start(() => sendCommand(this.#control, VOLUME_COMMANDS.tune));
  }

  /** Changes the engine while the volume is in use; returns what is in force then. */
  tune(changes: EngineChanges): Promise<EngineSnapshot> {
    return this.#engine.tune(changes);
  }

  /** What the requests of the clients took, and where. */
  readStatistics(): VolumeStatistics {
    return readStatistics(viewStatistics(this.#statistics));
  }

  get engineEvents(): EngineEvents {
    return this.#engine.events;
  }

  /** Returns when all that was written is on stable storage; rejects where it cannot be. */
  sync(): Promise<void> {
    if (this.#hasEnded) return this.closed;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#syncs.push({ resolve, reject });
    sendCommand(this.#control, VOLUME_COMMANDS.sync);
    return promise;
  }

  /** Makes the worker hang up on every client, store everything and end. */
  stop(): void {
    if (!this.#hasEnded) sendCommand(this.#control, VOLUME_COMMANDS.stop);
  }

  #hear(message: NbdWorkerMessage): void {
    if (message.type === 'serving') this.#serving.resolve(message);
    else if (message.type === 'synced') this.#settleSyncs(message.error);
    else if (message.type === 'tuned' || message.type === 'helper-stuck')
      this.#engine.hear(message);
    else if (message.type === 'failed') this.#fail(fromWireError(message.error));
    else if (message.error === null) this.#closed.resolve();
    else this.#closed.reject(fromWireError(message.error));
  }

  #fail(error: Error): void {
    this.#serving.reject(error);
    this.#closed.reject(error);
  }

  #settleSyncs(error: WireError | null): void {
    const waiting = this.#syncs;
    this.#syncs = [];
    for (const { resolve, reject } of waiting) {
      if (error === null) resolve();
      else reject(fromWireError(error));
    }
  }
}
