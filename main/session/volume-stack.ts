import { MIB } from '../../shared/units.ts';
import { BlockCache } from '../block/block-cache.ts';
import type { BlockDevice } from '../block/block-device.ts';
import { CryptDevice } from '../block/crypt-device.ts';
import type { CryptGeometry } from '../block/crypt-geometry.ts';
import type { Arena } from '../bytes/arena.ts';
import {
  chooseProvider,
  PROVIDERS_ARENA_BYTES,
  type RefusedProvider,
} from '../crypto/providers.ts';
import { InlineEngine } from '../engine/inline-engine.ts';

/** Bytes of plaintext that a mounted volume keeps in memory at most. */
export const CACHE_BYTES = 64 * MIB;

/** The plaintext of an unlocked volume without a cache, and what runs in it. */
export type CryptStack = Disposable &
  Readonly<{
    crypt: CryptDevice;
    providerName: string;
    refusedProviders: readonly RefusedProvider[];
  }>;

/** Bytes of arena that a stack without a cache takes. */
export const CRYPT_STACK_ARENA_BYTES = CryptDevice.arenaBytes + PROVIDERS_ARENA_BYTES;

/**
 * Builds crypt device and engine over a container.
 *
 * @param container - Borrowed: stays open when the stack is disposed.
 * @param volumeKey - Borrowed: 32 or 64 bytes, verified by a digest.
 */
export function buildCryptStack(
  container: BlockDevice,
  geometry: CryptGeometry,
  volumeKey: Uint8Array,
  arena: Arena,
): CryptStack {
  const { provider, refused } = chooseProvider(arena);
  const engine = new InlineEngine(container, provider, volumeKey, geometry.sectorBytes);
  const crypt = new CryptDevice(container, engine, geometry, arena);
  return {
    crypt,
    providerName: provider.name,
    refusedProviders: refused,
    [Symbol.dispose]() {
      crypt[Symbol.dispose]();
    },
  };
}

/** The layers of an unlocked volume from the container up to the cache, and what runs in them. */
export type VolumeStack = Disposable &
  Readonly<{
    cache: BlockCache;
    providerName: string;
    refusedProviders: readonly RefusedProvider[];
  }>;

/** Bytes of arena that a stack with this cache takes. */
export function volumeStackArenaBytes(cacheBytes: number): number {
  return BlockCache.arenaBytes(cacheBytes) + CRYPT_STACK_ARENA_BYTES;
}

/** Builds a {@link CryptStack} with a write-back cache on top; the same borrowing. */
export function buildVolumeStack(
  container: BlockDevice,
  geometry: CryptGeometry,
  volumeKey: Uint8Array,
  arena: Arena,
  cacheBytes: number,
): VolumeStack {
  const stack = buildCryptStack(container, geometry, volumeKey, arena);
  const cache = new BlockCache(stack.crypt, arena, cacheBytes);
  return {
    cache,
    providerName: stack.providerName,
    refusedProviders: stack.refusedProviders,
    [Symbol.dispose]() {
      cache[Symbol.dispose]();
      stack[Symbol.dispose]();
    },
  };
}
