import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildRenderer } from '../../resources/build/build-renderer.ts';
import { VaultError } from '../../shared/errors/vault-error.ts';
import { DEFAULT_VAULT_OPTIONS } from '../../shared/model/vault-options.ts';
import { fakeVault } from '../support/fake-services.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { type FakeWindow, openFakeWindow } from '../support/open-fake-window.ts';
import { requireTool } from '../support/require-tool.ts';

const hasChromium = requireTool('chromium', 'chromium');

describe.skipIf(!hasChromium)('the keyboard alone', () => {
  let browser: Browser;
  let window: FakeWindow;
  let page: Page;
  beforeAll(async () => {
    await buildRenderer();
    browser = await launchChromium();
  }, 120_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    window = await openFakeWindow(browser, { size: 'small', colorScheme: 'light' });
    page = window.page;
  });
  afterEach(() => window[Symbol.asyncDispose]());

  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  /** Name of what has the focus, as a screen reader would say it. */
  const focused = () =>
    page.evaluate<string>(
      `(document.activeElement.ariaLabel ?? document.activeElement.textContent).slice(0, 80)`,
    );
  /** Presses Tab until something of this name has the focus. */
  const tabTo = async (name: string) => {
    for (let n = 0; n < 40; n += 1) {
      if ((await focused()) === name) return;
      await press('Tab');
    }
    throw new Error(`Tab never reaches ${name}`);
  };
  const typeInto = async (label: string, text: string) => {
    for (let n = 0; n < 40; n += 1) {
      const labels = await page.evaluate<string>(
        `[...(document.activeElement.labels ?? [])]
          .filter(({ control }) => control.type !== 'radio')
          .map((each) => each.textContent).join()`,
      );
      if (labels === label) {
        await page.keyboard.press('Control+A');
        await page.keyboard.type(text);
        return;
      }
      await press('Tab');
    }
    throw new Error(`Tab never reaches the field ${label}`);
  };

  it('creates a vault, from the shortcut to the Enter key', async () => {
    await press('Alt+n');
    await page.getByRole('heading', { name: 'New vault', level: 1 }).waitFor();
    expect(await focused()).toBe('New vault');
    await typeInto('Vault file', '/home/ada/New.luks');
    await typeInto('Size', '512M');
    await page.getByRole('meter').waitFor();
    await press('Enter');
    await typeInto('Passphrase', 'a b c d');
    await typeInto('Repeat passphrase', 'a b c d');
    await press('Enter');
    await page.getByText('Unlocking takes about').waitFor();
    await tabTo('Next');
    await press('Enter');
    await page.getByText('AES-256 in XTS mode').waitFor();
    await tabTo('Create vault');
    await press('Enter');
    await page.getByRole('heading', { name: 'New.luks', level: 1 }).waitFor();
    await page.getByText('/run/user/1000/lockline/New.luks').waitFor();
    expect(window.fake.calls).toEqual(['create /home/ada/New.luks mounted']);
    expect(window.fake.secretLengths).toEqual([7]);
  });

  it('suggests a passphrase that can be read, and takes it', async () => {
    await press('Alt+n');
    await page.getByRole('meter').waitFor();
    await tabTo('Next');
    await press('Enter');
    await tabTo('Suggest a passphrase');
    await press('Enter');
    const field = page.getByRole('textbox', { name: 'Passphrase', exact: true });
    await expect.poll(() => field.inputValue()).toMatch(/^([a-z]+ ){6}[a-z]+$/);
    await expect.poll(() => field.getAttribute('type')).toBe('text');
    await page.getByText('Very hard to guess').waitFor();
    const words = await field.inputValue();
    await expect
      .poll(() => page.getByLabel('Repeat passphrase', { exact: true }).inputValue())
      .toBe(words);
  });

  it('does not mount elsewhere than was typed', async () => {
    window.fake.arrange({ vaults: [fakeVault()] });
    await tabTo('Documents.luks');
    await press('u');
    await page.getByRole('dialog').waitFor();
    await tabTo('Mount options');
    await press('Enter');
    await typeInto('Mount point', 'relative/path');
    await press('Enter');
    await page.getByText('Give the full path').waitFor();
    expect(window.fake.calls).toEqual([]);
    await typeInto('Mount point', '/mnt/here');
    await typeInto('Passphrase', 'secret');
    await press('Enter');
    await expect.poll(() => window.fake.calls).toEqual(['mount v1 /mnt/here false']);
  });

  it('goes to the field that is wrong', async () => {
    await press('Alt+n');
    await page.getByRole('meter').waitFor();
    await tabTo('Next');
    await press('Enter');
    await typeInto('Passphrase', 'one');
    await typeInto('Repeat passphrase', 'two');
    await press('Enter');
    await page.getByText('The two passphrases differ').waitFor();
    const isThere = await page
      .getByLabel('Repeat passphrase', { exact: true })
      .evaluate((node) => node.ownerDocument.activeElement === node);
    expect(isThere).toBe(true);
    expect(window.fake.calls).toEqual([]);
  });

  it('unlocks: letter on the vault, passphrase, Enter; the focus comes back', async () => {
    window.fake.arrange({ vaults: [fakeVault(), fakeVault({ id: 'v2', name: 'Second.luks' })] });
    await page.getByText('Second.luks').waitFor();
    await tabTo('Documents.luks');
    await press('ArrowDown');
    expect(await focused()).toBe('Second.luks');
    await press('u');
    await page.getByRole('dialog', { name: 'Unlock Second.luks' }).waitFor();
    const input = page.getByRole('textbox', { name: 'Passphrase', exact: true });
    await expect
      .poll(() => input.evaluate((node) => node.ownerDocument.activeElement === node))
      .toBe(true);
    await page.keyboard.type('secret');
    await press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(window.fake.calls).toEqual(['mount v2 null false']);
    await expect.poll(focused).toBe('Second.luks');
  });

  it('leaves a dialog with Escape, and the passphrase does not stay behind', async () => {
    window.fake.arrange({ vaults: [fakeVault()] });
    await tabTo('Documents.luks');
    await press('u');
    const input = page.getByRole('textbox', { name: 'Passphrase', exact: true });
    await input.waitFor();
    await page.keyboard.type('secret');
    const node = await input.elementHandle();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await node?.getProperty('value').then((value) => value.jsonValue())).toBe('');
    await expect.poll(focused).toBe('Documents.luks');
  });

  it('keeps letters out of the way while one types', async () => {
    window.fake.arrange({ vaults: [fakeVault({ state: 'mounted', mountPoint: '/run/x' })] });
    await tabTo('Settings');
    await press('l', 'u', 'd');
    expect(window.fake.calls).toEqual([]);
    await tabTo('Documents.luks');
    await press('l');
    await expect.poll(() => window.fake.calls).toEqual(['lock v1 false']);
  });

  it('tunes a mounted vault: letter, Tab, arrow; in force at once and without losing the place', async () => {
    const engine = {
      read: 'auto',
      write: 'auto',
      provider: 'native',
      threads: 1,
      notes: [],
    } as const;
    window.fake.arrange({
      vaults: [fakeVault({ state: 'mounted', mountPoint: '/run/x', engine })],
    });
    await tabTo('Documents.luks');
    await press('p');
    const panel = page.getByRole('tabpanel', { name: 'Performance' });
    await panel.getByText('In force: reads auto, writes auto, native, 1 crypto thread').waitFor();
    const reads = page.getByLabel('Reads', { exact: true });
    while (!(await reads.evaluate((node) => node.ownerDocument.activeElement === node))) {
      await press('Tab');
    }
    await press('ArrowDown', 'ArrowDown');
    await expect
      .poll(() => window.fake.calls)
      .toEqual(['tune v1 {"read":"inline"}', 'tune v1 {"read":"threaded"}']);
    await panel.getByText('In force: reads threaded, writes auto').waitFor();
    expect(await reads.evaluate((node) => node.ownerDocument.activeElement === node)).toBe(true);
    await press('Alt+v');
    await expect.poll(focused).toBe('Documents.luks');
  });

  it('prepares a locked vault, and says in words where a change is refused', async () => {
    window.fake.arrange({ vaults: [fakeVault()] });
    await page.getByRole('button', { name: 'More actions for Documents.luks' }).press('Enter');
    await page.getByRole('menuitem', { name: 'Performance' }).press('Enter');
    const panel = page.getByRole('tabpanel');
    await panel.getByText('Counts from the next unlock.').first().waitFor();
    await page.getByLabel('Provider').selectOption('ecb-wasm');
    await page.getByLabel('Crypto threads').selectOption('3');
    await expect
      .poll(() => window.fake.calls.filter((call) => call.startsWith('tune')))
      .toEqual(['tune v1 {"provider":"ecb-wasm"}', 'tune v1 {"threads":3}']);
    window.fake.failNext(new VaultError('operation-in-progress'));
    await page.getByLabel('Writes').selectOption('inline');
    await panel.getByRole('alert').waitFor();
    await expect.poll(() => page.getByLabel('Writes').inputValue()).toBe('');
    await expect.poll(() => page.getByLabel('Crypto threads').inputValue()).toBe('3');
  });

  it('walks through the parts of a vault with the arrows', async () => {
    window.fake.arrange({ vaults: [fakeVault()] });
    await tabTo('Documents.luks');
    await press('d');
    await expect.poll(focused).toBe('Documents.luks');
    await page.getByText('aes-xts-plain64').waitFor();
    await tabTo('Overview');
    for (const name of ['Keys', 'Maintenance', 'Performance']) {
      await press('ArrowRight');
      await page.getByRole('tabpanel', { name }).waitFor();
    }
    await tabTo('All vaults');
    await press('Enter');
    await page.getByRole('heading', { name: 'Vaults', level: 1 }).waitFor();
    await expect.poll(focused).toBe('Documents.luks');
  });

  it('chooses to lock a busy vault anyway', async () => {
    window.fake.arrange({ vaults: [fakeVault({ state: 'mounted', mountPoint: '/run/x' })] });
    window.fake.failNext(new VaultError('unmount-busy'));
    await tabTo('Documents.luks');
    await press('l');
    await page.getByRole('dialog', { name: 'Documents.luks is in use' }).waitFor();
    await expect.poll(focused).toBe('Try again');
    await press('Shift+Tab', 'Enter');
    await expect.poll(() => window.fake.calls).toEqual(['lock v1 false', 'lock v1 true']);
  });

  it('reaches every shortcut and says where it is', async () => {
    await press('Alt+s');
    await expect.poll(focused).toBe('Settings');
    expect(await page.title()).toBe('Settings - Lockline');
    await press('Alt+v');
    await expect.poll(focused).toBe('Vaults');
    await press('Alt+a');
    await page.getByRole('dialog', { name: 'Add an existing vault' }).waitFor();
  });

  it('changes settings at once', async () => {
    await press('Alt+s');
    await page.getByRole('radio', { name: 'Dark' }).focus();
    await press('Space');
    await expect
      .poll(() => page.locator('html').getAttribute('data-mantine-color-scheme'))
      .toBe('dark');
  });

  it('speaks another language at once, and finds a setting', async () => {
    await press('Alt+s');
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: 'Einstellungen', level: 1 }).waitFor();
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByRole('searchbox').fill('tastatur');
    await expect
      .poll(() => page.getByRole('heading', { level: 2 }).allTextContents())
      .toEqual(['Tastatur']);
  });

  it('asks for the vaults that are wanted at the start, one after the other', async () => {
    const options = { ...DEFAULT_VAULT_OPTIONS, mountAtStart: true };
    window.fake.arrange({
      vaults: [
        fakeVault({ options }),
        fakeVault({ id: 'v2', name: 'Second.luks', options }),
        fakeVault({ id: 'v3', name: 'Stored.luks', options, hasStoredPassphrase: true }),
      ],
    });
    await page.reload();
    await page.getByRole('dialog', { name: 'Unlock Documents.luks' }).waitFor();
    await press('Escape');
    await page.getByRole('dialog', { name: 'Unlock Second.luks' }).waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  });

  it('goes back and forward through its pages, and is on the same one when loaded again', async () => {
    await press('Alt+s');
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await press('Alt+j');
    await page.getByRole('heading', { name: 'Activity', level: 1 }).waitFor();
    await page.goBack();
    await expect.poll(focused).toBe('Settings');
    await page.goBack();
    await page.getByText('No vaults yet').waitFor();
    await page.goForward();
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  });

  it('keeps the focus where one button gives way to another', async () => {
    const mounted = fakeVault({ state: 'mounted', mountPoint: '/run/vault', backend: 'fuse' });
    window.fake.arrange({ vaults: [mounted] });
    await page.getByRole('button', { name: 'Lock Documents.luks' }).focus();
    window.fake.arrange({ vaults: [{ ...mounted, state: 'locking' }] });
    await expect.poll(focused).toBe('More actions for Documents.luks');
    window.fake.arrange({ vaults: [fakeVault()] });
    await expect.poll(focused).toBe('Unlock Documents.luks');
  });

  it('says that Lockline has ended, when it has', async () => {
    await window.host.close();
    await page.getByRole('heading', { name: 'Lockline has ended' }).waitFor();
  });
});
