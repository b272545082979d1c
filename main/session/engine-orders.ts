import {
  ENGINE_MODES,
  type EngineEvents,
  type EngineMode,
  PROVIDER_NAMES,
  type ProviderName,
} from '../../shared/model/engine.ts';
import type { ArenaPart } from '../bytes/arena.ts';
import type { LiveEngine } from '../engine/live-engine.ts';
import { type PoolMemory, poolWords } from '../engine/pool-layout.ts';

/**
 * How the vault process tells its volume worker which engine to use: words in shared memory, written
 * before the worker is poked, read by it between two requests.
 */
const ORDER = { read: 0, write: 1, provider: 2, pool: 3, helpers: 4 } as const;
const ORDER_WORDS = 8;
const NONE = -1;

/** Counters of what went wrong, added to by both sides. */
const EVENT_NAMES = [
  'helpersDied',
  'helpersReplaced',
  'helpersStuck',
  'helpersRefused',
  'fragmentsRedone',
] as const satisfies readonly (keyof EngineEvents)[];

/** What a volume worker needs to have a live engine, as plain data. */
export type EngineShare = Readonly<{
  /** Memory of everything in the volume worker. */
  arena: ArenaPart;
  /** Two places for pools, which take turns. */
  pools: readonly [PoolMemory, PoolMemory];
  /** The one copy of the volume key that outlives the unlock; wiped by the vault process. */
  volumeKey: SharedArrayBuffer;
  orders: SharedArrayBuffer;
  events: SharedArrayBuffer;
  /** The provider to begin with; `null` for the fastest. */
  provider: string | null;
}>;

/** An engine as it crosses: pools by number of their place. */
export type SharedOrder = Readonly<{
  read: EngineMode;
  write: EngineMode;
  provider: ProviderName | null;
  pool: 0 | 1 | null;
  helpers: number;
}>;

/** What a volume worker says about its engine. */
export type EngineMessage =
  | Readonly<{ type: 'tuned'; outcome: TuneOutcome }>
  | Readonly<{ type: 'helper-stuck'; pool: 0 | 1; helper: number }>;

/** How an order went: `refusal` where the engine is as it was before. */
export type TuneOutcome = Readonly<{
  provider: string;
  refusedProviders: readonly Readonly<{ name: string; reason: string }>[];
  refusal: string | null;
}>;

export function createOrderMemory(): Pick<EngineShare, 'orders' | 'events'> {
  return {
    orders: new SharedArrayBuffer(ORDER_WORDS * Int32Array.BYTES_PER_ELEMENT),
    events: new SharedArrayBuffer(EVENT_NAMES.length * Int32Array.BYTES_PER_ELEMENT),
  };
}

export function writeOrder(share: EngineShare, order: SharedOrder): void {
  const words = new Int32Array(share.orders);
  words[ORDER.read] = ENGINE_MODES.indexOf(order.read);
  words[ORDER.write] = ENGINE_MODES.indexOf(order.write);
  words[ORDER.provider] = order.provider === null ? NONE : PROVIDER_NAMES.indexOf(order.provider);
  words[ORDER.pool] = order.pool ?? NONE;
  words[ORDER.helpers] = order.helpers;
}

function readOrder(share: EngineShare): SharedOrder {
  const words = new Int32Array(share.orders);
  const at = (word: number) => words[word] ?? NONE;
  const pool = at(ORDER.pool);
  return {
    read: ENGINE_MODES[at(ORDER.read)] ?? 'inline',
    write: ENGINE_MODES[at(ORDER.write)] ?? 'inline',
    provider: PROVIDER_NAMES[at(ORDER.provider)] ?? null,
    pool: pool === 0 || pool === 1 ? pool : null,
    helpers: at(ORDER.helpers),
  };
}

/** Counts one event. */
export function countEvent(share: EngineShare, name: keyof EngineEvents): void {
  Atomics.add(new Int32Array(share.events), EVENT_NAMES.indexOf(name), 1);
}

export function readEvents(share: EngineShare): EngineEvents {
  const words = new Int32Array(share.events);
  const at = (name: (typeof EVENT_NAMES)[number]) => words[EVENT_NAMES.indexOf(name)] ?? 0;
  return {
    helpersDied: at('helpersDied'),
    helpersReplaced: at('helpersReplaced'),
    helpersStuck: at('helpersStuck'),
    helpersRefused: at('helpersRefused'),
    fragmentsRedone: at('fragmentsRedone'),
  };
}

/**
 * For the volume worker, between two requests: makes its engine what the last order says.
 *
 * @param post - Told how it went, and later of helpers that are stuck.
 */
export function obeyOrder(
  share: EngineShare,
  engine: LiveEngine,
  post: (message: EngineMessage) => void,
): void {
  const { read, write, provider, pool, helpers } = readOrder(share);
  let refusal: string | null = null;
  try {
    const access =
      pool === null
        ? null
        : {
            words: poolWords(share.pools[pool]),
            helpers,
            onStuck: (helper: number) => post({ type: 'helper-stuck', pool, helper }),
            onRedone: () => countEvent(share, 'fragmentsRedone'),
          };
    engine.apply({ read, write, provider, pool: access });
  } catch (error) {
    refusal = error instanceof Error ? error.message : 'the engine cannot be changed';
  }
  const { providerName, refusedProviders } = engine;
  post({ type: 'tuned', outcome: { provider: providerName, refusedProviders, refusal } });
}
