import { MIB } from '../../shared/units.ts';
import { BlockCache } from '../block/block-cache.ts';
import type { BlockDevice } from '../block/block-device.ts';
import { CryptDevice } from '../block/crypt-device.ts';
import type { CryptGeometry } from '../block/crypt-geometry.ts';
import type { Arena } from '../bytes/arena.ts';
import { LiveEngine } from '../engine/live-engine.ts';

/** Bytes of plaintext that a mounted volume keeps in memory at most. */
export const CACHE_BYTES = 64 * MIB;

/** Two FUSE buffers of a little over 1 MiB each, with room for alignment. */
const FUSE_ARENA_BYTES = 4 * MIB;

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
 * Builds crypt device and engine over a container.
 *
 * @param container - Borrowed: stays open when the stack is disposed.
 * @param volumeKey - Borrowed until the stack is disposed: 32 or 64 bytes, verified by a digest.
 * Whoever gives the engine no order of another provider may wipe it before.
 * @param provider - Name of the provider that is wanted; else the fastest is taken.
 */
export function buildCryptStack(
  container: BlockDevice,
  geometry: CryptGeometry,
  volumeKey: Uint8Array,
  arena: Arena,
  provider: string | null = null,
): CryptStack {
  const { sectorBytes } = geometry;
  const engine = new LiveEngine({ storage: container, volumeKey, sectorBytes, arena }, provider);
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

/** As for {@link buildCryptStack}. */
type VolumeStackOptions = Readonly<{
  volumeKey: Uint8Array;
  cacheBytes: number;
  provider?: string | null;
}>;

/** Builds a {@link CryptStack} with a write-back cache on top; the same borrowing. */
export function buildVolumeStack(
  container: BlockDevice,
  geometry: CryptGeometry,
  arena: Arena,
  { volumeKey, cacheBytes, provider = null }: VolumeStackOptions,
): VolumeStack {
  const stack = buildCryptStack(container, geometry, volumeKey, arena, provider);
  const cache = new BlockCache(stack.crypt, arena, cacheBytes);
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
export const MOUNTED_VOLUME_ARENA_BYTES = volumeStackArenaBytes(CACHE_BYTES) + FUSE_ARENA_BYTES;
