import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toWireError, VaultError } from '../../shared/errors/vault-error.ts';
import { DEFAULT_SETTINGS } from '../../shared/model/settings.ts';
import { fakeReport, fakeRow } from '../support/fake-benchmarks.ts';
import { fakeJob, fakeVault } from '../support/fake-services.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { type FakeWindow, openFakeWindow } from '../support/open-fake-window.ts';
import { requireTool } from '../support/require-tool.ts';

const hasChromium = requireTool('chromium', 'chromium');

const MOUNTED = { state: 'mounted', mountPoint: '/run/user/1000/lockline/x' } as const;

describe.skipIf(!hasChromium)('flows in the window', () => {
  let browser: Browser;
  let window: FakeWindow;
  let page: Page;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 120_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    window = await openFakeWindow(browser, { size: 'small', colorScheme: 'dark' });
    page = window.page;
  }, 120_000);
  afterEach(() => window[Symbol.asyncDispose]());

  const openUnlock = async () => {
    window.fake.arrange({ vaults: [fakeVault()] });
    await page.getByRole('button', { name: 'Unlock Documents.luks' }).click();
    return page.getByRole('dialog', { name: 'Unlock Documents.luks' });
  };
  const calls = () => expect.poll(() => window.fake.calls);

  it('unlocks with a keyfile, read-only and by another backend', async () => {
    const dialog = await openUnlock();
    await dialog.getByText('Keyfile', { exact: true }).click();
    const submit = dialog.getByRole('button', { name: 'Unlock', exact: true });
    await expect.poll(() => submit.isDisabled()).toBe(true);
    await dialog.getByRole('textbox', { name: 'Keyfile' }).fill('/dev/null');
    await dialog.getByRole('button', { name: 'Mount options' }).click();
    await dialog.getByRole('switch', { name: 'Read-only' }).click();
    await dialog.getByLabel('Mount with').selectOption('auto');
    await submit.click();
    // What no keyfile can be is refused before anything is tried.
    await dialog.getByRole('alert').waitFor();
    await dialog.getByRole('textbox', { name: 'Keyfile' }).fill('/etc/hostname');
    await submit.click();
    await calls().toEqual(['mount v1 null true auto']);
  });

  it('shows a passphrase when asked, and warns of caps lock', async () => {
    const dialog = await openUnlock();
    const field = dialog.getByRole('textbox', { name: 'Passphrase', exact: true });
    await field.fill('secret');
    await expect.poll(() => field.getAttribute('type')).toBe('password');
    await dialog.getByRole('button', { name: 'Show passphrase: Passphrase' }).click();
    await expect.poll(() => field.getAttribute('type')).toBe('text');
    // No browser lets a program press caps lock: the event says that it is on.
    await field.dispatchEvent('keydown', { key: 'A', modifierCapsLock: true });
    await dialog.getByText('Caps lock is on').waitFor();
    await field.dispatchEvent('keyup', { key: 'a' });
    await dialog.getByText('Caps lock is on').waitFor({ state: 'hidden' });
  });

  it('goes on in the background, and is cancelled from the list', async () => {
    window.fake.arrange({
      vaults: [fakeVault({ state: 'unlocking' })],
      jobs: [
        fakeJob({ kind: 'unlock', subject: 'Documents.luks', phase: 'deriving', fraction: null }),
      ],
    });
    const job = page.getByRole('list', { name: 'Activity' }).getByRole('listitem');
    await job.getByText('Deriving the key').waitFor();
    await job.getByRole('button', { name: 'Cancel: Unlocking Documents.luks' }).click();
    await calls().toEqual(['cancel j1']);
  });

  it('keeps the reason of a failed job until it is dismissed, and tells of it aloud', async () => {
    const running = fakeJob({ totalBytes: 2 ** 30 });
    window.fake.arrange({ vaults: [fakeVault()], jobs: [running] });
    const list = page.getByRole('list', { name: 'Activity' });
    await list.getByText(/\/s · .* left/).waitFor();
    const error = toWireError(new VaultError('no-space'));
    window.fake.arrange({ jobs: [{ ...running, state: 'failed', error }] });
    await list.getByText('Cannot write: no space left').waitFor();
    await list.getByText('Could not create Photos.luks').waitFor();
    const said = 'Could not create Photos.luks: Cannot write: no space left';
    await page.getByRole('status').filter({ hasText: said }).waitFor();
    await list.getByRole('button', { name: 'Dismiss: Could not create Photos.luks' }).click();
    await list.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Activity' }).click();
    await page.getByRole('main').getByText('Cannot write: no space left').waitFor();
  });

  it('shows in its dialog why an unlock failed, not behind it, and keeps that in the history', async () => {
    const dialog = await openUnlock();
    window.fake.failNext(new VaultError('header-changed'));
    await dialog.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('correct horse');
    await page.keyboard.press('Enter');
    const reason = 'the header was changed by another program';
    await dialog.getByRole('alert').filter({ hasText: reason }).waitFor();
    const { error = null } = window.fake.services.snapshot().jobs.at(-1) ?? {};
    // One that somebody else started, of the same vault: it belongs to the dialog as long as it is open.
    window.fake.arrange({
      jobs: [fakeJob({ id: 'j9', kind: 'unlock', vaultId: 'v1', state: 'failed', error })],
    });
    await page.getByRole('status').filter({ hasText: 'Could not unlock' }).waitFor();
    expect(await page.getByRole('list', { name: 'Activity' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    const row = page.getByRole('list', { name: 'Activity' }).getByRole('listitem');
    await row.filter({ hasText: 'Could not unlock' }).filter({ hasText: reason }).waitFor();
    await page.getByRole('button', { name: 'Activity' }).click();
    await page.getByRole('main').getByText(reason).waitFor();
  });

  it('locks all', async () => {
    window.fake.arrange({
      vaults: [
        fakeVault(MOUNTED),
        fakeVault({ ...MOUNTED, id: 'v2', name: 'Second.luks' }),
        fakeVault({ id: 'v3', name: 'Third.luks' }),
      ],
    });
    await page.getByRole('button', { name: 'Lock all' }).click();
    await calls().toEqual(['lock v1 false', 'lock v2 false']);
  });

  it('stores no passphrase where only plain text would be', async () => {
    const dialog = await openUnlock();
    await dialog.getByRole('textbox', { name: 'Passphrase', exact: true }).waitFor();
    expect(await dialog.getByRole('checkbox').count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByText('there is no keychain that would protect them').waitFor();
  });

  it('forgets every stored passphrase in one place', async () => {
    window.fake.arrange({ vaults: [fakeVault({ hasStoredPassphrase: true })] });
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByText('In the keychain of this system: Documents.luks').waitFor();
    await page.getByRole('button', { name: 'Remove all' }).click();
    await calls().toEqual(['forget null']);
    await page.getByText('there is no keychain that would protect them').waitFor();
  });

  it('finds a setting, changes the defaults and resets them', async () => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('searchbox').fill('provider');
    await expect
      .poll(() => page.getByRole('heading', { level: 2 }).allTextContents())
      .toEqual(['Crypto engine']);
    await page.getByLabel('Provider').selectOption('ecb-wasm');
    await page.getByLabel('Crypto threads').selectOption('2');
    await page.getByRole('searchbox').fill('reset');
    const settings = () => window.fake.services.snapshot().settings;
    await expect.poll(() => [settings().provider, settings().threads]).toEqual(['ecb-wasm', 2]);
    await page.getByRole('button', { name: 'Reset settings' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reset settings' }).click();
    await expect.poll(() => settings().provider).toBe(null);
  });

  it('has rules of its own for a vault', async () => {
    window.fake.arrange({ vaults: [fakeVault()] });
    await page.getByRole('button', { name: 'Documents.luks', exact: true }).click();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: 'Its own rules' }).click();
    await page.getByLabel('When not used for').selectOption('5');
    const options = () => window.fake.services.snapshot().vaults[0]?.options.autoLock;
    await expect.poll(() => options()?.idleMinutes).toBe(5);
    // It is checked when main says so, which a click does not wait for.
    await page.getByLabel('the lid is closed').click();
    await expect.poll(() => options()?.events).toContain('lid-close');
  });

  it('keeps two choices that were made before the first was answered', async () => {
    window.fake.arrange({ vaults: [fakeVault()] });
    // Both within one task of the page: no snapshot can come in between.
    const clickAtOnce = (...labels: readonly string[]) =>
      page.locator('label').evaluateAll((nodes, wanted) => {
        const boxes = nodes.filter(({ textContent }) => wanted.includes(textContent ?? ''));
        for (const box of boxes) box.click();
        return boxes.length;
      }, labels);
    await page.getByRole('button', { name: 'Settings' }).click();
    expect(await clickAtOnce('the screen is locked', 'the lid is closed')).toBe(2);
    const { services } = window.fake;
    await expect
      .poll(() => services.snapshot().settings.autoLock.events)
      .toEqual(['suspend', 'screen-lock', 'user-switch', 'lid-close']);
    await page.getByRole('button', { name: 'Vaults' }).click();
    await page.getByRole('button', { name: 'Documents.luks', exact: true }).click();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: 'Its own rules' }).click();
    await page.getByLabel('the lid is closed').waitFor();
    expect(await clickAtOnce('the screen is locked', 'the lid is closed')).toBe(2);
    await expect
      .poll(() => services.snapshot().vaults[0]?.options.autoLock?.events)
      .toEqual(['suspend', 'user-switch']);
  });

  it.each([
    ['de', 'Einstellungen'],
    ['fr', 'Paramètres'],
    ['es', 'Ajustes'],
    ['ja', '設定'],
  ])('speaks %s', async (language, title) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Language').selectOption(language);
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe(language);
  });

  it('brings what a benchmark advises into force, and marks what has become slower', async () => {
    const nowMs = Date.now();
    const before = fakeReport(nowMs - 1000);
    window.fake.arrange({
      settings: { ...DEFAULT_SETTINGS, readEngine: 'inline', writeEngine: 'inline' },
    });
    const slower = fakeRow({ sectorBytes: 512, requestBytes: 4096, keyBits: 512, median: 3000 });
    const rows = [slower, ...before.rows.slice(1)];
    window.fake.benchmarks.keep([
      { id: 2, report: { ...before, startedMs: nowMs, rows } },
      { id: 1, report: before },
    ]);
    await page.getByRole('button', { name: 'Benchmark' }).click();
    await page.getByRole('tab', { name: 'History' }).click();
    await page.getByText('1 figure is slower than before.').waitFor();
    await page.getByRole('button', { name: 'Apply to all vaults' }).click();
    await page.getByText('Applied: counts from the next unlock.').waitFor();
    const { readEngine, writeEngine } = window.fake.services.snapshot().settings;
    expect([readEngine, writeEngine]).not.toContain('inline');
    await page.getByRole('tab', { name: 'Storage' }).click();
    const profile = page.getByRole('slider', { name: 'Wait by place' });
    await profile.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => profile.getAttribute('aria-valuetext')).toMatch(/^0 B, .* µs$/);
    const random = page.getByRole('row', { name: 'RND4K Q1T1' }).first();
    await expect.poll(() => random.textContent()).toMatch(/\d IOPS, .*µs/);
  });

  it('writes what goes wrong into a bundle without names and paths', async () => {
    window.fake.arrange({ vaults: [fakeVault({ name: 'Secret.luks' })] });
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Write diagnostics' }).click();
    const written = page.getByText(/^Written to /);
    await written.waitFor();
    const path = ((await written.textContent()) ?? '').replace('Written to ', '');
    expect(readFileSync(path, 'utf8')).not.toMatch(/Secret|home\/ada/);
  });

  it.each([1.25, 1.5, 2])('can be used at a scale of %d', async (scale) => {
    // What a scaled screen does to a window of 1024 by 700: fewer pixels of the page.
    await page.setViewportSize({
      width: Math.round(1024 / scale),
      height: Math.round(700 / scale),
    });
    window.fake.arrange({ vaults: [fakeVault(MOUNTED)] });
    for (const screen of ['Vaults', 'Activity', 'Benchmark', 'Settings']) {
      await page.getByRole('navigation').getByRole('button', { name: screen }).click();
      await page.getByRole('heading', { name: screen, level: 1 }).waitFor();
      const overflow = await page
        .getByRole('main')
        .evaluate((main) => main.scrollWidth - main.clientWidth);
      expect([screen, overflow]).toEqual([screen, 0]);
    }
    await page.keyboard.press('Alt+n');
    await page.getByRole('meter').waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('button', { name: 'Suggest a passphrase' }).click();
  });
});
