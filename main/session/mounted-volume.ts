import { Worker } from 'node:worker_threads';
import { fromWireError, StateError, toWireError } from '../../shared/errors/vault-error.ts';
import type { EngineChanges, EngineEvents, EngineSnapshot } from '../../shared/model/engine.ts';
import type { VolumeStatistics } from '../../shared/model/statistics.ts';
import { FUSE_COUNTER_COUNT } from '../mount/fuse/fuse-counters.ts';
import { closeLoopControl, createLoopControl } from '../mount/loop-control.ts';
import {
  createSharedStatistics,
  readStatistics,
  viewStatistics,
} from '../statistics/volume-statistics.ts';
import { entryPath } from '../system/entry-path.ts';
import type { EngineHost } from './engine-host.ts';
import { sendCommand, VOLUME_COMMANDS } from './volume-control.ts';
import type { VolumeWorkerData, VolumeWorkerMessage } from './volume-worker-messages.ts';

type Mounted = Extract<VolumeWorkerMessage, { type: 'mounted' }>;

type MountedVolumeData = Omit<VolumeWorkerData, 'control' | 'counters' | 'statistics' | 'engine'>;

/** The vault process's side of its volume worker. */
export class MountedVolume {
  /** Statistics, written by the worker at any time. @see FUSE_COUNTERS */
  readonly counters: Float64Array;
  /** Settles when the worker is done: rejects where what was written could not be stored. */
  readonly closed: Promise<void>;
  readonly #mounted: Promise<Mounted>;
  readonly #control = createLoopControl();
  readonly #engine: EngineHost;
  readonly #statistics = createSharedStatistics();
  /** Its control is closed then: nobody is there to be reached. */
  #hasEnded = false;
  #synced: { resolve: () => void; reject: (error: Error) => void }[] = [];

  /**
   * @param data - Its descriptor is owned by the worker from now on.
   * @param engine - Owned: closed when the worker has ended.
   */
  constructor(data: MountedVolumeData, engine: EngineHost) {
    this.#engine = engine;
    const counters = new SharedArrayBuffer(FUSE_COUNTER_COUNT * Float64Array.BYTES_PER_ELEMENT);
    this.counters = new Float64Array(counters);
    const mounted = Promise.withResolvers<Mounted>();
    const closed = Promise.withResolvers<void>();
    this.#mounted = mounted.promise;
    this.closed = closed.promise;
    // Whoever waits sees a rejection; nobody has to.
    this.#mounted.catch(() => {});
    this.closed.catch(() => {});
    const fail = (error: Error) => {
      mounted.reject(error);
      closed.reject(error);
    };
    const worker = new Worker(entryPath('./volume-worker', import.meta.url), {
      workerData: {
        ...data,
        engine: engine.share,
        control: this.#control,
        counters,
        statistics: this.#statistics,
      } satisfies VolumeWorkerData,
    });
    worker.on('message', (message: VolumeWorkerMessage) => {
      if (message.type === 'mounted') mounted.resolve(message);
      if (message.type === 'failed') fail(fromWireError(message.error));
      if (message.type === 'synced') this.#settleSyncs(message);
      if (message.type === 'tuned' || message.type === 'helper-stuck') engine.hear(message);
      if (message.type === 'closed') {
        if (message.error === null) closed.resolve();
        else closed.reject(fromWireError(message.error));
      }
    });
    worker.on('error', () => fail(new StateError('internal', { reason: 'worker-error' })));
    worker.on('exit', () => {
      this.#hasEnded = true;
      fail(new StateError('vault-crashed', {}));
      this.closed.then(
        () => this.#settleSyncs({ type: 'synced', error: null }),
        (error: unknown) => this.#settleSyncs({ type: 'synced', error: toWireError(error) }),
      );
      closeLoopControl(this.#control);
      void engine.close();
    });
  }

  /** Returns when the folder is usable. */
  ready(): Promise<Mounted> {
    return this.#mounted;
  }

  /** Brings the preferred engine into force, once the folder is usable. */
  startEngine(): Promise<EngineSnapshot> {
    return this.#engine.start(() => sendCommand(this.#control, VOLUME_COMMANDS.tune));
  }

  /** Changes the engine while the volume is in use; returns what is in force then. */
  tune(changes: EngineChanges): Promise<EngineSnapshot> {
    return this.#engine.tune(changes);
  }

  /** What the requests of this mount took, and where. */
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
    this.#synced.push({ resolve, reject });
    sendCommand(this.#control, VOLUME_COMMANDS.sync);
    return promise;
  }

  /** Makes the worker store everything and end, whether or not the folder is still mounted. */
  stop(): void {
    if (!this.#hasEnded) sendCommand(this.#control, VOLUME_COMMANDS.stop);
  }

  #settleSyncs(message: Extract<VolumeWorkerMessage, { type: 'synced' }>): void {
    const waiting = this.#synced;
    this.#synced = [];
    for (const { resolve, reject } of waiting) {
      if (message.error === null) resolve();
      else reject(fromWireError(message.error));
    }
  }
}
