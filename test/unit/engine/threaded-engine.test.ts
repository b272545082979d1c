import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARENA_SPLIT_SLACK_BYTES, Arena } from '../../../main/bytes/arena.ts';
import { chooseProvider, PROVIDERS_ARENA_BYTES } from '../../../main/crypto/providers.ts';
import { InlineEngine } from '../../../main/engine/inline-engine.ts';
import {
  HELPER,
  HELPER_STATES,
  helperWord,
  POOL_ARENA_BYTES,
  poolWords,
} from '../../../main/engine/pool-layout.ts';
import { MIN_SPLIT_BYTES, ThreadedEngine } from '../../../main/engine/threaded-engine.ts';
import { KIB, MIB } from '../../../shared/units.ts';
import { createEngineFixture, createFileDevice } from '../../support/engine-fixture.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const STUCK = fileURLToPath(new URL('../../support/stuck-helper-worker.ts', import.meta.url));
const SECTOR_BYTES = 4096;

let folder: TemporaryFolder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder[Symbol.dispose]());

describe('ThreadedEngine', () => {
  it.each(['read', 'write'] as const)(
    '%s() finishes inline what a stuck helper holds, once that has ended',
    async (operation) => {
      using device = createFileDevice(folder.file(`stuck-${operation}`), 4 * MIB);
      const arena = new Arena(
        POOL_ARENA_BYTES + PROVIDERS_ARENA_BYTES + 2 * MIB + 2 * ARENA_SPLIT_SLACK_BYTES,
      );
      const memory = arena.split(POOL_ARENA_BYTES);
      const words = poolWords(memory);
      const key = seededRandom(1).bytes(64);
      const { provider } = chooseProvider(arena);
      using inline = new InlineEngine(device, provider, key, SECTOR_BYTES);
      const worker = new Worker(STUCK, { workerData: memory });
      await new Promise((resolve) => worker.once('message', resolve));
      const told: number[] = [];
      let redone = 0;
      const engine = new ThreadedEngine(inline, device, {
        words,
        helpers: 1,
        onStuck: (helper) => {
          told.push(helper);
          // As the pool does when the thread has ended.
          Atomics.store(words, helperWord(helper, HELPER.state), HELPER_STATES.dead);
        },
        onRedone: () => {
          redone += 1;
        },
      });
      const plain = seededRandom(2).bytes(MIB);
      const view = arena.allocate(MIB, 4096);
      view.set(plain);
      inline.write(0, view, 0);
      // A caller that is quick does all of it before the helper has claimed anything.
      for (let request = 0; request < 1000 && redone === 0; request += 1) {
        if (operation === 'write') view.set(plain);
        engine[operation](0, view, 0);
      }
      if (operation === 'write') inline.read(0, view, 0);
      await worker.terminate();
      expect(view.equals(plain)).toBe(true);
      expect(told).toEqual([0]);
      expect(redone).toBe(1);
      // What follows is served without the helper.
      engine.read(0, view, 0);
      expect(view.equals(plain)).toBe(true);
    },
  );

  it('canSplit() is false for short requests, storages without a descriptor, and no helpers', async () => {
    using device = createFileDevice(folder.file('split'), MIB);
    await using fixture = await createEngineFixture({
      storage: device,
      provider: 'ecb-wasm',
      sectorBytes: SECTOR_BYTES,
      helpers: 1,
      bufferBytes: MIB,
    });
    const arena = new Arena(PROVIDERS_ARENA_BYTES + 4096);
    const { provider } = chooseProvider(arena);
    using inline = new InlineEngine(device, provider, fixture.key, SECTOR_BYTES);
    const pool = {
      words: poolWords(fixture.pool.memory),
      helpers: 1,
      onStuck: () => {},
      onRedone: () => {},
    };
    const engine = new ThreadedEngine(inline, device, pool);
    expect(engine.canSplit(MIN_SPLIT_BYTES)).toBe(true);
    expect(engine.canSplit(MIN_SPLIT_BYTES - SECTOR_BYTES)).toBe(false);
    const { sizeBytes, isReadOnly } = device;
    const storage = {
      sizeBytes,
      isReadOnly,
      readInto: device.readInto.bind(device),
      writeFrom: device.writeFrom.bind(device),
    };
    expect(new ThreadedEngine(inline, storage, pool).canSplit(MIB)).toBe(false);
    await fixture.pool.close();
    expect(engine.canSplit(MIB)).toBe(false);
  });

  it('refuses a range outside the storage and does not make the file longer', async () => {
    using device = createFileDevice(folder.file('range'), MIB);
    await using fixture = await createEngineFixture({
      storage: device,
      provider: 'ecb-wasm',
      sectorBytes: SECTOR_BYTES,
      bufferBytes: MIB,
    });
    fixture.use('threaded');
    const view = fixture.buffer.subarray(0, 256 * KIB);
    expect(() => fixture.engine.write(MIB - 128 * KIB, view, 0)).toThrow(RangeError);
    expect(() => fixture.engine.read(MIB, view, 0)).toThrow(RangeError);
  });
});
