import { Worker } from 'node:worker_threads';
import { DEFAULT_VOLUME_CIPHER, type VolumeCipher } from '../crypto/volume-cipher.ts';
import { entryPath } from '../system/entry-path.ts';
import type { CryptoWorkerData, CryptoWorkerMessage } from './crypto-worker-messages.ts';
import {
  HELPER,
  HELPER_STATES,
  helperBusyMs,
  helperWord,
  type PoolMemory,
  PUBLISHED,
  poolWords,
  QUIT,
} from './pool-layout.ts';

/** How long a helper may take to come up; one that takes longer may come later. */
const START_WAIT_MS = 5_000;
/** A helper that did not end by itself in this time is ended. */
const QUIT_WAIT_MS = 100;
/** A place whose helpers keep dying stays empty. */
const MAX_REPLACEMENTS = 3;
/** A helper needs little: its buffers lie outside the heap. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8 } as const;

export type PoolOptions = Readonly<{
  /** Zeroed words; nobody else's until {@link CryptoPool.close} has returned. */
  memory: PoolMemory;
  helpers: number;
  /** Name of the provider to use where it passes its self-test; `null` for the fastest. */
  provider: string | null;
  /** AES-XTS with `plain64` by default. */
  cipher?: VolumeCipher;
  /** Borrowed until the pool is closed: read by each helper that starts. */
  volumeKey: SharedArrayBuffer;
  sectorBytes: number;
  onEvent: (event: PoolEvent) => void;
}>;

/** A helper died; was put in a dead one's place; or could not be started. */
export type PoolEvent = 'died' | 'replaced' | 'refused';

/**
 * Crypto workers over shared memory, as the thread that started them sees them: it must keep its
 * event loop turning, since that is how the death of a helper becomes known.
 */
export class CryptoPool implements AsyncDisposable {
  readonly helpers: number;
  readonly memory: PoolMemory;
  readonly #options: PoolOptions;
  readonly #words: Int32Array;
  readonly #workers = new Map<number, Worker>();
  readonly #exits = new Set<Promise<void>>();
  readonly #replacements = new Map<number, number>();
  #isClosing = false;

  private constructor(options: PoolOptions) {
    this.helpers = options.helpers;
    this.memory = options.memory;
    this.#options = options;
    this.#words = poolWords(options.memory);
    this.#words.fill(0);
  }

  /** Starts the helpers and returns when all are up, or cannot be. Owned by the caller. */
  static async start(options: PoolOptions): Promise<CryptoPool> {
    const pool = new CryptoPool(options);
    const helpers = Array.from({ length: options.helpers }, (_, helper) => helper);
    await Promise.all(helpers.map((helper) => pool.#startHelper(helper)));
    return pool;
  }

  /** Helpers that are up now. */
  get livingHelpers(): number {
    let living = 0;
    for (const helper of this.#workers.keys()) if (this.#isUp(helper)) living += 1;
    return living;
  }

  /** Fragments that helpers have done since the pool was started. */
  get fragmentsDone(): number {
    let done = 0;
    for (let helper = 0; helper < this.helpers; helper += 1)
      done += Atomics.load(this.#words, helperWord(helper, HELPER.fragments));
    return done;
  }

  /** Milliseconds that each helper was at work since the pool was started. */
  get busyMs(): readonly number[] {
    return Array.from(
      { length: this.helpers },
      (_, helper) => helperBusyMs(this.#words, helper)[0] ?? 0,
    );
  }

  /** Ends a helper at once, wherever it is; whoever waits for its fragment learns of it. */
  kill(helper: number): void {
    void this.#workers.get(helper)?.terminate();
  }

  /** Ends all helpers; returns when none of them can touch any memory any more. */
  async close(): Promise<void> {
    this.#isClosing = true;
    Atomics.store(this.#words, QUIT, 1);
    Atomics.add(this.#words, PUBLISHED, 1);
    Atomics.notify(this.#words, PUBLISHED);
    const kill = setTimeout(() => {
      for (const helper of this.#workers.keys()) this.kill(helper);
    }, QUIT_WAIT_MS);
    await Promise.all(this.#exits);
    clearTimeout(kill);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #isUp(helper: number): boolean {
    return Atomics.load(this.#words, helperWord(helper, HELPER.state)) === HELPER_STATES.up;
  }

  /** Settles when the helper is up, has failed, or takes too long. */
  async #startHelper(helper: number): Promise<boolean> {
    const started = Promise.withResolvers<boolean>();
    const exited = Promise.withResolvers<void>();
    const timer = setTimeout(() => started.resolve(false), START_WAIT_MS);
    let wasUp = false;
    let worker: Worker;
    try {
      worker = this.#createWorker(helper);
    } catch {
      // No memory for a thread. The requests are served by those that there are.
      clearTimeout(timer);
      this.#options.onEvent('refused');
      return false;
    }
    this.#workers.set(helper, worker);
    this.#exits.add(exited.promise);
    worker.on('message', (_: CryptoWorkerMessage) => {
      wasUp = true;
      started.resolve(true);
    });
    // What went wrong shows in its exit.
    worker.on('error', () => {});
    worker.on('exit', () => {
      clearTimeout(timer);
      this.#noteExit(helper, wasUp);
      started.resolve(false);
      exited.resolve();
    });
    const isUp = await started.promise;
    clearTimeout(timer);
    if (!isUp) this.#options.onEvent('refused');
    return isUp;
  }

  #createWorker(helper: number): Worker {
    const { memory, provider, volumeKey, sectorBytes } = this.#options;
    const cipher = this.#options.cipher ?? DEFAULT_VOLUME_CIPHER;
    const data: CryptoWorkerData = { memory, helper, provider, cipher, volumeKey, sectorBytes };
    return new Worker(entryPath('./crypto-worker', import.meta.url), {
      workerData: data,
      resourceLimits: RESOURCE_LIMITS,
    });
  }

  #noteExit(helper: number, wasUp: boolean): void {
    this.#workers.delete(helper);
    Atomics.store(this.#words, helperWord(helper, HELPER.state), HELPER_STATES.dead);
    Atomics.store(this.#words, helperWord(helper, HELPER.isSleeping), 0);
    if (this.#isClosing || !wasUp) return;
    this.#options.onEvent('died');
    const replacements = this.#replacements.get(helper) ?? 0;
    if (replacements >= MAX_REPLACEMENTS) return;
    this.#replacements.set(helper, replacements + 1);
    void this.#startHelper(helper).then((isUp) => {
      if (isUp) this.#options.onEvent('replaced');
    });
  }
}
