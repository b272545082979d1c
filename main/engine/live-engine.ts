import { DeviceError } from '../../shared/errors/vault-error.ts';
import type { EngineMode } from '../../shared/model/engine.ts';
import { MIB } from '../../shared/units.ts';
import { ARENA_SPLIT_SLACK_BYTES, Arena, type ArenaPart } from '../bytes/arena.ts';
import {
  chooseProvider,
  PROVIDERS_ARENA_BYTES,
  type RefusedProvider,
} from '../crypto/providers.ts';
import { DEFAULT_VOLUME_CIPHER, type VolumeCipher } from '../crypto/volume-cipher.ts';
import { AutoEngine, type AutoPolicies, createPolicies } from './auto-engine.ts';
import { calibrate } from './calibrate.ts';
import type { Engine, EngineStorage } from './engine.ts';
import { InlineEngine } from './inline-engine.ts';
import { type PoolAccess, ThreadedEngine } from './threaded-engine.ts';

const CALIBRATION_BYTES = MIB;
const PROVIDER_PLACE_BYTES = PROVIDERS_ARENA_BYTES + 4096;

/** What an engine is asked to be. */
export type EngineOrder = Readonly<{
  read: EngineMode;
  write: EngineMode;
  /** Name of the provider; `null` for the fastest that passes its self-test. */
  provider: string | null;
  /** Helpers for what is split; `null` for none: then everything is inline. */
  pool: PoolAccess | null;
}>;

/** What an engine works on. All of it borrowed until the engine is disposed. */
export type EngineParts = Readonly<{
  storage: EngineStorage;
  /** As long as the cipher wants; read again whenever the provider changes. */
  volumeKey: Uint8Array;
  sectorBytes: number;
  /** Where the volume begins in the storage: what is read to measure the arms of `auto`. */
  fromBytes: number;
  /** AES-XTS with `plain64` by default. */
  cipher?: VolumeCipher;
  /** Gives {@link LiveEngine.arenaBytes}. */
  arena: Arena;
}>;

/**
 * The engine of an open volume. Mode of each direction, provider and helpers can be changed between
 * any two requests; a change takes effect with the next one, and nothing is in flight meanwhile
 * because every request has ended when it returns.
 */
export class LiveEngine implements Engine {
  /** Bytes of arena that it takes. */
  static readonly arenaBytes =
    CALIBRATION_BYTES + 2 * (PROVIDER_PLACE_BYTES + ARENA_SPLIT_SLACK_BYTES);

  readonly #parts: EngineParts;
  /** Two places for a provider's memory: that of the next one, and that of the one in force. */
  #places: readonly [ArenaPart, ArenaPart];
  readonly #scratch: Buffer;
  readonly #policies = new Map<string, AutoPolicies>();
  #inline: InlineEngine;
  #pinned: string | null = null;
  #auto: AutoEngine | undefined;
  #readArm: Engine;
  #writeArm: Engine;
  refusedProviders: readonly RefusedProvider[] = [];

  constructor(parts: EngineParts, provider: string | null = null) {
    this.#parts = parts;
    this.#places = [
      parts.arena.split(PROVIDER_PLACE_BYTES),
      parts.arena.split(PROVIDER_PLACE_BYTES),
    ];
    this.#scratch = parts.arena.allocate(CALIBRATION_BYTES, 4096);
    this.#inline = this.#createInline(provider);
    this.#readArm = this.#inline;
    this.#writeArm = this.#inline;
  }

  get providerName(): string {
    return this.#inline.providerName;
  }

  /** From which length on requests are split now; only where the direction is `auto`. */
  get gates(): Readonly<{ read: number; write: number }> | undefined {
    const policies = this.#auto?.policies;
    return policies && { read: policies.read.gateBytes, write: policies.write.gateBytes };
  }

  /**
   * Takes over an order between two requests. The pool of the order before is not used any more
   * when this returns.
   */
  apply(order: EngineOrder): void {
    const { storage } = this.#parts;
    if (order.provider !== this.#pinned) {
      const old = this.#inline;
      this.#inline = this.#createInline(order.provider);
      old[Symbol.dispose]();
    }
    this.#auto?.[Symbol.dispose]();
    this.#auto = undefined;
    this.#readArm = this.#inline;
    this.#writeArm = this.#inline;
    if (order.pool === null) return;
    const threaded = new ThreadedEngine(this.#inline, storage, order.pool);
    if (order.read === 'auto' || order.write === 'auto') {
      const policies = this.#policiesOf(threaded, order.pool);
      this.#auto = new AutoEngine(this.#inline, threaded, policies);
    }
    const arms = { inline: this.#inline, threaded, auto: this.#auto ?? this.#inline };
    this.#readArm = arms[order.read];
    this.#writeArm = arms[order.write];
  }

  read(storageOffsetBytes: number, target: Uint8Array, firstIvSector: number): void {
    try {
      this.#readArm.read(storageOffsetBytes, target, firstIvSector);
    } catch (error) {
      throw withRange(error, storageOffsetBytes, target.length);
    }
  }

  write(storageOffsetBytes: number, source: Uint8Array, firstIvSector: number): void {
    try {
      this.#writeArm.write(storageOffsetBytes, source, firstIvSector);
    } catch (error) {
      throw withRange(error, storageOffsetBytes, source.length);
    }
  }

  [Symbol.dispose](): void {
    this.#auto?.[Symbol.dispose]();
    this.#inline[Symbol.dispose]();
  }

  #createInline(pinned: string | null): InlineEngine {
    const { storage, volumeKey, sectorBytes, cipher = DEFAULT_VOLUME_CIPHER } = this.#parts;
    const [place, placeInForce] = this.#places;
    const choice = chooseProvider(new Arena(place), {
      cipher,
      pinned: pinned ?? undefined,
    });
    const inline = new InlineEngine(storage, choice.provider, volumeKey, sectorBytes);
    this.#places = [placeInForce, place];
    this.#pinned = pinned;
    this.refusedProviders = choice.refused;
    return inline;
  }

  /** Measured once for each provider and number of helpers: a later order finds what was learnt. */
  #policiesOf(threaded: ThreadedEngine, pool: PoolAccess): AutoPolicies {
    if (threaded.livingHelpers === 0) return createPolicies([]);
    const key = `${this.providerName} ${pool.helpers}`;
    const known = this.#policies.get(key);
    if (known !== undefined) return known;
    const { storage, fromBytes } = this.#parts;
    const parts = { inline: this.#inline, threaded, storage, fromBytes, scratch: this.#scratch };
    const policies = createPolicies(calibrate(parts));
    this.#policies.set(key, policies);
    return policies;
  }
}

/** Adds the whole request to what a storage reports of its first byte that failed. */
function withRange(error: unknown, fromBytes: number, lengthBytes: number): unknown {
  if (!(error instanceof DeviceError)) return error;
  const request = { requestOffsetBytes: fromBytes, requestLengthBytes: lengthBytes };
  return new DeviceError(error.code, { ...error.data, ...request }, error);
}
