import { cpSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../../shared/units.ts';
import { cryptsetupOk } from '../support/cryptsetup.ts';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';
import { requireTool } from '../support/require-tool.ts';
import { type RunningApp, startApp } from '../support/start-app.ts';

const hasChromium = requireTool('chromium', 'chromium');
const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');

describe.skipIf(!hasChromium || !hasCryptsetup)('a file that is dropped on the window', () => {
  let app: RunningApp;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    app = await startApp();
    browser = await launchChromium();
    ({ page, complaints } = await openWindow(browser, app.url));
    page.setDefaultTimeout(60_000);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });

  /** Drops a file as the browser tells of it: name, size and time of change, and no folder. */
  const drop = async (name: string, path: string) => {
    const { size, mtimeMs } = statSync(path);
    const transfer = await page.evaluateHandle(
      `(() => {
        const file = new File([], ${JSON.stringify(name)}, { lastModified: ${Math.floor(mtimeMs)} });
        Object.defineProperty(file, 'size', { value: ${size} });
        const transfer = new DataTransfer();
        Object.defineProperty(transfer, 'files', { value: [file] });
        Object.defineProperty(transfer, 'types', { value: ['Files'] });
        return transfer;
      })()`,
    );
    await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
    await page.getByText('Drop to add to the list').waitFor();
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await page.getByText('Drop to add to the list').waitFor({ state: 'hidden' });
  };
  const makeVault = async (path: string) => {
    writeFileSync(path, '');
    truncateSync(path, 32 * MIB);
    const cheap = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000'];
    await cryptsetupOk(['luksFormat', ...cheap, '-d', '-', path], 'secret');
  };

  it('is found in the usual folders and put on the list', async () => {
    await page.getByText('Or drop a vault file on this window.').waitFor();
    mkdirSync(join(app.folder, 'Documents'));
    const path = join(app.folder, 'Documents/Tax.luks');
    await makeVault(path);
    await drop('Tax.luks', path);
    await page.getByRole('button', { name: 'Unlock Tax.luks' }).waitFor();
    await page.getByRole('status').filter({ hasText: 'Tax.luks is on the list' }).waitFor();
  });

  it('is asked for by its path where it lies elsewhere', async () => {
    mkdirSync(join(app.folder, 'far/away'), { recursive: true });
    const path = join(app.folder, 'far/away/Old.luks');
    cpSync(join(app.folder, 'Documents/Tax.luks'), path);
    await drop('Old.luks', path);
    const dialog = page.getByRole('dialog', { name: 'Add an existing vault' });
    await dialog.getByText('The browser does not tell where Old.luks lies').waitFor();
    await dialog.getByLabel('Vault file').fill(path);
    await dialog.getByRole('button', { name: 'Add to list' }).click();
    await page.getByRole('button', { name: 'Unlock Old.luks' }).waitFor();
  });

  it('that is no vault is refused in words', async () => {
    const path = join(app.folder, 'Documents/letter.txt');
    writeFileSync(path, 'Dear Zoe'.repeat(100_000));
    await drop('letter.txt', path);
    await page.getByRole('main').getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(complaints).toEqual([]);
  });
});
