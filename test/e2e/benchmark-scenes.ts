import type { Page } from 'playwright-core';
import { fakeReport } from '../support/fake-benchmarks.ts';
import type { FakeServices } from '../support/fake-services.ts';
import { fakeJob } from '../support/fake-services.ts';
import { MOUNTED } from './performance-scenes.ts';
import type { Scene } from './scene.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

async function openBenchmark(page: Page, fake: FakeServices): Promise<void> {
  const nowMs = Date.UTC(2026, 4, 12, 9, 30);
  fake.arrange({ vaults: [MOUNTED] });
  fake.benchmarks.keep([
    { id: 3, report: fakeReport(nowMs) },
    { id: 2, report: fakeReport(nowMs - DAY_MS, 1.25) },
    { id: 1, report: { ...fakeReport(nowMs - 9 * DAY_MS, 0.97), isQuick: true } },
  ]);
  await page.getByRole('button', { name: 'Benchmark' }).click();
  await page.getByRole('table').first().waitFor();
}

const openTab =
  (name: string): Scene =>
  async (page, fake) => {
    await openBenchmark(page, fake);
    const tab = page.getByRole('tab', { name });
    await tab.click();
    await tab.evaluate((node) => node.scrollIntoView({ block: 'start' }));
  };

/** The benchmark screen in every state worth looking at. */
export const BENCHMARK_SCENES: Readonly<Record<string, Scene>> = {
  'benchmark-none': async (page) => {
    await page.getByRole('button', { name: 'Benchmark' }).click();
    await page.getByText('No figures yet').waitFor();
  },
  benchmark: openBenchmark,
  'benchmark-ciphers': openTab('Ciphers'),
  'benchmark-engines': openTab('Engines'),
  'benchmark-engine-tables': async (page, fake) => {
    await openTab('Engines')(page, fake);
    await page.getByText('Tables', { exact: true }).click();
  },
  'benchmark-kdf': async (page, fake) => {
    await openTab('Key derivation')(page, fake);
    await page.getByRole('slider', { name: 'Unlock time' }).press('ArrowRight');
    await page.getByText('Opens on').waitFor();
  },
  'benchmark-storage': openTab('Storage'),
  'benchmark-storage-none': async (page) => {
    await page.getByRole('button', { name: 'Benchmark' }).click();
    await page.getByRole('tab', { name: 'Storage' }).click();
    await page.getByText(/^Target:/).waitFor();
  },
  'benchmark-defaults': async (page, fake) => {
    await openBenchmark(page, fake);
    await page.getByRole('button', { name: 'Choices for all vaults' }).click();
    const sector = page.getByLabel('Sector size');
    await sector.evaluate((node) => node.scrollIntoView({ block: 'end' }));
  },
  'benchmark-kernel': openTab('Kernel'),
  'benchmark-history': openTab('History'),
  'benchmark-running': async (page, fake) => {
    await openBenchmark(page, fake);
    const running = { kind: 'benchmark', subject: '', phase: 'measuring' } as const;
    fake.arrange({ jobs: [fakeJob({ ...running, totalBytes: null })] });
    await page.getByRole('progressbar').waitFor();
  },
};
