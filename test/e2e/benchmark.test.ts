import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';
import { requireTool } from '../support/require-tool.ts';
import { type RunningApp, startApp } from '../support/start-app.ts';

const hasChromium = requireTool('chromium', 'chromium');

/** Another machine's load makes every measurement late. */
const STEP_MS = 240_000;

describe.skipIf(!hasChromium)('benchmarks in the window', () => {
  let app: RunningApp;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    app = await startApp();
    browser = await launchChromium();
    ({ page, complaints } = await openWindow(browser, app.url));
    page.setDefaultTimeout(STEP_MS);
    await page.keyboard.press('Alt+b');
    await page.getByRole('heading', { name: 'Benchmark' }).waitFor();
  }, STEP_MS);
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });

  const start = async (button: string) => {
    await page.getByText('Quick', { exact: true }).click();
    await page.getByRole('button', { name: button }).click();
    await page.getByRole('progressbar').waitFor();
  };
  const save = async (format: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: `Export ${format}` }).click(),
    ]);
    const path = join(app.folder, download.suggestedFilename());
    await download.saveAs(path);
    return { name: download.suggestedFilename(), bytes: readFileSync(path) };
  };

  it('names the machine, and is empty at first', async () => {
    await page.getByText('No figures yet').waitFor();
    const strip = page.getByRole('region', { name: 'This machine' });
    await page.getByText('AES instructions', { exact: true }).waitFor();
    await strip.or(page.getByText('Linux')).first().waitFor();
  });

  it(
    'is cancelled, and keeps nothing then',
    async () => {
      await start('Measure all');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Measure all' }).waitFor();
      await expect.poll(() => page.getByText('No figures yet').isVisible()).toBe(true);
    },
    STEP_MS,
  );

  it(
    'measures everything and keeps it',
    async () => {
      await start('Measure all');
      await page.getByRole('table', { name: 'Ciphers' }).waitFor();
      await page.getByText('take it as a hint').waitFor();
      await page.getByText('Recommended for this machine').waitFor();
      for (const [tab, table] of [
        ['Engines', 'Engines by request size and depth'],
        ['Key derivation', 'Key derivation'],
        ['Storage', 'Past the cache (O_DIRECT)'],
        ['Kernel', 'Kernel'],
        ['History', 'Earlier runs on this machine'],
      ] as const) {
        await page.getByRole('tab', { name: tab }).click();
        await page.getByRole('table', { name: table }).waitFor();
      }
    },
    2 * STEP_MS,
  );

  it('moves along the tabs and a curve by keyboard alone', async () => {
    await page.getByRole('tab', { name: 'Ciphers' }).focus();
    await page.keyboard.press('ArrowRight');
    const chart = page.getByRole('slider', { name: 'Request size' });
    await chart.focus();
    await page.keyboard.press('Home');
    await expect
      .poll(() => chart.getAttribute('aria-valuetext'))
      .toMatch(/^4 KiB, Inline [\d.,]+ MiB\/s/);
    await page.keyboard.press('End');
    await expect.poll(() => chart.getAttribute('aria-valuetext')).toMatch(/^4 MiB, /);
  });

  it('exports in four forms that others can read', async () => {
    const json = await save('JSON');
    const report = JSON.parse(json.bytes.toString('utf8')) as { rows: { median: number }[] };
    expect(report.rows.length).toBeGreaterThan(100);
    expect(json.name).toMatch(/^lockline-benchmark-\d{4}-\d\d-\d\d\.json$/);
    const csv = (await save('CSV')).bytes.toString('utf8');
    expect(csv.trimEnd().split('\r\n').length).toBe(report.rows.length + 1);
    const markdown = await save('Markdown');
    expect(markdown.bytes.toString('utf8')).toContain('## engine');
    const png = (await save('PNG')).bytes;
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    // Width and height, in the header of every PNG.
    expect(png.readUInt32BE(16)).toBe(2000);
    expect(png.readUInt32BE(20)).toBeGreaterThan(500);
  });

  it(
    'measures one test of storage as chosen, with its depth, and leaves no file',
    async () => {
      await page.getByRole('tab', { name: 'Storage' }).click();
      await page.getByText(/^Target: .*free$/).waitFor();
      await page.getByLabel('File size').selectOption('32 MiB');
      await page.getByLabel('Runs', { exact: true }).selectOption('2');
      await page.getByLabel('Rest between runs').selectOption('1 s');
      await page.getByText('zeros', { exact: true }).click();
      await page.getByRole('button', { name: 'Measure RND4K Q32T1' }).click();
      await page.getByText(/^File of 32 MiB, 2 runs, test data: zeros\./).waitFor();
      const table = page.getByRole('table', { name: 'Past the cache (O_DIRECT)' });
      const deep = table.getByRole('rowgroup').filter({ hasText: 'RND4K Q32T1' });
      await deep
        .getByText(/^[\d,]+ IOPS, [\d.,]+ (µs|ms)$/)
        .first()
        .waitFor();
      await deep
        .getByText(/^costs -?\d+ %$/)
        .first()
        .waitFor();
      const folder = join(app.folder, 'data', 'lockline');
      expect(readdirSync(folder).filter((name) => name.includes('bench'))).toEqual([]);
    },
    STEP_MS,
  );

  it(
    'measures ciphers on a chosen buffer, and shows deprecated ones when asked to',
    async () => {
      await page.getByRole('tab', { name: 'Ciphers' }).click();
      await page.getByLabel('Buffer').selectOption('500 KiB');
      await page.getByRole('button', { name: 'Measure only this' }).click();
      const table = page.getByRole('table', { name: 'Ciphers' });
      await table.getByRole('cell', { name: '500 KiB' }).first().waitFor();
      expect(await table.getByText('AES-CBC').count()).toBe(0);
      await page.getByRole('switch', { name: 'Show deprecated' }).click();
      await table.getByText('AES-CBC').first().waitFor();
    },
    STEP_MS,
  );

  it('copies the figures as text, and prints them without what can only be clicked', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy as text' }).click();
    await page.getByText('Copied as text').waitFor({ state: 'attached' });
    const text = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(text).toMatch(/^Lockline \d/);
    expect(text).toContain('[provider]');
    await page.evaluate("addEventListener('beforeprint', () => { document.title += ' printed'; })");
    await page.getByRole('button', { name: 'Print' }).click();
    await expect.poll(() => page.title()).toContain('printed');
    await page.emulateMedia({ media: 'print' });
    const shown = await Promise.all([
      page.getByRole('navigation').isVisible(),
      page.getByRole('table', { name: 'Ciphers' }).isVisible(),
    ]);
    await page.emulateMedia({ media: 'screen' });
    expect(shown).toEqual([false, true]);
  });

  it(
    'measures one kind alone, compares it with the run before, and forgets a run',
    async () => {
      await page.getByRole('tab', { name: 'Key derivation' }).click();
      await page.getByRole('button', { name: 'Measure only this' }).click();
      await page.getByRole('progressbar').waitFor();
      await page.getByRole('progressbar').waitFor({ state: 'hidden' });
      await page.getByRole('tab', { name: 'History' }).click();
      const runs = page.getByRole('table', { name: 'Earlier runs on this machine' });
      await expect.poll(() => runs.getByRole('row').count(), { timeout: STEP_MS }).toBe(5);
      await page.getByText(/better, \d+ worse, \d+ the same/).waitFor();
      await runs
        .getByRole('button', { name: /^Forget the run of/ })
        .last()
        .click();
      await expect.poll(() => runs.getByRole('row').count(), { timeout: STEP_MS }).toBe(4);
      expect(complaints).toEqual([]);
    },
    STEP_MS,
  );
});
