import { randomBytes } from 'node:crypto';
import type { EngineMode } from '../../shared/model/engine.ts';
import { KIB, MIB } from '../../shared/units.ts';
import type { FileDevice } from '../block/file-device.ts';
import { ARENA_SPLIT_SLACK_BYTES, Arena } from '../bytes/arena.ts';
import { CryptoPool } from '../engine/crypto-pool.ts';
import { LiveEngine } from '../engine/live-engine.ts';
import { POOL_ARENA_BYTES, poolWords } from '../engine/pool-layout.ts';
import { BENCH_FILE_BYTES, placesOf } from './bench-volume.ts';

export const BENCH_SECTOR_BYTES = 4 * KIB;
const KEY_BYTES = 64;
/** Requests of one depth lie side by side in this much memory, or share it where it is too little. */
const BUFFER_BYTES = 32 * MIB;

/** An engine on a file, with crypto workers of its own. */
export type BenchEngine = AsyncDisposable & Readonly<{ engine: LiveEngine; buffer: Buffer }>;

/** Starts an engine that works in one mode, with so many crypto workers besides the caller. */
export async function createBenchEngine(
  container: FileDevice,
  mode: EngineMode,
  helpers: number,
): Promise<BenchEngine> {
  const arena = new Arena(
    LiveEngine.arenaBytes + POOL_ARENA_BYTES + BUFFER_BYTES + 4 * ARENA_SPLIT_SLACK_BYTES,
  );
  const memory = arena.split(POOL_ARENA_BYTES);
  const volumeKey = new SharedArrayBuffer(KEY_BYTES);
  new Uint8Array(volumeKey).set(randomBytes(KEY_BYTES));
  const pool = await CryptoPool.start({
    memory,
    helpers,
    provider: null,
    volumeKey,
    sectorBytes: BENCH_SECTOR_BYTES,
    onEvent: () => {},
  });
  const key = new Uint8Array(volumeKey);
  const engine = new LiveEngine({
    storage: container,
    volumeKey: key,
    sectorBytes: BENCH_SECTOR_BYTES,
    fromBytes: 0,
    arena,
  });
  const access = {
    words: poolWords(memory),
    helpers,
    onStuck: (helper: number) => pool.kill(helper),
    onRedone: () => {},
  };
  engine.apply({ read: mode, write: mode, provider: null, pool: access });
  return {
    engine,
    buffer: arena.allocate(BUFFER_BYTES, BENCH_SECTOR_BYTES),
    async [Symbol.asyncDispose]() {
      engine[Symbol.dispose]();
      await pool.close();
    },
  };
}

/** Returns a run of so many requests, one after another, each with a buffer of its own. */
export function burst(
  { engine, buffer }: BenchEngine,
  direction: 'read' | 'write',
  requestBytes: number,
  depth: number,
): () => void {
  const next = placesOf(BENCH_FILE_BYTES, requestBytes, false);
  const views = Array.from({ length: depth }, (_, index) => {
    const at = (index * requestBytes) % BUFFER_BYTES;
    return buffer.subarray(at, at + requestBytes);
  });
  return () => {
    for (const view of views) {
      const at = next();
      engine[direction](at, view, at / 512);
    }
  };
}
