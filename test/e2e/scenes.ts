import { toWireError, VaultError } from '../../shared/errors/vault-error.ts';
import { DEFAULT_SETTINGS } from '../../shared/model/settings.ts';
import { DEFAULT_VAULT_OPTIONS } from '../../shared/model/vault-options.ts';
import { GIB } from '../../shared/units.ts';
import { fakeJob, fakeVault } from '../support/fake-services.ts';
import { BENCHMARK_SCENES } from './benchmark-scenes.ts';
import { CARE_SCENES } from './care-scenes.ts';
import { KEYS_SCENES } from './keys-scenes.ts';
import { MOUNTED, PERFORMANCE_SCENES } from './performance-scenes.ts';
import type { Scene } from './scene.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const LOCKED = fakeVault({ lastUsedMs: Date.now() - DAY_MS });

const SPLIT = {
  read: 'threaded',
  write: 'inline',
  provider: 'ecb-wasm',
  threads: 1,
  notes: [],
} as const;

const LONG_NAME = `${'A vault with quite a long name that never ends '.repeat(4).trim()}.luks`;

const VAULTS = [
  MOUNTED,
  LOCKED,
  fakeVault({
    id: 'v3',
    name: 'Tax 2025.luks',
    path: '/media/ada/BACKUP/Tax 2025.luks',
    state: 'missing',
    containerBytes: null,
    lastUsedMs: Date.now() - 40 * DAY_MS,
  }),
];

function manyVaults(count: number) {
  const others = Array.from({ length: count - 1 }, (_, index) =>
    fakeVault({
      id: `m${index}`,
      name: `Archive ${index + 1}.luks`,
      path: `/home/ada/Archive/Archive ${index + 1}.luks`,
      lastUsedMs: Date.now() - index * DAY_MS,
      options: { ...DEFAULT_VAULT_OPTIONS, isFavourite: index === 3 },
    }),
  );
  return [MOUNTED, ...others];
}

const openCreate: Scene = async (page) => {
  await page.getByRole('button', { name: 'Create a vault' }).click();
  await page.getByRole('heading', { name: 'New vault' }).waitFor();
};

const openCreateSecret: Scene = async (page, fake) => {
  await openCreate(page, fake);
  await page.getByRole('meter').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Repeat passphrase', { exact: true }).waitFor();
};

const openCreateStrength: Scene = async (page, fake) => {
  await openCreateSecret(page, fake);
  await page.getByRole('button', { name: 'Suggest a passphrase' }).click();
  await page.getByText('Very hard to guess').waitFor();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByText('Unlocking takes about').waitFor();
};

const openUnlock: Scene = async (page, fake) => {
  fake.arrange({ vaults: [LOCKED] });
  await page.getByRole('button', { name: 'Unlock Documents.luks' }).click();
  await page.getByRole('textbox', { name: 'Passphrase', exact: true }).waitFor();
};

const openFromMenu =
  (item: string): Scene =>
  async (page, fake) => {
    fake.arrange({ vaults: [LOCKED] });
    await page.getByRole('button', { name: 'More actions for Documents.luks' }).click();
    await page.getByRole('menuitem', { name: item }).click();
    await page.getByRole('menu').waitFor({ state: 'hidden' });
  };

/** Every screen and dialog, each in the state worth looking at. */
export const SCENES: Readonly<Record<string, Scene>> = {
  empty: async () => {},
  list: async (page, fake) => {
    fake.arrange({ vaults: VAULTS });
    await page.getByRole('button', { name: 'Lock Research.luks' }).waitFor();
  },
  'many-vaults': async (page, fake) => {
    fake.arrange({ vaults: manyVaults(1000) });
    await page.getByRole('button', { name: 'Lock Research.luks' }).waitFor();
  },
  'none-found': async (page, fake) => {
    fake.arrange({ vaults: manyVaults(20) });
    await page.getByRole('searchbox').fill('no such vault');
    await page.getByText('No vault matches').waitFor();
  },
  'long-names': async (page, fake) => {
    const path = `/home/ada/${'a-deep-folder/'.repeat(12)}${LONG_NAME}`;
    fake.arrange({
      vaults: [
        fakeVault({ name: LONG_NAME, path }),
        { ...MOUNTED, name: LONG_NAME, path, mountPoint: path, isReadOnly: true, engine: SPLIT },
      ],
    });
    await page.getByRole('list', { name: 'Known vaults' }).waitFor();
  },
  'in-progress': async (page, fake) => {
    fake.arrange({
      vaults: [MOUNTED, { ...LOCKED, state: 'unlocking' }],
      jobs: [
        fakeJob(),
        fakeJob({
          id: 'j2',
          kind: 'unlock',
          subject: LOCKED.name,
          phase: 'deriving',
          fraction: null,
        }),
      ],
    });
    await page.getByRole('list', { name: 'Activity' }).waitFor();
  },
  failed: async (page, fake) => {
    const crash = toWireError(new VaultError('vault-crashed'));
    fake.arrange({
      vaults: [{ ...LOCKED, state: 'crashed', lastError: crash }, MOUNTED],
      jobs: [fakeJob({ state: 'failed', error: toWireError(new VaultError('no-space')) })],
    });
    await page.getByRole('alert').first().waitFor();
  },
  create: openCreate,
  'create-no-room': async (page, fake) => {
    await openCreate(page, fake);
    await page.getByLabel('Size', { exact: true }).fill('900G');
    await page.getByText('That is more than').waitFor();
  },
  'create-secret': openCreateSecret,
  'create-mismatch': async (page, fake) => {
    await openCreateSecret(page, fake);
    await page
      .getByRole('textbox', { name: 'Passphrase', exact: true })
      .fill('correct horse battery');
    await page.getByLabel('Repeat passphrase', { exact: true }).fill('correct horse');
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('The two passphrases differ').waitFor();
  },
  'create-strength': openCreateStrength,
  'create-advanced': async (page, fake) => {
    await openCreateStrength(page, fake);
    await page.getByRole('button', { name: 'Advanced' }).click();
    await page.getByLabel('Key derivation').waitFor();
  },
  'create-review': async (page, fake) => {
    await openCreateStrength(page, fake);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('AES-256 in XTS mode').waitFor();
  },
  unlock: openUnlock,
  'unlock-options': async (page, fake) => {
    await openUnlock(page, fake);
    await page.getByRole('button', { name: 'Mount options' }).click();
  },
  'unlock-wrong': async (page, fake) => {
    await openUnlock(page, fake);
    fake.failNext(new VaultError('passphrase-wrong'));
    await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill('not this one');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('alert').waitFor();
  },
  'lock-busy': async (page, fake) => {
    fake.arrange({ vaults: [MOUNTED] });
    fake.failNext(new VaultError('unmount-busy', { programs: ['soffice.bin', 'vlc'] }));
    await page.getByRole('button', { name: 'Lock Research.luks' }).click();
    await page.getByRole('dialog').waitFor();
  },
  remove: async (page, fake) => {
    await openFromMenu('Remove from list…')(page, fake);
    await page.getByRole('checkbox').check();
  },
  vault: async (page, fake) => {
    fake.arrange({ vaults: [MOUNTED] });
    await page.getByRole('button', { name: 'Research.luks', exact: true }).click();
    await page.getByText('aes-xts-plain64').waitFor();
  },
  'vault-locked': openFromMenu('Details'),
  ...BENCHMARK_SCENES,
  ...PERFORMANCE_SCENES,
  ...KEYS_SCENES,
  ...CARE_SCENES,
  'performance-locked': openFromMenu('Performance'),
  'vault-settings': async (page, fake) => {
    await openFromMenu('Details')(page, fake);
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: 'Its own rules' }).click();
    await page.getByLabel('When not used for').waitFor();
  },
  backend: async (page, fake) => {
    await openFromMenu('Details')(page, fake);
    await page.getByRole('tab', { name: 'Backend' }).click();
    await page.getByText('Advised:').waitFor();
  },
  jobs: async (page, fake) => {
    const endedMs = Date.now() - 60_000;
    fake.arrange({
      jobs: [
        fakeJob({
          id: 'j0',
          state: 'done',
          endedMs,
          isDismissed: true,
          phases: [
            { phase: 'allocating', tookMs: 4200 },
            { phase: 'deriving', tookMs: 2010 },
            { phase: 'formatting', tookMs: 340 },
          ],
        }),
        fakeJob({
          id: 'j1',
          kind: 'lock',
          subject: 'Research.luks',
          state: 'failed',
          endedMs,
          error: toWireError(new VaultError('unmount-busy')),
        }),
        fakeJob({ id: 'j2', kind: 'unlock', state: 'cancelled', endedMs }),
        fakeJob({ id: 'j3', phase: 'allocating', totalBytes: 64 * GIB }),
      ],
    });
    await page.getByRole('button', { name: 'Activity' }).click();
    await page.getByText('left').waitFor();
  },
  'jobs-none': async (page) => {
    await page.getByRole('button', { name: 'Activity' }).click();
    await page.getByText('Nothing has run yet').waitFor();
  },
  add: async (page) => {
    await page.getByRole('button', { name: 'Add an existing one' }).click();
    await page.getByRole('dialog').waitFor();
  },
  'settings-german': async (page, fake) => {
    fake.arrange({ settings: { ...DEFAULT_SETTINGS, language: 'de' } });
    await page.getByRole('button', { name: 'Einstellungen' }).click();
    await page.getByRole('heading', { name: 'Automatisch sperren' }).waitFor();
  },
  'list-german': async (page, fake) => {
    fake.arrange({ settings: { ...DEFAULT_SETTINGS, language: 'de' }, vaults: VAULTS });
    await page.getByRole('button', { name: 'Research.luks sperren' }).waitFor();
  },
  'list-japanese': async (page, fake) => {
    fake.arrange({ settings: { ...DEFAULT_SETTINGS, language: 'ja' }, vaults: VAULTS });
    await page.getByRole('button', { name: 'Research.luksをロック' }).waitFor();
  },
  'settings-none-found': async (page) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('searchbox').fill('no such setting');
    await page.getByText('No setting matches').waitFor();
  },
  licences: async (page) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Show licences' }).click();
    await page
      .getByRole('dialog')
      .getByText(/^react 19/)
      .click();
    await page.locator('details[open] pre').waitFor();
  },
  settings: async (page) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor();
  },
};
