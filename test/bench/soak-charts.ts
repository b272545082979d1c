/**
 * `npm run soak:charts [-- MINUTES]`: live charts over a vault at work, and how much the window's
 * heap grows meanwhile. 30 minutes by default; ends with 1 where it grew by 20 MiB or more.
 */
import type { CDPSession, Page } from 'playwright-core';
import { buildRenderer } from '../../resources/build/build-renderer.ts';
import { KIB, MIB } from '../../shared/units.ts';
import { MOUNTED } from '../e2e/performance-scenes.ts';
import { fakeStatistics } from '../support/fake-statistics.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { type FakeWindow, openFakeWindow } from '../support/open-fake-window.ts';

const LOOK_MS = 500;
const MINUTE_MS = 60_000;
/** What is loaded and compiled at first is no growth. */
const WARM_UP_MS = 30_000;
const ALLOWED_BYTES = 20 * MIB;
/** Every change of the engine leaves a mark in the charts. */
const TOGGLE_MS = 20_000;

const minutes = Number(process.argv[2] ?? 30);
if (!(minutes > 0)) throw new RangeError('usage: soak-charts.ts [MINUTES]');

await buildRenderer();
await using browser = await launchChromium();
await using window = await openFakeWindow(browser, { size: 'large', colorScheme: 'light' });
const cdp = await window.page.context().newCDPSession(window.page);
await cdp.send('HeapProfiler.enable');
const startMs = Date.now();
using _work = keepAtWork(window, startMs);
await openCharts(window.page);
await window.page.waitForTimeout(WARM_UP_MS);
const baseBytes = await heapBytes(cdp);
console.log(`at the start: ${toMib(baseBytes)} MiB`);
let grownBytes = 0;
for (let minute = 1; minute <= minutes; minute += 1) {
  await window.page.waitForTimeout(MINUTE_MS);
  grownBytes = (await heapBytes(cdp)) - baseBytes;
  console.log(`after ${minute} min: ${toMib(grownBytes)} MiB more`);
}
console.log(
  `${toMib(grownBytes)} MiB in ${minutes} min, of ${toMib(ALLOWED_BYTES)} MiB that are allowed`,
);
if (window.complaints.length > 0) console.log(window.complaints);
process.exitCode = grownBytes < ALLOWED_BYTES && window.complaints.length === 0 ? 0 : 1;

/** Lets the vault read and write for as long as it is not disposed. */
function keepAtWork({ fake }: FakeWindow, sinceMs: number): Disposable {
  const look = () => {
    const atMs = Date.now();
    const ms = atMs - sinceMs;
    const isThreaded = Math.floor(ms / TOGGLE_MS) % 2 === 1;
    const mode = isThreaded ? 'threaded' : 'inline';
    const engine = {
      read: mode,
      write: mode,
      provider: 'native',
      threads: isThreaded ? 1 : 0,
      notes: [],
    } as const;
    const wave = 200 * Math.sin(ms / 3000);
    const statistics = fakeStatistics({
      atMs,
      waiting: 2,
      workerBusyMs: [ms * 0.4],
      cpuMs: ms,
      read: {
        requests: 3 * ms + wave,
        requestBytes: 128 * KIB,
        stagesUs: { transport: 40, crypto: 90 + wave / 10, storage: 60 },
      },
      write: { requests: ms, requestBytes: 4 * KIB, stagesUs: { transport: 20, cache: 9 } },
    });
    fake.arrange({ vaults: [{ ...MOUNTED, engine, statistics }] });
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function openCharts(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Performance of Research.luks' }).click();
  await page.getByRole('figure', { name: 'Throughput' }).waitFor();
}

async function heapBytes(session: CDPSession): Promise<number> {
  // Twice: what is finalized in the first pass goes in the second.
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

function toMib(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}
