import { MIB } from '../../shared/units.ts';
import { BlockCache } from '../block/block-cache.ts';
import type { BlockDevice } from '../block/block-device.ts';
import { CryptDevice } from '../block/crypt-device.ts';
import type { CryptGeometry } from '../block/crypt-geometry.ts';
import type { Arena } from '../bytes/arena.ts';
import type { VolumeCipher } from '../crypto/volume-cipher.ts';
import type { EngineStorage } from '../engine/engine.ts';
import { LiveEngine } from '../engine/live-engine.ts';
import type { StageClock } from '../statistics/stage-clock.ts';

/** Two FUSE buffers of a little over 1 MiB each, with room for alignment. */
const FUSE_ARENA_BYTES = 4 * MIB;

/** Where a volume lies, and what it is encrypted with. */
export type VolumeGeometry = CryptGeometry & Readonly<{ cipher: VolumeCipher }>;

/** The plaintext of an unlocked volume without a cache, and what runs in it. */
export type CryptStack = Disposable &
  Readonly<{
    crypt: CryptDevice;
    /** Inline until it is given an order. */
    engine: LiveEngine;
    /** Of the engine as it was built. */
    providerName: string;
  }>;

/** Bytes of arena that a stack without a cache takes. */
export const CRYPT_STACK_ARENA_BYTES = CryptDevice.arenaBytes + LiveEngine.arenaBytes;

/**
 * `volumeKey`: borrowed until the stack is disposed, verified by a digest; whoever
 * gives the engine no order of another provider may wipe it before. `provider`: name of the one
 * that is wanted, else the fastest is taken. `clock`: times the requests.
 */
export type CryptStackOptions = Readonly<{
  volumeKey: Uint8Array;
  provider?: string | null;
  clock?: StageClock;
}>;

/**
 * Builds crypt device and engine over a container.
 *
 * @param container - Borrowed: stays open when the stack is disposed.
 */
export function buildCryptStack(
  container: BlockDevice,
  geometry: VolumeGeometry,
  arena: Arena,
  { volumeKey, provider = null, clock }: CryptStackOptions,
): CryptStack {
  const { sectorBytes, cipher, offsetBytes: fromBytes } = geometry;
  const storage = clock === undefined ? container : withClock(container, clock);
  const parts = { storage, volumeKey, sectorBytes, cipher, fromBytes, arena };
  const engine = new LiveEngine(parts, provider);
  const crypt = new CryptDevice(container, engine, geometry, arena);
  return {
    crypt,
    engine,
    providerName: engine.providerName,
    [Symbol.dispose]() {
      crypt[Symbol.dispose]();
    },
  };
}

function withClock(container: EngineStorage, clock: StageClock): EngineStorage {
  const { sizeBytes, isReadOnly, fd } = container;
  return {
    sizeBytes,
    isReadOnly,
    ...(fd === undefined ? {} : { fd }),
    clock,
    readInto: (offsetBytes, target) => container.readInto(offsetBytes, target),
    writeFrom: (offsetBytes, source) => container.writeFrom(offsetBytes, source),
  };
}

/** The layers of an unlocked volume from the container up to the cache, and what runs in them. */
export type VolumeStack = Disposable &
  Readonly<{
    cache: BlockCache;
    engine: LiveEngine;
    providerName: string;
  }>;

/** Bytes of arena that a stack with this cache takes. */
export function volumeStackArenaBytes(cacheBytes: number): number {
  return BlockCache.arenaBytes(cacheBytes) + CRYPT_STACK_ARENA_BYTES;
}

/** Builds a {@link CryptStack} with a write-back cache on top; the same borrowing. */
export function buildVolumeStack(
  container: BlockDevice,
  geometry: VolumeGeometry,
  arena: Arena,
  options: CryptStackOptions & Readonly<{ cacheBytes: number }>,
): VolumeStack {
  const stack = buildCryptStack(container, geometry, arena, options);
  const cache = new BlockCache(stack.crypt, arena, options.cacheBytes, options.clock);
  return {
    cache,
    engine: stack.engine,
    providerName: stack.providerName,
    [Symbol.dispose]() {
      cache[Symbol.dispose]();
      stack[Symbol.dispose]();
    },
  };
}

/** Bytes of arena that a mounted volume takes: the stack and the buffers of its mount. */
export function mountedVolumeArenaBytes(cacheBytes: number): number {
  return volumeStackArenaBytes(cacheBytes) + FUSE_ARENA_BYTES;
}
