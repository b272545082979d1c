import { ftruncateSync, openSync } from 'node:fs';
import { FileDevice } from '../../main/block/file-device.ts';
import { ARENA_SPLIT_SLACK_BYTES, Arena } from '../../main/bytes/arena.ts';
import { CryptoPool, type PoolEvent } from '../../main/engine/crypto-pool.ts';
import type { EngineStorage } from '../../main/engine/engine.ts';
import { LiveEngine } from '../../main/engine/live-engine.ts';
import { POOL_ARENA_BYTES, poolWords } from '../../main/engine/pool-layout.ts';
import type { EngineMode, ProviderName } from '../../shared/model/engine.ts';
import { MIB } from '../../shared/units.ts';
import { seededRandom } from './seeded-random.ts';

export type EngineFixture = AsyncDisposable &
  Readonly<{
    engine: LiveEngine;
    pool: CryptoPool;
    key: Uint8Array;
    /** In the arena: where requests lie. */
    buffer: Buffer;
    events: readonly PoolEvent[];
    redone: () => number;
    use: (mode: EngineMode, provider?: ProviderName) => void;
  }>;

export type EngineFixtureOptions = Readonly<{
  storage: EngineStorage;
  provider: ProviderName;
  sectorBytes: number;
  keyBytes?: number;
  helpers?: number;
  bufferBytes?: number;
}>;

/** A live engine in the calling thread with crypto workers beside it. */
export async function createEngineFixture(options: EngineFixtureOptions): Promise<EngineFixture> {
  const { storage, provider, sectorBytes, keyBytes = 64, helpers = 2 } = options;
  const bufferBytes = options.bufferBytes ?? 4 * MIB;
  const arena = new Arena(
    LiveEngine.arenaBytes + POOL_ARENA_BYTES + bufferBytes + 4 * ARENA_SPLIT_SLACK_BYTES,
  );
  const memory = arena.split(POOL_ARENA_BYTES);
  const volumeKey = new SharedArrayBuffer(keyBytes);
  const key = new Uint8Array(volumeKey);
  key.set(seededRandom(keyBytes + sectorBytes).bytes(keyBytes));
  const events: PoolEvent[] = [];
  const pool = await CryptoPool.start({
    memory,
    helpers,
    provider,
    volumeKey,
    sectorBytes,
    onEvent: (event) => events.push(event),
  });
  const parts = { storage, volumeKey: key, sectorBytes, fromBytes: 0, arena };
  const engine = new LiveEngine(parts, provider);
  let redone = 0;
  const access = {
    words: poolWords(memory),
    helpers,
    onStuck: (helper: number) => pool.kill(helper),
    onRedone: () => {
      redone += 1;
    },
  };
  return {
    engine,
    pool,
    key,
    buffer: arena.allocate(bufferBytes, 4096),
    events,
    redone: () => redone,
    use: (mode, wanted = provider) =>
      engine.apply({ read: mode, write: mode, provider: wanted, pool: access }),
    [Symbol.asyncDispose]: async () => {
      engine[Symbol.dispose]();
      await pool.close();
    },
  };
}

/** A sparse file of this length. Owned by the caller. */
export function createFileDevice(path: string, sizeBytes: number): FileDevice {
  const fd = openSync(path, 'wx+', 0o600);
  ftruncateSync(fd, sizeBytes);
  return FileDevice.adopt(path, fd, { isReadOnly: false, lock: 'none' });
}
