import type { Page } from 'playwright-core';
import { type FakeServices, fakeVault } from '../support/fake-services.ts';
import type { Scene } from './scene.ts';

const openTab =
  (tab: string): Scene =>
  async (page, fake) => {
    fake.arrange({ vaults: [fakeVault()] });
    await page.getByRole('button', { name: 'Documents.luks', exact: true }).click();
    await page.getByRole('tab', { name: tab }).click();
  };

const openKeys: Scene = async (page, fake) => {
  await openTab('Keys')(page, fake);
  await page.getByRole('cell', { name: 'Safe at home' }).first().waitFor();
};

const act = async (page: Page, fake: FakeServices, item: string) => {
  await openKeys(page, fake);
  await page.getByRole('button', { name: 'More actions for My passphrase' }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await page.getByRole('menu').waitFor({ state: 'hidden' });
};

/** The tabs of keys and maintenance, and their dialogs. */
export const KEYS_SCENES: Readonly<Record<string, Scene>> = {
  keys: openKeys,
  'keys-add': async (page, fake) => {
    await openKeys(page, fake);
    await page.getByRole('button', { name: 'Add a key' }).click();
    await page.getByRole('dialog').waitFor();
  },
  'keys-change': (page, fake) => act(page, fake, 'Change'),
  'keys-rename': (page, fake) => act(page, fake, 'Rename'),
  'keys-remove': (page, fake) => act(page, fake, 'Remove'),
  'keys-recovery': async (page, fake) => {
    await openKeys(page, fake);
    await page.getByRole('button', { name: 'Create a recovery key' }).click();
    await page.getByLabel('I have written down or saved all 24 words').check();
  },
  'keys-recovery-typed': async (page, fake) => {
    await openKeys(page, fake);
    await page.getByRole('button', { name: 'Test a key' }).click();
    await page.getByRole('dialog').getByText('Recovery key', { exact: true }).click();
    await page.getByLabel('The 24 words of the recovery key').fill('abandon lockline zo');
    await page.getByText('Word 2 is not in the list').waitFor();
  },
  maintenance: async (page, fake) => {
    await openTab('Maintenance')(page, fake);
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Something is wrong that can be repaired').waitFor();
  },
  'maintenance-restore': async (page, fake) => {
    await openTab('Maintenance')(page, fake);
    await page.getByLabel('Backup file').fill('/home/ada/Documents.luks.header');
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('Keyslot 1, Safe at home: goes away').waitFor();
    await page.getByRole('button', { name: 'Restore' }).scrollIntoViewIfNeeded();
  },
};
