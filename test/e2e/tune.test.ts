import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineMode } from '../../shared/model/engine.ts';
import { MIB } from '../../shared/units.ts';
import { createInWindow, lockAndGoBack } from '../support/create-in-window.ts';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';
import { requireTool } from '../support/require-tool.ts';
import { type RunningApp, startApp } from '../support/start-app.ts';

const hasChromium = requireTool('chromium', 'chromium');
const hasFuse = requireTool('fusermount3', 'fuse3');

const PASSPHRASE = 'change horses midstream';
const STEP_MS = 30_000;
const SOURCE_BYTES = 24 * MIB;
/** Changes of the engine while data flows. */
const SWITCHES = 8;
/** Longer than what makes two changes one, and than what is left out after a change. */
const APART_MS = 6_000;
const POLL = { timeout: 60_000 } as const;

describe.skipIf(!hasChromium || !hasFuse)('tuning a vault in the window', () => {
  let app: RunningApp;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];
  let panel: Locator;
  let folder: string;
  const vaultPath = () => join(app.folder, 'Engine.luks');
  const sourcePath = () => join(app.folder, 'source.bin');
  const row = () => page.getByRole('listitem').filter({ hasText: 'Engine.luks' });

  beforeAll(async () => {
    app = await startApp();
    browser = await launchChromium();
    ({ page, complaints } = await openWindow(browser, app.url));
    page.setDefaultTimeout(STEP_MS);
    panel = page.getByRole('tabpanel', { name: 'Performance' });
    writeFileSync(sourcePath(), randomBytes(SOURCE_BYTES));
    await create();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });

  const create = async () => {
    await createInWindow(page, { path: vaultPath(), size: '96M', passphrase: PASSPHRASE });
    await lockAndGoBack(page, 'Engine.luks');
  };
  const unlock = async () => {
    await page.getByRole('button', { name: 'Unlock Engine.luks' }).click();
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await row().getByText('Mounted', { exact: true }).waitFor();
  };
  const openPerformance = async () => {
    await page.getByRole('button', { name: 'More actions for Engine.luks' }).click();
    await page.getByRole('menuitem', { name: 'Performance' }).click();
    await panel.waitFor();
  };
  const goBack = async () => {
    await page.getByRole('button', { name: 'All vaults' }).click();
    await row().waitFor();
  };
  const choose = async (reads: EngineMode, writes: EngineMode) => {
    await page.getByLabel('Reads', { exact: true }).selectOption(reads);
    await page.getByLabel('Writes', { exact: true }).selectOption(writes);
    await panel.getByText(`In force: reads ${reads}, writes ${writes}`).waitFor();
  };

  const openNext = () => panel.getByRole('button', { name: 'From the next unlock' }).click();

  it('follows the settings at the first unlock', async () => {
    await unlock();
    await expect.poll(() => row().textContent()).toContain('Crypto auto');
    folder = (await row().locator('code').textContent()) ?? '';
    await page.getByRole('button', { name: 'Performance of Engine.luks' }).click();
    await panel.getByText('In force: reads auto, writes auto').waitFor();
    await panel.getByText('No requests yet').waitFor();
  });

  it('changes the engine under load without an error or a wrong byte', async () => {
    const copies = keepCopying(sourcePath(), folder);
    for (let turn = 0; turn < SWITCHES; turn += 1) {
      const isEven = turn % 2 === 0;
      await choose(isEven ? 'inline' : 'threaded', isEven ? 'threaded' : 'inline');
    }
    await choose('threaded', 'threaded');
    await panel.getByText('MiB/s').first().waitFor();
    const { rounds, faults } = await copies.stop();
    expect(faults).toEqual([]);
    expect(rounds).toBeGreaterThan(0);
    await panel.getByText(/crypto threads?$/).waitFor();
  });

  it('shows in stages, charts and figures what a change of engine does, while data flows', async () => {
    await using copies = keepCopying(sourcePath(), folder);
    const handOver = panel
      .getByRole('table', { name: 'Where the time goes' })
      .getByRole('row', { name: 'Hand-over' });
    await choose('threaded', 'threaded');
    await expect.poll(() => handOver.textContent(), POLL).toMatch(/\d (µs|ms)/);
    // Changes that follow each other at once count as one; this one is to be seen by itself.
    await page.waitForTimeout(APART_MS);
    await choose('inline', 'inline');
    // No request of the last seconds was handed over: the red part has left both bars.
    await expect.poll(() => handOver.getByRole('cell').allTextContents(), POLL).toEqual(['–', '–']);
    const bars = panel.getByRole('region', { name: 'Where the time goes' });
    expect(await bars.locator('[aria-hidden] > div > [data-stage="hand-over"]').count()).toBe(0);
    const storage = bars.locator('[aria-hidden] > div > [data-stage="storage"]');
    await expect.poll(() => storage.count(), POLL).toBeGreaterThan(0);
    const effect = panel.getByRole('table', { name: 'Effect of the last change' });
    await effect.waitFor();
    await expect
      .poll(() => effect.getByRole('row', { name: 'Writes, throughput' }).textContent(), POLL)
      .toMatch(/MiB\/s.*MiB\/s.*%/);
    const throughput = panel.getByRole('figure', { name: 'Throughput' });
    await expect.poll(() => throughput.textContent(), POLL).toMatch(/\d MiB\/s/);
    const { faults } = await copies.stop();
    expect(faults).toEqual([]);
    await choose('threaded', 'threaded');
  }, 240_000);

  it('is read point by point with the keyboard, and as tables', async () => {
    const chart = panel.getByRole('slider', { name: 'Throughput' });
    await panel.getByRole('button', { name: 'Pause' }).click();
    await chart.focus();
    await page.keyboard.press('End');
    const last = await chart.getAttribute('aria-valuetext');
    expect(last).toMatch(/^\d\d:\d\d:\d\d, Reads .*, Writes /);
    await page.keyboard.press('PageDown');
    await expect.poll(() => chart.getAttribute('aria-valuetext')).not.toBe(last);
    await panel.getByText('Tables', { exact: true }).click();
    await panel.getByRole('table', { name: 'Waits of reads' }).waitFor();
    await panel.getByText('1 h', { exact: true }).click();
    await panel.getByText('Charts', { exact: true }).click();
    await panel.getByText('60 s', { exact: true }).click();
    await panel.getByRole('button', { name: 'Pause' }).click();
  });

  it('shows where the time went', async () => {
    const stages = panel.getByRole('table', { name: 'Where the time goes' });
    for (const stage of ['Crypto', 'Storage', 'Transport', 'Filesystem']) {
      const cells = await stages
        .getByRole('row', { name: stage })
        .getByRole('cell')
        .allTextContents();
      expect(cells.join()).toMatch(/\d (µs|ms)/);
    }
    await goBack();
    await expect.poll(() => row().textContent()).toContain('Crypto threaded');
  });

  it('remembers the choice of a vault, and takes one for a locked vault at its next unlock', async () => {
    await page.getByRole('button', { name: 'Lock Engine.luks' }).click();
    await row().getByText('Locked', { exact: true }).waitFor();
    await openPerformance();
    await panel.getByText('Counts from the next unlock').first().waitFor();
    const reads = page.getByLabel('Reads', { exact: true });
    await expect.poll(() => reads.inputValue()).toBe('threaded');
    await reads.selectOption('inline');
    await page.getByLabel('Provider').selectOption('ecb-wasm');
    await expect.poll(() => reads.inputValue()).toBe('inline');
    await goBack();
    await unlock();
    await expect
      .poll(() => row().textContent())
      .toContain('reads inline, writes threaded (ecb-wasm)');
  });

  it('goes back to the settings, on the mounted vault too', async () => {
    await openPerformance();
    await page.getByLabel('Reads', { exact: true }).selectOption('');
    await page.getByLabel('Writes', { exact: true }).selectOption('');
    await panel.getByText('In force: reads auto, writes auto, ecb-wasm').waitFor();
  });

  it('asks before it does without AES instructions, and is told so at once', async () => {
    const hardware = panel.getByRole('switch', { name: 'AES instructions of the processor' });
    expect(await hardware.isChecked()).toBe(true);
    await hardware.click();
    const dialog = page.getByRole('dialog', { name: 'Do without AES instructions?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await hardware.isChecked()).toBe(true);
    await panel.getByLabel('Provider').selectOption('noble');
    await dialog.getByRole('button', { name: 'Use software AES' }).click();
    await panel.getByText('In force: reads auto, writes auto, noble').waitFor();
    expect(await hardware.isChecked()).toBe(false);
    await hardware.click();
    await panel.getByText(/In force: reads auto, writes auto, (native|ecb-wasm)/).waitFor();
  });

  it('sets cache and read-ahead of the next mount, and says what is in force until then', async () => {
    await openNext();
    await panel.getByLabel('Cache size').selectOption('16 MiB');
    await panel.getByLabel('Read-ahead').selectOption('32 KiB');
    await panel
      .getByText('In force until the lock: cache 64 MiB, read-ahead by the kernel')
      .waitFor();
    await goBack();
    await page.getByRole('button', { name: 'Lock Engine.luks' }).click();
    await row().getByText('Locked', { exact: true }).waitFor();
    await unlock();
    await openPerformance();
    await openNext();
    await panel.getByText('In force: cache 16 MiB, read-ahead 32 KiB').waitFor();
    expect(readAheadKib(folder)).toBe(32);
  });

  it('counts what was done since the mount, and how late the vault process is', async () => {
    writeFileSync(join(folder, 'counted'), randomBytes(MIB));
    const counted = panel.getByRole('table', { name: 'Since the mount' });
    await expect
      .poll(() => counted.getByRole('row', { name: 'Bytes asked for' }).textContent(), POLL)
      .toMatch(/1(\.\d)? MiB/);
    const now = panel.getByRole('table', { name: 'Right now' });
    await expect
      .poll(() => now.getByRole('row', { name: 'Event-loop lag' }).textContent(), POLL)
      .toMatch(/\d (µs|ms)/);
    await panel.getByRole('figure', { name: 'Event-loop lag' }).waitFor();
    await goBack();
    expect(complaints).toEqual([]);
  });
});

type Copies = AsyncDisposable &
  Readonly<{
    /** Finishes the round at hand. */
    stop(): Promise<{ rounds: number; faults: readonly string[] }>;
  }>;

/** Copies a file into a folder and back by `dd`, past the page cache, until it is told to stop. */
function keepCopying(source: string, folder: string): Copies {
  let isStopping = false;
  const target = join(folder, 'copy.bin');
  const faults: string[] = [];
  const run = async () => {
    const wanted = await hashOf(source);
    let rounds = 0;
    while (!isStopping || rounds === 0) {
      await dd(`if=${source}`, `of=${target}`, 'bs=1M', 'conv=fsync', 'oflag=direct');
      await dd(`if=${target}`, `of=${target}.back`, 'bs=64K', 'iflag=direct');
      for (const path of [target, `${target}.back`]) {
        if ((await hashOf(path)) !== wanted) faults.push(`${path} differs in round ${rounds}`);
      }
      rounds += 1;
    }
    return rounds;
  };
  const dd = async (...args: readonly string[]) => {
    const child = spawn('dd', [...args, 'status=none'], { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (chunk: Buffer) => faults.push(chunk.toString()));
    await once(child, 'exit');
    if (child.exitCode !== 0) faults.push(`dd ended with ${child.exitCode}`);
  };
  const rounds = run();
  const stop = async () => {
    isStopping = true;
    return { rounds: await rounds, faults };
  };
  return {
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

/** What the kernel reads ahead of programs on the filesystem of a folder. */
function readAheadKib(path: string): number {
  const number = statSync(path, { bigint: true }).dev;
  const major = (number >> 8n) & 0xfffn;
  const minor = (number & 0xffn) | ((number >> 12n) & 0xfff00n);
  return Number(readFileSync(`/sys/class/bdi/${major}:${minor}/read_ahead_kb`, 'utf8'));
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
