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

/** The layers of an unlocked volume from the container up to the cache, and what runs in them. */
export type VolumeStack = Disposable &
  Readonly<{
    cache: BlockCache;
    providerName: string;
    refusedProviders: readonly RefusedProvider[];
  }>;

/** Bytes of arena that a stack with this cache takes. */
export function volumeStackArenaBytes(cacheBytes: number): number {
  return BlockCache.arenaBytes(cacheBytes) + CryptDevice.arenaBytes + PROVIDERS_ARENA_BYTES;
}

/**
 * Builds cache, crypt device and engine over a container.
 *
 * @param container - Borrowed: stays open when the stack is disposed.
 * @param volumeKey - Borrowed: 32 or 64 bytes, verified by a digest.
 */
export function buildVolumeStack(
  container: BlockDevice,
  geometry: CryptGeometry,
  volumeKey: Uint8Array,
  arena: Arena,
  cacheBytes: number,
): VolumeStack {
  const { provider, refused } = chooseProvider(arena);
  const engine = new InlineEngine(container, provider, volumeKey, geometry.sectorBytes);
  const crypt = new CryptDevice(container, engine, geometry, arena);
  const cache = new BlockCache(crypt, arena, cacheBytes);
  return {
    cache,
    providerName: provider.name,
    refusedProviders: refused,
    [Symbol.dispose]() {
      cache[Symbol.dispose]();
      crypt[Symbol.dispose]();
    },
  };
}
