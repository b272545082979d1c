import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ARENA_SPLIT_SLACK_BYTES, Arena } from '../../../main/bytes/arena.ts';
import { CryptoPool, type PoolEvent } from '../../../main/engine/crypto-pool.ts';
import { POOL_ARENA_BYTES } from '../../../main/engine/pool-layout.ts';

const WAIT_MS = 20_000;

async function startPool(helpers: number, keyBytes: number) {
  const events: PoolEvent[] = [];
  const arena = new Arena(POOL_ARENA_BYTES + ARENA_SPLIT_SLACK_BYTES);
  const pool = await CryptoPool.start({
    memory: arena.split(POOL_ARENA_BYTES),
    helpers,
    provider: null,
    volumeKey: new SharedArrayBuffer(keyBytes),
    sectorBytes: 4096,
    onEvent: (event) => events.push(event),
  });
  return { pool, events };
}

/** Waits until something is so; fails where it does not come about. */
async function until(isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo(); waitedMs += 10) {
    if (waitedMs > WAIT_MS) expect.unreachable('it did not come about');
    await sleep(10);
  }
}

describe('CryptoPool', () => {
  it('start() returns when its helpers are up, and close() when they are gone', async () => {
    const { pool, events } = await startPool(2, 64);
    expect(pool.livingHelpers).toBe(2);
    await pool.close();
    expect(pool.livingHelpers).toBe(0);
    expect(events).toEqual([]);
  });

  it('puts another helper in the place of a dead one, up to three times', async () => {
    const { pool, events } = await startPool(1, 64);
    for (let death = 1; death <= 3; death += 1) {
      pool.kill(0);
      await until(() => events.length === 2 * death);
      expect(pool.livingHelpers).toBe(1);
    }
    pool.kill(0);
    await until(() => events.length === 7);
    await sleep(100);
    expect(pool.livingHelpers).toBe(0);
    expect(events.filter((event) => event === 'replaced')).toHaveLength(3);
    await pool.close();
  });

  it('start() returns without helpers that cannot work', async () => {
    // No cipher takes a key of five bytes.
    const { pool, events } = await startPool(2, 5);
    expect(pool.livingHelpers).toBe(0);
    expect(events).toEqual(['refused', 'refused']);
    await pool.close();
  });
});
