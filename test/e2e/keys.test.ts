import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInWindow, lockAndGoBack } from '../support/create-in-window.ts';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';
import { requireTool } from '../support/require-tool.ts';
import { type RunningApp, startApp } from '../support/start-app.ts';

const hasTools =
  requireTool('chromium', 'chromium') &&
  requireTool('cryptsetup', 'cryptsetup-bin') &&
  requireTool('fusermount3', 'fuse3');

const PASSPHRASE = 'larger than life 42';
const SECOND = 'the second passphrase';
const THIRD = 'the third passphrase';
const MIB = 1024 ** 2;
const STEP_MS = 60_000;

describe.skipIf(!hasTools)('keys and maintenance in the window', () => {
  let app: RunningApp;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];
  const vault = () => join(app.folder, 'Diary.luks');
  const opens = (passphrase: string) =>
    spawnSync('cryptsetup', ['open', '--test-passphrase', '-d', '-', vault()], {
      input: passphrase,
    }).status === 0;
  const dialog = () => page.getByRole('dialog');
  const closed = () => dialog().waitFor({ state: 'hidden' });
  const type = (label: string, text: string) =>
    dialog().getByRole('textbox', { name: label, exact: true }).fill(text);
  const act = async (key: string, item: string) => {
    await page.getByRole('button', { name: `More actions for ${key}` }).click();
    await page.getByRole('menuitem', { name: item, exact: true }).click();
    await dialog().waitFor();
  };

  beforeAll(async () => {
    app = await startApp();
    browser = await launchChromium();
    ({ page, complaints } = await openWindow(browser, app.url));
    page.setDefaultTimeout(STEP_MS);
    await createInWindow(page, { path: vault(), size: '48M', passphrase: PASSPHRASE });
    await lockAndGoBack(page, 'Diary.luks');
    await page.getByRole('button', { name: 'Diary.luks', exact: true }).click();
    await page.getByRole('tab', { name: 'Keys' }).click();
    await page.getByRole('cell', { name: 'Keyslot 0' }).first().waitFor();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
  });

  it('offers a header backup, and no more once there is one', async () => {
    await page.getByText('There is no backup of the header yet').waitFor();
    const target = join(app.folder, 'header.bak');
    await page.getByLabel('New file for the backup').fill(target);
    await page.getByRole('button', { name: 'Back up the header' }).click();
    await page.getByText('There is no backup').waitFor({ state: 'hidden' });
    expect(readFileSync(target).equals(readFileSync(vault()).subarray(0, 16 * MIB))).toBe(true);
  }, 120_000);

  it('adds a key with a name, tests it, changes it and gives it another name', async () => {
    await page.getByRole('button', { name: 'Add a key' }).click();
    await type('Present passphrase', PASSPHRASE);
    await type('New passphrase', SECOND);
    await type('Repeat the new passphrase', SECOND);
    await type('Name', 'Office');
    await dialog().getByLabel('How strong').selectOption('compatible');
    await dialog().getByRole('button', { name: 'Add key' }).click();
    await closed();
    await page.getByRole('cell', { name: 'Office' }).first().waitFor();
    expect(opens(SECOND)).toBe(true);
    await page.getByText('No backup of the header has been made since').waitFor();

    await act('Office', 'Test this key');
    await type('Passphrase', SECOND);
    await dialog().getByRole('button', { name: 'Test', exact: true }).click();
    await dialog().getByText('This key opens keyslot 1').waitFor();
    await page.keyboard.press('Escape');
    await closed();

    await act('Office', 'Change');
    await type('Present passphrase', SECOND);
    await type('New passphrase', THIRD);
    await type('Repeat the new passphrase', THIRD);
    await dialog().getByLabel('How strong').selectOption('compatible');
    await dialog().getByRole('button', { name: 'Change key' }).click();
    await closed();
    expect(opens(SECOND)).toBe(false);
    expect(opens(THIRD)).toBe(true);

    await act('Office', 'Rename');
    await type('Name', 'Work');
    await dialog().getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('cell', { name: 'Work' }).first().waitFor();
  }, 240_000);

  it('shows a recovery key once, saves it, and takes it with completion', async () => {
    await page.getByRole('button', { name: 'Create a recovery key' }).click();
    const sheet = dialog().locator('[data-recovery-words] li');
    await sheet.first().waitFor();
    const words = (await sheet.allTextContents()).map((text) => text.replace(/^\d+/, ''));
    expect(words).toHaveLength(24);
    const file = join(app.folder, 'recovery.txt');
    await dialog().getByLabel('File for the words').fill(file);
    await dialog().getByRole('button', { name: 'Save to a file' }).click();
    await dialog().getByText('Saved in').waitFor();
    expect(readFileSync(file, 'utf8')).toContain(words[23] ?? 'missing');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await dialog().getByLabel('I have written down or saved all 24 words').check();
    await type('Present passphrase', PASSPHRASE);
    await dialog().getByRole('button', { name: 'Add the recovery key' }).click();
    await closed();
    await page.getByText('Recovery key', { exact: false }).first().waitFor();
    expect(opens(words.join(' '))).toBe(true);

    await page.getByRole('button', { name: 'Test a key' }).click();
    await dialog().getByText('Recovery key', { exact: true }).click();
    const field = dialog().getByLabel('The 24 words of the recovery key');
    await field.fill(`${words.slice(0, 3).join(' ')} lockline `);
    await dialog().getByText('Word 4 is not in the list').waitFor();
    await field.fill(`${words.slice(0, 23).join(' ')} ${words[23]?.slice(0, 4)}`);
    await page.keyboard.press('Tab');
    expect((await field.inputValue()).trim()).toBe(words.join(' '));
    await dialog().getByRole('button', { name: 'Test', exact: true }).click();
    await dialog().getByText('This key opens keyslot 2').waitFor();
    await page.keyboard.press('Escape');
    await closed();

    await page.getByRole('button', { name: 'Unlock Diary.luks' }).click();
    await dialog().getByText('Recovery key', { exact: true }).click();
    await field.fill(words.slice(1).join(' '));
    await dialog().getByRole('button', { name: 'Unlock', exact: true }).click();
    await dialog().getByText('The recovery key has 24 words; these are 23').waitFor();
    await field.fill(words.join(' ').toUpperCase());
    await dialog().getByRole('button', { name: 'Unlock', exact: true }).click();
    await closed();
    await page.getByRole('button', { name: 'Lock Diary.luks' }).click();
    await page.getByRole('button', { name: 'Unlock Diary.luks' }).waitFor();
  }, 240_000);

  it('removes a key only for somebody who has another one', async () => {
    await act('Work', 'Remove');
    await type('Passphrase', THIRD);
    await dialog().getByRole('button', { name: 'Remove key' }).click();
    await dialog().getByRole('alert').waitFor();
    await type('Passphrase', PASSPHRASE);
    await dialog().getByRole('button', { name: 'Remove key' }).click();
    await closed();
    expect(opens(THIRD)).toBe(false);
    expect(opens(PASSPHRASE)).toBe(true);
  }, 240_000);

  it('checks, repairs, grows and restores', async () => {
    await page.getByRole('tab', { name: 'Maintenance' }).click();
    execFileSync(
      'dd',
      ['if=/dev/zero', `of=${vault()}`, 'bs=512', 'seek=1', 'count=1', 'conv=notrunc'],
      { stdio: 'ignore' },
    );
    execFileSync(
      'dd',
      ['if=/dev/urandom', `of=${vault()}`, 'bs=512', 'seek=9', 'count=1', 'conv=notrunc'],
      { stdio: 'ignore' },
    );
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Something is wrong that can be repaired').waitFor();
    await page.getByText('repairable: The header is damaged, its copy is whole').waitFor();
    const technical = page.getByText('header-copy: primary copy damaged');
    expect(await technical.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Technical details' }).click();
    await technical.waitFor();
    await page.getByRole('button', { name: 'Repair' }).click();
    await page.getByText('Repaired. The header as it was is kept in').waitFor();
    await page.getByText('Everything is as it should be').waitFor();

    await page.getByLabel('New size').fill('96M');
    // The first one belongs to the check of the filesystem.
    const passphrases = page.getByRole('textbox', { name: 'Passphrase', exact: true });
    await passphrases.last().fill(PASSPHRASE);
    await page.getByRole('button', { name: 'Grow' }).click();
    await expect.poll(() => statSync(vault()).size, { timeout: STEP_MS }).toBe(96 * MIB);

    await page.getByLabel('Backup file').fill(join(app.folder, 'header.bak'));
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('Keyslot 2: goes away').waitFor();
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('Restored. The header that was there is kept in').waitFor();
    expect(opens(PASSPHRASE)).toBe(true);
  }, 240_000);

  it('destroys every key once the words are typed', async () => {
    const destroy = page.getByRole('button', { name: 'Destroy all keys' });
    await expect.poll(() => destroy.isDisabled()).toBe(true);
    await page.getByLabel('To go on, type: all data will be lost').fill('all data will be lost');
    await destroy.click();
    await page.getByText('Every key is destroyed').waitFor();
    expect(opens(PASSPHRASE)).toBe(false);
    expect(complaints).toEqual([]);
  }, 120_000);
});
