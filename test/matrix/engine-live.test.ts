import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { LiveEngine } from '../../main/engine/live-engine.ts';
import { EngineHost } from '../../main/session/engine-host.ts';
import type { EngineMessage } from '../../main/session/engine-orders.ts';
import {
  ENGINE_MODES,
  type EngineChanges,
  NO_ENGINE_PREFERENCE,
  PROVIDER_NAMES,
} from '../../shared/model/engine.ts';
import { MIB } from '../../shared/units.ts';
import type { EngineCallerData, EngineCallerReport } from '../support/engine-caller-worker.ts';
import { createFileDevice } from '../support/engine-fixture.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CALLER = fileURLToPath(new URL('../support/engine-caller-worker.ts', import.meta.url));
const VOLUME_BYTES = 8 * MIB;
const REQUEST_BYTES = MIB;
const SECTOR_BYTES = 4096;
const CHANGES = 60;
const DEATHS = 6;

type CallerMessage = EngineMessage | EngineCallerReport | Readonly<{ type: 'ready' }>;

/** Runs a caller under a host and lets `disturb` change things meanwhile. */
async function runCaller(
  seed: number,
  disturb: (host: EngineHost) => Promise<void>,
): Promise<Readonly<{ report: EngineCallerReport; events: EngineHost['events'] }>> {
  using folder = temporaryFolder();
  using _device = createFileDevice(folder.file('volume'), VOLUME_BYTES);
  const host = new EngineHost({
    arenaBytes: LiveEngine.arenaBytes + REQUEST_BYTES + 4096,
    volumeKey: seededRandom(seed).bytes(64),
    sectorBytes: SECTOR_BYTES,
    cipher: 'aes-xts-plain64',
    preference: NO_ENGINE_PREFERENCE,
  });
  const control = new SharedArrayBuffer(8);
  const words = new Int32Array(control);
  const ready = Promise.withResolvers<void>();
  const reported = Promise.withResolvers<EngineCallerReport>();
  const worker = new Worker(CALLER, {
    workerData: {
      share: host.share,
      control,
      path: folder.file('volume'),
      sectorBytes: SECTOR_BYTES,
      volumeBytes: VOLUME_BYTES,
      requestBytes: REQUEST_BYTES,
      seed,
    } satisfies EngineCallerData,
  });
  worker.on('message', (message: CallerMessage) => {
    if (message.type === 'ready') ready.resolve();
    else if (message.type === 'report') reported.resolve(message);
    else host.hear(message);
  });
  worker.on('error', (error) => {
    ready.reject(error);
    reported.reject(error);
  });
  await ready.promise;
  await host.start(() => Atomics.add(words, 0, 1));
  await disturb(host);
  Atomics.store(words, 1, 1);
  const report = await reported.promise;
  const { events } = host;
  await host.close();
  await worker.terminate();
  return { report, events };
}

describe('an engine in use', () => {
  it('is changed every few milliseconds without an error or a wrong byte', async () => {
    const random = seededRandom(1);
    const anyMode = () => ENGINE_MODES[random.below(ENGINE_MODES.length)] ?? 'auto';
    const { report } = await runCaller(1, async (host) => {
      for (let change = 0; change < CHANGES; change += 1) {
        const changes: EngineChanges = { read: anyMode(), write: anyMode() };
        const provider = PROVIDER_NAMES[random.below(PROVIDER_NAMES.length)] ?? null;
        const isBig = random.below(8) === 0;
        // A new provider or number of threads needs new workers, which takes longer to come.
        const snapshot = await host.tune(
          isBig ? { ...changes, provider, threads: 1 + random.below(3) } : changes,
        );
        expect(snapshot).toMatchObject({ read: changes.read, write: changes.write, notes: [] });
        await sleep(random.below(5));
      }
    });
    expect(report).toMatchObject({ errors: [], wrongBytes: 0 });
    expect(report.requests).toBeGreaterThan(CHANGES);
  });

  it('loses nothing where its helpers are killed, and puts them back', async () => {
    const random = seededRandom(2);
    const { report, events } = await runCaller(2, async (host) => {
      while (host.events.helpersDied < DEATHS || host.events.helpersReplaced === 0) {
        await host.tune({ read: 'threaded', write: 'threaded', threads: 2 });
        // As for a stuck one: the helper is ended wherever it is.
        for (let kill = 0; kill < 4; kill += 1) {
          await sleep(random.below(300));
          for (const pool of [0, 1] as const) {
            host.hear({ type: 'helper-stuck', pool, helper: random.below(2) });
          }
        }
        // New workers for a new number of threads: places that stayed empty are filled again.
        await host.tune({ threads: 3 });
      }
    });
    expect(report).toMatchObject({ errors: [], wrongBytes: 0 });
    expect(events.helpersDied).toBeGreaterThanOrEqual(DEATHS);
  });
});
