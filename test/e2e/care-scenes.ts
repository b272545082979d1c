import { FormatError } from '../../shared/errors/vault-error.ts';
import { createInWindow } from '../support/create-in-window.ts';
import { CHANGED_NAME, fakeVault } from '../support/fake-services.ts';
import { MOUNTED } from './performance-scenes.ts';
import type { Scene } from './scene.ts';

/** Makes a vault and stays on its page, which offers a way back in. */
export const makeVault: Scene = async (page) => {
  await createInWindow(page, {
    path: '/home/ada/Vault.luks',
    size: '1G',
    passphrase: 'correct horse',
  });
  await page.getByRole('heading', { name: 'Keep a way back in' }).waitFor();
};

/** What is seen seldom: after a creation, when something is dropped, before a doubtful unlock. */
export const CARE_SCENES: Readonly<Record<string, Scene>> = {
  'new-vault': makeVault,
  drop: async (page, fake) => {
    fake.arrange({ vaults: [MOUNTED, fakeVault()] });
    const transfer = await page.evaluateHandle(
      `(() => {
        const transfer = new DataTransfer();
        Object.defineProperty(transfer, 'types', { value: ['Files'] });
        return transfer;
      })()`,
    );
    await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
    await page.getByText('Drop to add to the list').waitFor();
  },
  'unlock-changed': async (page, fake) => {
    fake.arrange({ vaults: [fakeVault({ name: CHANGED_NAME })] });
    await page.getByRole('button', { name: `Unlock ${CHANGED_NAME}` }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
  },
  'unlock-cost': async (page, fake) => {
    fake.arrange({ vaults: [fakeVault()] });
    fake.failNext(new FormatError('kdf-cost-excessive', { canAccept: true }));
    await page.getByRole('button', { name: 'Unlock Documents.luks' }).click();
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('correct horse');
    await page.keyboard.press('Enter');
    await page.getByLabel('Unlock all the same').waitFor();
  },
  'maintenance-fsck': async (page, fake) => {
    fake.arrange({ vaults: [fakeVault()] });
    await page.getByRole('button', { name: 'Documents.luks', exact: true }).click();
    await page.getByRole('tab', { name: 'Maintenance' }).click();
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).first().fill('correct');
    await page.getByRole('button', { name: 'Check the filesystem' }).click();
    const details = page.getByRole('button', { name: 'Technical details' });
    await details.click();
    await details.scrollIntoViewIfNeeded();
  },
};
