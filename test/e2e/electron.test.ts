import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findElectronBinary, whyNoElectronWindow } from '../../resources/build/find-electron.ts';
import { CHEAP_KDF, createLockline, type Lockline } from '../support/run-lockline.ts';

/** The project, as `npm start` gives it to Electron: `npm run test:electron` builds it first. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PASSPHRASE = 'größer than life 42';
const STEP_MS = 20_000;

const binary = findElectronBinary();
const missing = binary === undefined ? 'its binary was not fetched' : whyNoElectronWindow();
if (missing !== undefined) console.warn(`The tests in Electron are skipped: ${missing}`);

describe.skipIf(missing !== undefined)('the window in Electron', () => {
  let lockline: Lockline;
  let app: ElectronApplication;
  let page: Page;
  let vault: string;
  const row = () => page.getByRole('listitem').filter({ hasText: 'Diary.luks' });

  beforeAll(async () => {
    lockline = createLockline();
    vault = lockline.folder.file('Diary.luks');
    const file = lockline.passphraseFile(PASSPHRASE);
    await lockline.json([
      'create',
      vault,
      '--size',
      '64M',
      '--passphrase-file',
      file,
      ...CHEAP_KDF,
    ]);
    app = await _electron.launch({
      ...(binary === undefined ? {} : { executablePath: binary }),
      args: [ROOT, vault],
      env: {
        ...lockline.environment,
        DISPLAY: process.env['DISPLAY'] ?? '',
        WAYLAND_DISPLAY: process.env['WAYLAND_DISPLAY'] ?? '',
      },
    });
    page = await app.firstWindow();
    page.setDefaultTimeout(STEP_MS);
  }, 120_000);
  afterAll(async () => {
    await app?.close();
    await lockline?.[Symbol.asyncDispose]();
  });

  it('shows the container that it was opened with', async () => {
    await row().getByText('Locked', { exact: true }).waitFor();
    expect(page.url()).toBe('app://lockline/');
  });

  it('is sandboxed, and reaches nothing but its own files', async () => {
    expect(
      await page.evaluate(() => ['require', 'process', 'module'].filter((n) => n in globalThis)),
    ).toEqual([]);
    for (const url of ['https://example.org/', 'http://127.0.0.1:1/', 'file:///etc/passwd']) {
      const reached = page.evaluate((address) => fetch(address).then(() => true), url);
      await expect(reached).rejects.toThrow();
    }
    expect(await page.evaluate("window.open('https://example.org/')")).toBeNull();
    const permission = await page.evaluate('Notification.requestPermission()');
    expect(permission).toBe('denied');
    await page.evaluate("location.assign('https://example.org/')");
    expect(page.url()).toBe('app://lockline/');
  });

  it('unlocks it into a folder, and locks it before it ends', async () => {
    await page.getByRole('button', { name: 'Unlock Diary.luks' }).click();
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await row().getByText('Mounted', { exact: true }).waitFor();
    const folder = (await row().locator('code').textContent()) ?? '';
    writeFileSync(`${folder}/kept`, 'by the window');
    await app.evaluate(({ app: electronApp }) => electronApp.quit());
    await app.waitForEvent('close');
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
  });
});
