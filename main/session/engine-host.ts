import { StateError } from '../../shared/errors/vault-error.ts';
import {
  changePreference,
  type EngineChanges,
  type EngineEvents,
  type EngineMode,
  type EnginePreference,
  type EngineSnapshot,
  MAX_ENGINE_THREADS,
} from '../../shared/model/engine.ts';
import { ARENA_SPLIT_SLACK_BYTES, Arena } from '../bytes/arena.ts';
import type { VolumeCipher } from '../crypto/volume-cipher.ts';
import { CryptoPool, type PoolEvent } from '../engine/crypto-pool.ts';
import { POOL_ARENA_BYTES } from '../engine/pool-layout.ts';
import { physicalCores } from '../system/physical-cores.ts';
import {
  countEvent,
  createOrderMemory,
  type EngineMessage,
  type EngineShare,
  readEvents,
  type TuneOutcome,
  writeOrder,
} from './engine-orders.ts';

const DEFAULT_MODE: EngineMode = 'auto';
/** How long a busy worker may take to come to an order. */
const TUNE_WAIT_MS = 30_000;
const FIRST_POOL = 0;

const EVENT_OF_POOL = {
  died: 'helpersDied',
  replaced: 'helpersReplaced',
  refused: 'helpersRefused',
} as const satisfies Record<PoolEvent, keyof EngineEvents>;

export type EngineHostOptions = Readonly<{
  /** Bytes that the volume worker needs. */
  arenaBytes: number;
  /** Borrowed: copied to the one place where it stays until {@link EngineHost.close}. */
  volumeKey: Uint8Array;
  sectorBytes: number;
  cipher: VolumeCipher;
  preference: EnginePreference;
}>;

type RunningPool = Readonly<{ place: 0 | 1; provider: string; pool: CryptoPool }>;

/**
 * The vault process's side of a live engine: the shared memory, the crypto workers and the volume
 * key, which lies in one shared page so that helpers and other providers can be made later.
 *
 * A change of provider or threads starts a new pool first, then orders the worker to use it, and
 * ends the old pool after the worker has told that it did: it never waits for a thread to start.
 */
export class EngineHost {
  readonly share: EngineShare;
  readonly #sectorBytes: number;
  readonly #cipher: VolumeCipher;
  #preference: EnginePreference;
  #running: RunningPool | undefined;
  #order: (() => void) | undefined;
  #answer: PromiseWithResolvers<TuneOutcome> | undefined;
  #tuning: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: EngineHostOptions) {
    const arena = new Arena(
      options.arenaBytes +
        2 * (POOL_ARENA_BYTES + ARENA_SPLIT_SLACK_BYTES) +
        ARENA_SPLIT_SLACK_BYTES,
    );
    const volumeKey = new SharedArrayBuffer(options.volumeKey.length);
    new Uint8Array(volumeKey).set(options.volumeKey);
    this.share = {
      pools: [arena.split(POOL_ARENA_BYTES), arena.split(POOL_ARENA_BYTES)],
      arena: arena.split(options.arenaBytes),
      volumeKey,
      ...createOrderMemory(),
      provider: options.preference.provider,
    };
    this.#sectorBytes = options.sectorBytes;
    this.#cipher = options.cipher;
    this.#preference = options.preference;
  }

  /** What went wrong since the start. */
  get events(): EngineEvents {
    return readEvents(this.share);
  }

  /** Milliseconds at work of each crypto worker that runs now. */
  get workerBusyMs(): readonly number[] {
    return this.#running?.pool.busyMs ?? [];
  }

  /**
   * Brings the engine that is preferred into force; returns what is.
   *
   * @param order - Makes the volume worker look at its orders.
   */
  start(order: () => void): Promise<EngineSnapshot> {
    this.#order = order;
    return this.tune({});
  }

  /**
   * Changes some of what is preferred, on the running volume; returns what is in force then.
   *
   * @throws StateError `operation-in-progress` where the volume does not come to it.
   */
  tune(changes: EngineChanges): Promise<EngineSnapshot> {
    const tuned = this.#tuning.then(() => this.#tune(changes));
    this.#tuning = tuned.catch(() => {});
    return tuned;
  }

  /** Takes what the worker says about its engine. */
  hear(message: EngineMessage): void {
    if (message.type === 'tuned') this.#answer?.resolve(message.outcome);
    else if (this.#running?.place === message.pool) {
      countEvent(this.share, 'helpersStuck');
      this.#running.pool.kill(message.helper);
    }
  }

  /** Wipes the key and ends the helpers; the volume worker has ended before. */
  async close(): Promise<void> {
    this.#isClosed = true;
    new Uint8Array(this.share.volumeKey).fill(0);
    this.#answer?.reject(new StateError('not-mounted', {}));
    await this.#running?.pool.close();
    this.#running = undefined;
  }

  async #tune(changes: EngineChanges): Promise<EngineSnapshot> {
    if (this.#isClosed) throw new StateError('not-mounted', {});
    const wanted = changePreference(this.#preference, changes);
    const read = wanted.read ?? DEFAULT_MODE;
    const write = wanted.write ?? DEFAULT_MODE;
    const threads = read === 'inline' && write === 'inline' ? 0 : threadsOf(wanted);
    const before = this.#running;
    const provider = wanted.provider ?? '';
    const isSame = before?.provider === provider && before.pool.helpers === threads;
    const next = isSame ? before : await this.#startPool(before, provider, threads);
    const outcome = await this.#sendOrder(() =>
      writeOrder(this.share, {
        read,
        write,
        provider: wanted.provider,
        pool: next?.place ?? null,
        helpers: threads,
      }),
    ).catch(async (error: unknown) => {
      if (!isSame) await next?.pool.close();
      throw error;
    });
    this.#preference = wanted;
    this.#running = next;
    if (!isSame) await before?.pool.close();
    const living = next?.pool.livingHelpers ?? 0;
    return {
      read,
      write,
      provider: outcome.provider,
      threads: living,
      notes: notesOf(wanted, outcome, threads, living),
    };
  }

  async #startPool(
    before: RunningPool | undefined,
    provider: string,
    helpers: number,
  ): Promise<RunningPool | undefined> {
    if (helpers === 0) return undefined;
    const place = before?.place === FIRST_POOL ? 1 : FIRST_POOL;
    const pool = await CryptoPool.start({
      memory: this.share.pools[place],
      helpers,
      provider: provider === '' ? null : provider,
      volumeKey: this.share.volumeKey,
      sectorBytes: this.#sectorBytes,
      cipher: this.#cipher,
      onEvent: (event) => countEvent(this.share, EVENT_OF_POOL[event]),
    });
    return { place, provider, pool };
  }

  async #sendOrder(write: () => void): Promise<TuneOutcome> {
    // The worker may have ended while helpers were starting: nobody would answer.
    if (this.#isClosed) throw new StateError('not-mounted', {});
    const answer = Promise.withResolvers<TuneOutcome>();
    this.#answer = answer;
    const timer = setTimeout(
      () => answer.reject(new StateError('operation-in-progress', {})),
      TUNE_WAIT_MS,
    );
    write();
    this.#order?.();
    return answer.promise.finally(() => clearTimeout(timer));
  }
}

/** Physical cores but one, for the thread that does the I/O; at least one helper. */
function threadsOf({ threads }: EnginePreference): number {
  return Math.min(MAX_ENGINE_THREADS, Math.max(1, threads ?? physicalCores() - 1));
}

function notesOf(
  wanted: EnginePreference,
  outcome: TuneOutcome,
  threads: number,
  living: number,
): readonly string[] {
  const notes: string[] = [];
  if (outcome.refusal !== null) notes.push(`the engine is as before: ${outcome.refusal}`);
  if (wanted.provider !== null && wanted.provider !== outcome.provider) {
    const refused = outcome.refusedProviders.find(({ name }) => name === wanted.provider);
    notes.push(`provider ${wanted.provider} is not used: ${refused?.reason ?? 'it was refused'}`);
  }
  if (living < threads) {
    notes.push(`${living} of ${threads} crypto workers run: the others could not be started`);
  }
  return notes;
}
