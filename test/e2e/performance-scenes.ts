import type { Page } from 'playwright-core';
import type { VolumeStatistics } from '../../shared/model/statistics.ts';
import type { VaultSnapshot } from '../../shared/model/vault.ts';
import { NO_VOLUME_MEMORY } from '../../shared/model/volume-memory.ts';
import { GIB, KIB, MIB } from '../../shared/units.ts';
import { type FakeServices, fakeVault } from '../support/fake-services.ts';
import { fakeStatistics } from '../support/fake-statistics.ts';
import type { Scene } from './scene.ts';

/** A vault that is in use. */
export const MOUNTED = fakeVault({
  id: 'v2',
  name: 'Research.luks',
  path: '/home/ada/Vaults/Research.luks',
  state: 'mounted',
  mountPoint: '/run/user/1000/lockline/Research',
  containerBytes: 64 * GIB,
  usage: { totalBytes: 63.9 * GIB, freeBytes: 21.4 * GIB },
  filesystem: 'fat32',
  backend: 'fuse',
  engine: { read: 'auto', write: 'auto', provider: 'native', threads: 1, notes: [] },
  memory: NO_VOLUME_MEMORY,
  unlockTimes: { header: 6.2, derivation: 1893, area: 14.1, digest: 121, mount: 88 },
  traffic: { readBytes: 3.2 * GIB, writtenBytes: 812 * MIB, sinceMs: Date.now() - 3_900_000 },
  lastUsedMs: Date.now(),
});

const STARTED_MS = Date.now() - 60_000;
/** Between two looks of main, as they are in real life. */
const SAMPLE_MS = 500;

/** A vault at work: 128 KiB reads at 410 MiB/s, 4 KiB writes. */
function statisticsAtWork(atMs: number): VolumeStatistics {
  const ms = atMs - STARTED_MS;
  return fakeStatistics({
    atMs,
    inFlight: 1,
    waiting: 3,
    workerBusyMs: [ms * 0.41],
    cpuMs: ms * 1.12,
    loopLagMs: 0.4,
    cache: {
      hits: Math.round(ms * 5.2),
      misses: Math.round(ms * 0.8),
      decryptedBytes: 3.1 * ms * 128 * KIB,
      encryptedBytes: 0.3 * ms * 4 * KIB,
    },
    read: {
      requests: 3.28 * ms,
      requestBytes: 128 * KIB,
      stagesUs: {
        transport: 38,
        filesystem: 9,
        cache: 14,
        'hand-over': 11,
        crypto: 92,
        storage: 61,
      },
    },
    write: {
      requests: 0.812 * ms,
      requestBytes: 4 * KIB,
      stagesUs: { transport: 22, filesystem: 12, cache: 9, crypto: 1.4 },
    },
  });
}

/** Reads that come and go, and from the change of the engine on are threaded. */
function statisticsOfMinute(atMs: number, changedMs: number, startMs: number): VolumeStatistics {
  const ms = atMs - startMs;
  const threadedMs = Math.max(0, atMs - changedMs);
  const wave = 260 * Math.sin(ms / 4000) + 120 * Math.sin(ms / 1700);
  return fakeStatistics({
    atMs,
    inFlight: 1,
    waiting: 2 + Math.round(2 * Math.sin(ms / 2600)),
    workerBusyMs: [threadedMs * 0.62, threadedMs * 0.55],
    cpuMs: ms * 0.9 + threadedMs * 0.7,
    loopLagMs: 0.5 + 0.4 * Math.abs(Math.sin(ms / 900)),
    read: {
      requests: 3 * ms + 2.2 * threadedMs + wave,
      requestBytes: 128 * KIB,
      stagesUs:
        threadedMs > 0
          ? { transport: 38, filesystem: 9, cache: 14, 'hand-over': 44, crypto: 51, storage: 60 }
          : { transport: 38, filesystem: 9, cache: 14, crypto: 132, storage: 61 },
    },
    write: {
      requests: 1.1 * ms + wave,
      requestBytes: 16 * KIB,
      stagesUs: { transport: 22, filesystem: 12, cache: 9, crypto: 1.4 },
    },
  });
}

async function openPerformance(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Performance of Research.luks' }).click();
  await page.getByRole('tabpanel', { name: 'Performance' }).waitFor();
}

/** Lets a minute of work pass, with a change of the engine twenty seconds before its end. */
async function passMinute(page: Page, fake: FakeServices): Promise<void> {
  const startMs = Date.now() - 60_000;
  const changedMs = startMs + 40_000;
  const inline = { ...MOUNTED.engine, read: 'inline', write: 'inline', threads: 0 };
  const threaded = { ...inline, read: 'threaded', threads: 2 };
  for (let atMs = startMs; atMs <= startMs + 60_000; atMs += SAMPLE_MS) {
    const engine = (atMs < changedMs ? inline : threaded) as VaultSnapshot['engine']; // as written
    const statistics = statisticsOfMinute(atMs, changedMs, startMs);
    fake.arrange({ vaults: [{ ...MOUNTED, engine, statistics }] });
  }
  await openPerformance(page);
  await page.getByRole('figure', { name: 'Throughput' }).waitFor();
}

async function scrollTo(page: Page, figure: string): Promise<void> {
  await page
    .getByRole('figure', { name: figure })
    .evaluate((node) => node.scrollIntoView({ block: 'center' }));
}

/** The performance of a vault in every state worth looking at. */
export const PERFORMANCE_SCENES: Readonly<Record<string, Scene>> = {
  performance: async (page, fake) => {
    const lookNow = () =>
      fake.arrange({ vaults: [{ ...MOUNTED, statistics: statisticsAtWork(Date.now()) }] });
    lookNow();
    await openPerformance(page);
    // A machine that is busy may be late for one look, and then the rate is already falling.
    while (!(await page.getByText('410 MiB/s').first().isVisible())) {
      await page.waitForTimeout(SAMPLE_MS);
      lookNow();
    }
  },
  'performance-idle': async (page, fake) => {
    const statistics = fakeStatistics({ atMs: Date.now() });
    fake.arrange({ vaults: [{ ...MOUNTED, statistics }] });
    await openPerformance(page);
    await page.getByText('No requests yet').waitFor();
  },
  'performance-notes': async (page, fake) => {
    const engine = {
      read: 'threaded',
      write: 'threaded',
      provider: 'ecb-wasm',
      threads: 1,
      notes: ['Provider native is missing on this machine: ecb-wasm is used in its place'],
    } as const;
    const engineEvents = {
      helpersDied: 1,
      helpersReplaced: 1,
      helpersStuck: 0,
      helpersRefused: 0,
      fragmentsRedone: 2,
    };
    const preference = {
      read: 'threaded',
      write: 'threaded',
      provider: 'native',
      threads: 2,
    } as const;
    const statistics = statisticsAtWork(Date.now());
    fake.arrange({ vaults: [{ ...MOUNTED, engine, engineEvents, preference, statistics }] });
    await openPerformance(page);
    await page.getByRole('button', { name: 'What the choices mean' }).click();
  },
  'performance-own-choices': async (page, fake) => {
    const { engine: _, memory: __, unlockTimes: ___, ...facts } = MOUNTED;
    const none = { mountPoint: null, engine: null, memory: null, unlockTimes: null, traffic: null };
    const preference = { read: 'threaded', write: null, provider: 'noble', threads: 4 } as const;
    fake.arrange({ vaults: [{ ...facts, ...none, state: 'locked', preference }] });
    await page.getByRole('button', { name: 'More actions for Research.luks' }).click();
    await page.getByRole('menuitem', { name: 'Performance' }).click();
    await page.getByText('Counts from the next unlock').first().waitFor();
  },
  'performance-memory': async (page, fake) => {
    const options = { ...MOUNTED.options, cacheBytes: 512 * MIB, readAheadBytes: 0 } as const;
    const statistics = fakeStatistics({ atMs: Date.now() });
    fake.arrange({ vaults: [{ ...MOUNTED, options, statistics }] });
    await openPerformance(page);
    await page.getByRole('button', { name: 'From the next unlock' }).click();
    await page.getByText('In force until the lock').waitFor();
  },
  'performance-software': async (page, fake) => {
    fake.arrange({ vaults: [{ ...MOUNTED, statistics: fakeStatistics({ atMs: Date.now() }) }] });
    await openPerformance(page);
    await page.getByRole('switch', { name: 'AES instructions of the processor' }).click();
    await page.getByRole('dialog').waitFor();
  },
  'performance-unlock': async (page, fake) => {
    fake.arrange({ vaults: [{ ...MOUNTED, statistics: statisticsAtWork(Date.now()) }] });
    await openPerformance(page);
    const table = page.getByRole('table', { name: 'How long the unlock took' });
    await table.evaluate((node) => node.scrollIntoView({ block: 'end' }));
  },
  'performance-effect': passMinute,
  'performance-charts': async (page, fake) => {
    await passMinute(page, fake);
    await page.getByRole('button', { name: 'Pause' }).click();
    await scrollTo(page, 'Requests a second');
    await page.getByRole('slider', { name: 'Throughput' }).press('PageDown');
  },
  'performance-charts-below': async (page, fake) => {
    await passMinute(page, fake);
    await page.getByText('MB', { exact: true }).click();
    await scrollTo(page, 'Threads at work');
  },
  'performance-tables': async (page, fake) => {
    await passMinute(page, fake);
    await page.getByText('Tables', { exact: true }).click();
    await scrollTo(page, 'Throughput');
  },
};
