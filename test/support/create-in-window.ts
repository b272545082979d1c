import { basename } from 'node:path';
import type { Page } from 'playwright-core';

type NewVault = Readonly<{ path: string; size: string; passphrase: string }>;

/** Fills in the steps of a new vault, with the cheapest key derivation, as far as the review. */
export async function fillCreateSteps(page: Page, vault: NewVault): Promise<void> {
  await page.getByLabel('Vault file').fill(vault.path);
  await page.getByLabel('Size', { exact: true }).fill(vault.size);
  const next = page.getByRole('button', { name: 'Next' });
  await next.click();
  await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(vault.passphrase);
  await page.getByLabel('Repeat passphrase', { exact: true }).fill(vault.passphrase);
  await next.click();
  await page.getByRole('button', { name: 'Advanced' }).click();
  await page.getByLabel('Key derivation').selectOption('pbkdf2');
  await page.getByRole('slider').focus();
  await page.keyboard.press('Home');
  await next.click();
  await page.getByText('The vault is unlocked as soon as it is made').waitFor();
}

/**
 * Makes a vault from the empty list, which ends on its page, mounted.
 *
 * @returns Its mount point.
 */
export async function createInWindow(page: Page, vault: NewVault): Promise<string> {
  await page.getByRole('button', { name: 'Create a vault' }).click();
  await fillCreateSteps(page, vault);
  await page.getByRole('button', { name: 'Create vault' }).click();
  await page.getByRole('heading', { name: basename(vault.path), level: 1 }).waitFor();
  const place = page.locator('code').first();
  await place.waitFor();
  return (await place.textContent()) ?? '';
}

/** Locks the vault whose page is in view, and goes back to the list. */
export async function lockAndGoBack(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Lock ${name}` }).click();
  await page.getByRole('button', { name: `Unlock ${name}` }).waitFor();
  await page.getByRole('button', { name: 'All vaults' }).click();
}
