import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KDF_LIMITS } from '../../main/crypto/kdf-limits.ts';
import { createInWindow, lockAndGoBack } from '../support/create-in-window.ts';
import { cryptsetup, cryptsetupOk } from '../support/cryptsetup.ts';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';
import { formatInMemory, patchJson } from '../support/luks-fixtures.ts';
import { requireTool } from '../support/require-tool.ts';
import { type RunningApp, startApp } from '../support/start-app.ts';

const hasTools = [
  requireTool('chromium', 'chromium'),
  requireTool('cryptsetup', 'cryptsetup-bin'),
  requireTool('fusermount3', 'fuse3'),
].every(Boolean);

const PASSPHRASE = 'larger than life 42';
const MIB = 1024 ** 2;
const HEADER_BYTES = 16 * MIB;
const STEP_MS = 120_000;

describe.skipIf(!hasTools)('what the window offers and warns of', () => {
  let app: RunningApp;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];
  const file = (name: string) => join(app.folder, name);
  const dialog = () => page.getByRole('dialog');
  const closed = () => dialog().waitFor({ state: 'hidden' });
  const opens = async (name: string, passphrase: string) => {
    const args = ['open', '--test-passphrase', '-d', '-', file(name)];
    return (await cryptsetup(args, passphrase)).exitCode === 0;
  };
  const isFormat = async (name: string, type: string) =>
    (await cryptsetup(['isLuks', '--type', type, file(name)])).exitCode === 0;
  const add = async (name: string) => {
    await page.getByRole('button', { name: 'Add existing' }).click();
    await page.getByLabel('Vault file').fill(file(name));
    await page.getByRole('button', { name: 'Add to list' }).click();
    await closed();
  };
  const unlock = async (name: string) => {
    await page.getByRole('button', { name: `Unlock ${name}` }).click();
    await type('Passphrase', PASSPHRASE);
  };
  const type = (label: string, text: string) =>
    dialog().getByRole('textbox', { name: label, exact: true }).fill(text);

  beforeAll(async () => {
    app = await startApp();
    browser = await launchChromium();
    ({ page, complaints } = await openWindow(browser, app.url));
    page.setDefaultTimeout(STEP_MS);
    // New keys derive as cheaply as may be.
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('slider', { name: 'Unlock time' }).press('Home');
    await page.getByRole('button', { name: 'Vaults' }).click();
    await createInWindow(page, { path: file('New.luks'), size: '48M', passphrase: PASSPHRASE });
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });

  it('offers a way back in to whoever has made a vault', async () => {
    await page.getByRole('heading', { name: 'Keep a way back in' }).waitFor();
    await page.getByRole('button', { name: 'Create a recovery key' }).click();
    const sheet = dialog().locator('[data-recovery-words] li');
    await sheet.nth(23).waitFor();
    const words = (await sheet.allTextContents()).map((text) => text.replace(/^\d+/, ''));
    await dialog().getByLabel('I have written down or saved all 24 words').check();
    await type('Present passphrase', PASSPHRASE);
    await dialog().getByRole('button', { name: 'Add the recovery key' }).click();
    await closed();
    await page.getByRole('status').filter({ hasText: 'The recovery key is added' }).waitFor();
    expect(await opens('New.luks', words.join(' '))).toBe(true);

    await page.getByLabel('New file for the backup').fill(file('New.header'));
    await page.getByRole('button', { name: 'Back up the header' }).click();
    await page.getByText('The header is saved in').waitFor();
    const header = readFileSync(file('New.luks')).subarray(0, HEADER_BYTES);
    expect(readFileSync(file('New.header')).equals(header)).toBe(true);
    expect(await opens('New.header', words.join(' '))).toBe(true);

    // What was offered is taken: there is nothing more to put off.
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('heading', { name: 'Keep a way back in' }).waitFor({ state: 'hidden' });
    await lockAndGoBack(page, 'New.luks');
  }, 400_000);

  it('warns of a header that was changed, before it is given the passphrase', async () => {
    const uuid = randomUUID();
    await cryptsetupOk(['luksUUID', '--uuid', uuid, file('New.luks')]);
    await unlock('New.luks');
    const warning = dialog().getByRole('alert');
    await warning.filter({ hasText: 'is not what it was' }).filter({ hasText: uuid }).waitFor();
    await page.keyboard.press('Enter');
    await closed();
    const row = page.getByRole('listitem').filter({ hasText: 'New.luks' });
    await row.getByText('Mounted', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Lock New.luks' }).click();
    await page.getByRole('button', { name: 'Unlock New.luks' }).waitFor();
  }, 400_000);

  it('asks before a derivation that takes very long, and begins it for whoever accepts that', async () => {
    const { device } = await formatInMemory();
    const iterations = KDF_LIMITS.pbkdf2.iterations + 1;
    patchJson(device, (text) => text.replace(/"iterations":1000\b/, `"iterations":${iterations}`));
    const bytes = new Uint8Array(device.sizeBytes);
    device.readInto(0, bytes);
    writeFileSync(file('Dear.luks'), bytes);
    await add('Dear.luks');
    await unlock('Dear.luks');
    await page.keyboard.press('Enter');
    const accept = dialog().getByLabel('Unlock all the same, however long it takes');
    await accept.waitFor();
    await dialog().getByRole('alert').waitFor();
    await accept.check();
    await type('Passphrase', PASSPHRASE);
    await page.keyboard.press('Enter');
    await dialog().getByText('Deriving the key').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await closed();
  }, 400_000);

  it('converts LUKS1 to LUKS2 and back, and cryptsetup opens both', async () => {
    writeFileSync(file('Old.luks'), '');
    execFileSync('truncate', ['-s', '8M', file('Old.luks')]);
    const cheap = ['--pbkdf-force-iterations', '1000', '--key-file', '-'];
    await cryptsetupOk(['luksFormat', '--type', 'luks1', ...cheap, file('Old.luks')], PASSPHRASE);
    await add('Old.luks');
    await page.getByRole('button', { name: 'Old.luks', exact: true }).click();
    await page.getByRole('tab', { name: 'Maintenance' }).click();
    await page.getByText('This vault is LUKS1').waitFor();
    await page.getByRole('button', { name: 'Convert to LUKS2' }).click();
    await page.getByText('This vault is LUKS2').waitFor();
    const kept = page.getByRole('status').filter({ hasText: 'The header that was there is kept' });
    const keptIn = (await kept.textContent())?.split(' kept in ')[1] ?? '';
    expect(readFileSync(keptIn).subarray(0, 8).toString('hex')).toBe('4c554b53babe0001');
    expect(await isFormat('Old.luks', 'luks2')).toBe(true);
    expect(await opens('Old.luks', PASSPHRASE)).toBe(true);
    await page.getByRole('button', { name: 'Convert to LUKS1' }).click();
    await page.getByText('This vault is LUKS1').waitFor();
    expect(await isFormat('Old.luks', 'luks1')).toBe(true);
    expect(await opens('Old.luks', PASSPHRASE)).toBe(true);
    expect(complaints).toEqual([]);
  }, 400_000);
});
