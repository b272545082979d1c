import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInWindow, lockAndGoBack } from '../support/create-in-window.ts';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';
import { requireTool } from '../support/require-tool.ts';
import { type RunningApp, startApp } from '../support/start-app.ts';

const hasChromium = requireTool('chromium', 'chromium');
const hasCryptsetup = requireTool('cryptsetup', 'cryptsetup-bin');
const hasFuse = requireTool('fusermount3', 'fuse3');

const PASSPHRASE = 'größer than life 42';
/** Each step waits for a real key derivation at most. */
const STEP_MS = 60_000;

describe.skipIf(!hasChromium || !hasCryptsetup || !hasFuse)(
  'the life of a vault in the window',
  () => {
    let app: RunningApp;
    let browser: Browser;
    let page: Page;
    let complaints: readonly string[];
    const vaultPath = () => join(app.folder, 'Diary.luks');
    const row = () => page.getByRole('listitem').filter({ hasText: 'Diary.luks' });

    beforeAll(async () => {
      app = await startApp();
      browser = await launchChromium();
      ({ page, complaints } = await openWindow(browser, app.url));
      page.setDefaultTimeout(STEP_MS);
    });
    afterAll(async () => {
      await browser?.close();
      await app?.[Symbol.asyncDispose]();
    });

    const create = () =>
      createInWindow(page, { path: vaultPath(), size: '48M', passphrase: PASSPHRASE });
    const unlock = async (passphrase: string) => {
      await page.getByRole('button', { name: 'Unlock Diary.luks' }).click();
      await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(passphrase);
      await page.getByRole('dialog').getByRole('button', { name: 'Unlock', exact: true }).click();
    };
    const mountPoint = async () => (await row().locator('code').textContent()) ?? '';

    it('creates a container that cryptsetup opens, and mounts it', async () => {
      const folder = await create();
      writeFileSync(join(folder, 'first.txt'), 'at once');
      rmSync(join(folder, 'first.txt'));
      await lockAndGoBack(page, 'Diary.luks');

      expect(statSync(vaultPath()).mode & 0o777).toBe(0o600);
      const passphraseOnStdin = { input: PASSPHRASE, stdio: 'pipe' } as const;
      execFileSync(
        'cryptsetup',
        ['open', '--test-passphrase', '-d', '-', vaultPath()],
        passphraseOnStdin,
      );
    });

    it('says in words that a passphrase is wrong and lets it be typed again', async () => {
      await unlock('not this one');
      const alert = page.getByRole('dialog').getByRole('alert');
      await alert.waitFor();
      await expect
        .poll(() => alert.textContent())
        .toContain('no keyslot opens with this passphrase');
      const input = page.getByRole('textbox', { name: 'Passphrase', exact: true });
      await expect.poll(() => input.inputValue()).toBe('');
      await expect
        .poll(() => input.evaluate((node) => node.ownerDocument.activeElement === node))
        .toBe(true);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    });

    it('unlocks it into a folder that real programs write to', async () => {
      await unlock(PASSPHRASE);
      await row().getByText('Mounted', { exact: true }).waitFor();
      const folder = await mountPoint();
      writeFileSync(join(folder, 'Brief an Zoë.txt'), 'hello vault');
      execFileSync('mkdir', [join(folder, 'sub')]);
      expect(readdirSync(folder).sort()).toEqual(['Brief an Zoë.txt', 'lost+found', 'sub']);
      await expect.poll(() => row().textContent()).toContain('Crypto auto');
    });

    it('shows what the header says while mounted', async () => {
      await page.getByRole('button', { name: 'More actions for Diary.luks' }).click();
      await page.getByRole('menuitem', { name: 'Details' }).click();
      await page.getByText('aes-xts-plain64, 4096-byte sectors').waitFor();
      await page.getByRole('button', { name: 'All vaults' }).click();
    });

    it('asks before it locks a vault in use, and locks one that is not', async () => {
      const folder = await mountPoint();
      const holder = join(folder, 'sub');
      const previous = process.cwd();
      process.chdir(holder);
      try {
        await page.getByRole('button', { name: 'Lock Diary.luks' }).click();
        await page.getByRole('dialog').getByText('Diary.luks is in use').waitFor();
      } finally {
        process.chdir(previous);
      }
      await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
      await row().getByText('Locked', { exact: true }).waitFor();
      expect(existsSync(join(folder, 'Brief an Zoë.txt'))).toBe(false);
    });

    it('unlocks a second time, read-only, with all that was written', async () => {
      await page.getByRole('button', { name: 'Unlock Diary.luks' }).click();
      await page.getByRole('button', { name: 'Mount options' }).click();
      await page.getByLabel('Read-only').check();
      await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(PASSPHRASE);
      await page.keyboard.press('Enter');
      await row().getByText('Mounted', { exact: true }).waitFor();
      const folder = await mountPoint();
      expect(readFileSync(join(folder, 'Brief an Zoë.txt'), 'utf8')).toBe('hello vault');
      expect(() => writeFileSync(join(folder, 'new.txt'), 'x')).toThrow(/EROFS/);
      await page.getByRole('button', { name: 'Lock Diary.luks' }).click();
      await row().getByText('Locked', { exact: true }).waitFor();
    });

    it('deletes the file only when its name is typed', async () => {
      await page.getByRole('button', { name: 'More actions for Diary.luks' }).click();
      await page.getByRole('menuitem', { name: 'Remove from list…' }).click();
      await page.getByRole('checkbox').check();
      const confirm = page.getByRole('button', { name: 'Delete file for good' });
      await expect.poll(() => confirm.isDisabled()).toBe(true);
      await page.getByLabel('Name of the vault').fill('Diary.luks');
      await confirm.click();
      await page.getByText('No vaults yet').waitFor();
      expect(existsSync(vaultPath())).toBe(false);
    });

    it('locks what is mounted before the app ends, and the window says that it has', async () => {
      const folder = await create();
      writeFileSync(join(folder, 'last words.txt'), 'kept');
      // Ctrl-C reaches it from the terminal, and once more from whatever has started it.
      process.kill(app.pid, 'SIGINT');
      expect(await app.stop()).toBe(0);
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
      await page.getByRole('heading', { name: 'Lockline has ended' }).waitFor();
      execFileSync('cryptsetup', ['isLuks', '--type', 'luks2', vaultPath()]);
    });

    it('wrote nothing to the console, and no passphrase to the log', () => {
      expect(complaints).toEqual([]);
      expect(app.log()).not.toContain(PASSPHRASE);
    });
  },
);
