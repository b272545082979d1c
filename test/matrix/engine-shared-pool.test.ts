import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { ARENA_SPLIT_SLACK_BYTES, Arena } from '../../main/bytes/arena.ts';
import { CryptoPool } from '../../main/engine/crypto-pool.ts';
import { LiveEngine } from '../../main/engine/live-engine.ts';
import { JOB_SLOTS, POOL_ARENA_BYTES } from '../../main/engine/pool-layout.ts';
import { MIB } from '../../shared/units.ts';
import { createFileDevice } from '../support/engine-fixture.ts';
import type { PoolCallerData } from '../support/pool-caller-worker.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CALLER = fileURLToPath(new URL('../support/pool-caller-worker.ts', import.meta.url));
/** More than there are job slots: some find none free and work inline. */
const CALLERS = JOB_SLOTS + 2;
const REQUEST_BYTES = MIB;
const CALLER_BYTES = LiveEngine.arenaBytes + REQUEST_BYTES + 4096;

function runCaller(data: PoolCallerData): Promise<number> {
  const worker = new Worker(CALLER, { workerData: data });
  return new Promise((resolve, reject) => {
    worker.on('message', resolve);
    worker.on('error', reject);
  });
}

describe('a pool', () => {
  it(`serves ${CALLERS} threads at a time without a wrong byte`, async () => {
    using folder = temporaryFolder();
    const arena = new Arena(
      POOL_ARENA_BYTES + CALLERS * CALLER_BYTES + (CALLERS + 2) * ARENA_SPLIT_SLACK_BYTES,
    );
    const volumeKey = new SharedArrayBuffer(64);
    new Uint8Array(volumeKey).set(seededRandom(5).bytes(64));
    const pool = await CryptoPool.start({
      memory: arena.split(POOL_ARENA_BYTES),
      helpers: 2,
      provider: null,
      volumeKey,
      sectorBytes: 512,
      onEvent: () => expect.unreachable('a helper died'),
    });
    const callers = Array.from({ length: CALLERS }, (_, seed) => {
      const path = folder.file(`volume-${seed}`);
      createFileDevice(path, 4 * MIB)[Symbol.dispose]();
      return runCaller({
        arena: arena.split(CALLER_BYTES),
        pool: pool.memory,
        helpers: pool.helpers,
        volumeKey,
        path,
        requestBytes: REQUEST_BYTES,
        requests: 200,
        seed,
      });
    });
    expect(await Promise.all(callers)).toEqual(Array.from({ length: CALLERS }, () => 0));
    expect(pool.fragmentsDone).toBeGreaterThan(0);
    await pool.close();
  });
});
