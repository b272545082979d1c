import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DbusConnection } from '../../main/system/dbus/dbus-connection.ts';
import { createInWindow } from '../support/create-in-window.ts';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';
import { formatInMemory, patchJson } from '../support/luks-fixtures.ts';
import { end, type PrivateBus, startPrivateBus } from '../support/private-bus.ts';
import { requireTool } from '../support/require-tool.ts';
import { type RunningApp, startApp } from '../support/start-app.ts';

const hasTools = [
  requireTool('chromium', 'chromium'),
  requireTool('fusermount3', 'fuse3'),
  requireTool('dbus-daemon', 'dbus-daemon'),
  requireTool('dbus-send', 'dbus-bin'),
].every(Boolean);

const PASSPHRASE = 'closed at night';
const STEP_MS = 30_000;
const POLL = { timeout: STEP_MS } as const;
/** Iterations that take seconds on any machine, and less than Lockline asks about. */
const DEAR = 8_000_000;
const LOGIN = 'org.freedesktop.login1';
const run = promisify(execFile);

describe.skipIf(!hasTools)('locks that nobody asks for, in the whole app', () => {
  let bus: PrivateBus;
  let app: RunningApp;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];
  const row = () => page.getByRole('listitem').filter({ hasText: 'Night.luks' });

  beforeAll(async () => {
    bus = await startPrivateBus();
    app = await startApp({ DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus.socket}` });
    browser = await launchChromium();
    ({ page, complaints } = await openWindow(browser, app.url));
    page.setDefaultTimeout(STEP_MS);
    const path = join(app.folder, 'Night.luks');
    await createInWindow(page, { path, size: '48M', passphrase: PASSPHRASE });
    await page.getByRole('button', { name: 'All vaults' }).click();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
    await bus?.[Symbol.asyncDispose]();
  });

  /** Sends a signal to the app as logind would, by a program of the bus's own. */
  const tell = async (path: string, member: string, ...body: readonly string[]) => {
    using connection = await DbusConnection.open(bus.socket);
    const [names] = await connection.call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'ListNames',
      body: [],
    });
    // The app was the first to connect, and names count up.
    const [first] = (Array.isArray(names) ? names : [])
      .map(String)
      .filter((name) => name.startsWith(':'))
      .toSorted((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]));
    const address = `--bus=unix:path=${bus.socket}`;
    await run('dbus-send', [address, '--type=signal', `--dest=${first}`, path, member, ...body]);
  };
  const sleep = () =>
    tell('/org/freedesktop/login1', `${LOGIN}.Manager.PrepareForSleep`, 'boolean:true');
  const lockScreen = () => tell('/org/freedesktop/login1/session/_31', `${LOGIN}.Session.Lock`);
  const unlock = async () => {
    await page.getByRole('button', { name: 'Unlock Night.luks' }).click();
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await row().getByText('Mounted', { exact: true }).waitFor();
    return (await row().locator('code').textContent()) ?? '';
  };
  const isLocked = () => row().getByText('Locked', { exact: true }).waitFor();

  it('locks when the computer goes to sleep, as every vault does at first', async () => {
    await row().getByText('Mounted', { exact: true }).waitFor();
    await sleep();
    await isLocked();
  });

  it('locks with the screen only where the vault has that rule', async () => {
    await unlock();
    await lockScreen();
    await page.getByRole('button', { name: 'Night.luks', exact: true }).click();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: 'Its own rules' }).click();
    const rule = page.getByLabel('the screen is locked');
    await rule.click();
    await expect.poll(() => rule.isChecked()).toBe(true);
    await page.getByRole('button', { name: 'All vaults' }).click();
    // The signal before went by: only the rule makes the difference.
    await row().getByText('Mounted', { exact: true }).waitFor();
    await lockScreen();
    await isLocked();
  });

  it('leaves a vault that is in use, names the program, and locks it on demand', async () => {
    const folder = await unlock();
    const holder = spawn('sleep', ['600'], { cwd: folder, stdio: 'ignore' });
    try {
      await once(holder, 'spawn');
      await sleep();
      const failed = page.getByRole('list', { name: 'Activity' });
      await failed.getByRole('alert').waitFor();
      await row().getByText('Mounted', { exact: true }).waitFor();
      await failed.getByRole('button', { name: 'Try again' }).click();
      const dialog = page.getByRole('dialog', { name: 'Night.luks is in use' });
      await dialog.getByText('In use by sleep').waitFor();
      await dialog.getByRole('button', { name: 'Lock anyway' }).click();
      await isLocked();
    } finally {
      await end(holder);
    }
  });

  it('cancels an unlock while its key is derived', async () => {
    const slow = join(app.folder, 'Slow.luks');
    // As dear as a header may be; nothing has to be derived to write it.
    const { device } = await formatInMemory();
    patchJson(device, (text) => text.replace(/"iterations":1000\b/, `"iterations":${DEAR}`));
    const bytes = new Uint8Array(device.sizeBytes);
    device.readInto(0, bytes);
    writeFileSync(slow, bytes);
    await page.getByRole('button', { name: 'Add existing' }).click();
    await page.getByLabel('Vault file').fill(slow);
    await page.getByRole('button', { name: 'Add to list' }).click();
    await page.getByRole('button', { name: 'Unlock Slow.luks' }).click();
    const dialog = page.getByRole('dialog', { name: 'Unlock Slow.luks' });
    await dialog.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await dialog.getByText('Deriving the key').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Activity' }).click();
    await page.getByText('Cancelled').first().waitFor();
    await page.getByRole('button', { name: 'Vaults' }).click();
    await page.getByRole('button', { name: 'Unlock Slow.luks' }).waitFor();
  });

  it('opens with a keyfile, read-only', async () => {
    const keyfile = join(app.folder, 'key.bin');
    writeFileSync(keyfile, PASSPHRASE);
    await page.getByRole('button', { name: 'Unlock Night.luks' }).click();
    const dialog = page.getByRole('dialog', { name: 'Unlock Night.luks' });
    await dialog.getByText('Keyfile', { exact: true }).click();
    await dialog.getByRole('textbox', { name: 'Keyfile' }).fill(keyfile);
    await dialog.getByRole('button', { name: 'Mount options' }).click();
    await dialog.getByRole('switch', { name: 'Read-only' }).click();
    await dialog.getByRole('button', { name: 'Unlock', exact: true }).click();
    await row().getByText('Mounted', { exact: true }).waitFor();
    await row().getByText('Read-only', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Lock Night.luks' }).click();
    await isLocked();
  });

  it('locks at its end, and complains of nothing', async () => {
    await unlock();
    expect(await app.stop()).toBe(0);
    await expect.poll(() => complaints, POLL).toEqual([]);
  });
});
