import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kernelEngine } from '../../shared/model/backend.ts';
import { fakeVault } from '../support/fake-services.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { type FakeWindow, openFakeWindow } from '../support/open-fake-window.ts';
import { requireTool } from '../support/require-tool.ts';

const KERNEL = {
  mapping: `lockline-${'0'.repeat(32)}`,
  device: '/dev/dm-3',
  loop: '/dev/loop7',
  cipher: 'aes-xts-plain64',
  flags: ['no_write_workqueue'],
  voidFlags: [],
} as const;
const SERVED = fakeVault({
  state: 'mounted',
  mountPoint: '/run/user/1000/lockline/mounts/Documents',
  backend: 'dmcrypt',
  backendNotes: ['udisks2 not used: no system bus'],
  kernel: KERNEL,
  engine: kernelEngine(KERNEL),
});

describe.skipIf(!requireTool('chromium', 'chromium'))('the backend in the window', () => {
  let browser: Browser;
  let window: FakeWindow;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => browser?.close());
  beforeEach(async () => {
    window = await openFakeWindow(browser, { size: 'large', colorScheme: 'light' });
    page = window.page;
    return async () => window[Symbol.asyncDispose]();
  });

  const openTab = async (name: string) => {
    await page.getByRole('button', { name: 'More actions for Documents.luks' }).click();
    await page.getByRole('menuitem', { name: 'Details' }).click();
    await page.getByRole('tab', { name, exact: true }).click();
    return page.getByRole('tabpanel', { name, exact: true });
  };

  it('pins a backend and flags of a locked vault, and takes what is advised', async () => {
    window.fake.arrange({ vaults: [fakeVault()] });
    const panel = await openTab('Backend');
    await panel.getByText('Locked: nothing is in force.').waitFor();
    await panel.getByLabel('Mount with').selectOption('dmcrypt');
    await panel.getByRole('switch', { name: 'Flags of its own' }).click();
    await panel.getByRole('checkbox', { name: 'Stay on the submitting processor' }).click();
    await panel.getByText('The vault is a file: its filesystem queues once already').waitFor();
    await panel.getByRole('button', { name: 'Use the advised flags' }).click();
    await expect
      .poll(() => window.fake.calls.filter((call) => call.startsWith('backend')))
      .toEqual([
        'backend v1 {"backend":"dmcrypt"}',
        'backend v1 {"flags":[]}',
        'backend v1 {"flagChanges":{"same_cpu_crypt":true}}',
        'backend v1 {"flags":["no_read_workqueue","no_write_workqueue"]}',
      ]);
    await expect
      .poll(() => panel.getByRole('checkbox', { name: 'Reads inline' }).isChecked())
      .toBe(true);
    expect(window.complaints).toEqual([]);
  });

  it('shows what serves a mounted vault and why, and changes its flags at once', async () => {
    window.fake.arrange({ vaults: [SERVED] });
    const panel = await openTab('Backend');
    await panel.getByText('Kernel (dm-crypt) through the Lockline helper').first().waitFor();
    await panel.getByText('In force: Writes inline; aes-xts-plain64 on /dev/dm-3').waitFor();
    await panel.getByText('udisks2 not used: no system bus').waitFor();
    await panel.getByRole('checkbox', { name: 'Reads inline' }).click();
    await expect
      .poll(() => window.fake.calls)
      .toContain('backend v1 {"flagChanges":{"no_read_workqueue":true}}');
    await panel.getByText('In force: Reads inline, Writes inline').waitFor();
  });

  it("has the kernel's flags where the engine's choices are else", async () => {
    window.fake.arrange({ vaults: [SERVED] });
    const panel = await openTab('Performance');
    await panel.getByRole('checkbox', { name: 'Writes inline' }).waitFor();
    expect(await panel.getByLabel('Provider').count()).toBe(0);
    window.fake.arrange({ vaults: [{ ...SERVED, backend: 'fuse', kernel: null }] });
    await panel.getByLabel('Provider').waitFor();
    expect(await panel.getByRole('checkbox', { name: 'Writes inline' }).count()).toBe(0);
  });

  it('unlocks with a backend for this once', async () => {
    window.fake.arrange({ vaults: [fakeVault()] });
    await page.getByRole('button', { name: 'Unlock Documents.luks' }).click();
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('correct horse');
    await page.getByText('Mount options').click();
    await page.getByLabel('Mount with').selectOption('auto');
    await page.getByRole('button', { name: 'Unlock', exact: true }).click();
    await expect.poll(() => window.fake.calls).toContain('mount v1 null false auto');
  });
});
