import type { Page } from 'playwright-core';
import { toWireError, VaultError } from '../../shared/errors/vault-error.ts';
import type { VolumeStatistics } from '../../shared/model/statistics.ts';
import { DEFAULT_VAULT_OPTIONS } from '../../shared/model/vault-options.ts';
import { GIB, KIB, MIB } from '../../shared/units.ts';
import { type FakeServices, fakeJob, fakeVault } from '../support/fake-services.ts';
import { fakeStatistics } from '../support/fake-statistics.ts';

/** Brings a window into the state that a picture or a check is about. */
type Scene = (page: Page, fake: FakeServices) => Promise<void>;

const DAY_MS = 24 * 60 * 60 * 1000;

const MOUNTED = fakeVault({
  id: 'v2',
  name: 'Research.luks',
  path: '/home/ada/Vaults/Research.luks',
  state: 'mounted',
  mountPoint: '/run/user/1000/lockline/Research',
  containerBytes: 64 * GIB,
  usage: { totalBytes: 63.9 * GIB, freeBytes: 21.4 * GIB },
  filesystem: 'fat32',
  backend: 'fuse',
  engine: { read: 'auto', write: 'auto', provider: 'native', threads: 1, notes: [] },
  traffic: { readBytes: 3.2 * GIB, writtenBytes: 812 * MIB, sinceMs: 0 },
  lastUsedMs: Date.now(),
});

/** A vault at work: 128 KiB reads at 410 MiB/s, 4 KiB writes. */
function statisticsAtWork(atMs: number): VolumeStatistics {
  const ms = atMs - STARTED_MS;
  return fakeStatistics({
    atMs,
    inFlight: 1,
    waiting: 3,
    workerBusyMs: [ms * 0.41],
    cpuMs: ms * 1.12,
    read: {
      requests: 3.28 * ms,
      requestBytes: 128 * KIB,
      stagesUs: {
        transport: 38,
        filesystem: 9,
        cache: 14,
        'hand-over': 11,
        crypto: 92,
        storage: 61,
      },
    },
    write: {
      requests: 0.812 * ms,
      requestBytes: 4 * KIB,
      stagesUs: { transport: 22, filesystem: 12, cache: 9, crypto: 1.4 },
    },
  });
}

const STARTED_MS = Date.now() - 60_000;

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

/** Between two looks of main, as they are in real life. */
const SAMPLE_MS = 500;

async function openPerformance(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Performance of Research.luks' }).click();
  await page.getByRole('tabpanel', { name: 'Performance' }).waitFor();
}

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
  'create-mismatch': async (page, fake) => {
    await openCreate(page, fake);
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
    await page.getByLabel('Repeat passphrase', { exact: true }).fill('correct horse');
    await page.getByRole('button', { name: 'Create vault' }).click();
    await page.getByText('The two passphrases differ').waitFor();
  },
  'create-advanced': async (page, fake) => {
    await openCreate(page, fake);
    await page.getByRole('button', { name: 'Advanced' }).click();
    await page.getByText('Unlocking takes about').waitFor();
    await page.getByRole('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
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
    await page.getByRole('alert').waitFor();
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
  performance: async (page, fake) => {
    const lookNow = () =>
      fake.arrange({ vaults: [{ ...MOUNTED, statistics: statisticsAtWork(Date.now()) }] });
    lookNow();
    await openPerformance(page);
    // A machine that is busy may be late for one look, and then the rate is already falling.
    while (!(await page.getByText('410 MiB/s').isVisible())) {
      await page.waitForTimeout(SAMPLE_MS);
      lookNow();
    }
  },
  'performance-idle': async (page, fake) => {
    const statistics = fakeStatistics({ atMs: Date.now() });
    fake.arrange({ vaults: [{ ...MOUNTED, statistics }] });
    await openPerformance(page);
    await page.getByText('No requests yet').waitFor();
  },
  'performance-notes': async (page, fake) => {
    const engine = {
      read: 'threaded',
      write: 'threaded',
      provider: 'ecb-wasm',
      threads: 1,
      notes: ['Provider native is missing on this machine: ecb-wasm is used in its place'],
    } as const;
    const engineEvents = {
      helpersDied: 1,
      helpersReplaced: 1,
      helpersStuck: 0,
      helpersRefused: 0,
      fragmentsRedone: 2,
    };
    const preference = {
      read: 'threaded',
      write: 'threaded',
      provider: 'native',
      threads: 2,
    } as const;
    const statistics = statisticsAtWork(Date.now());
    fake.arrange({ vaults: [{ ...MOUNTED, engine, engineEvents, preference, statistics }] });
    await openPerformance(page);
    await page.getByRole('button', { name: 'What the choices mean' }).click();
  },
  'performance-locked': openFromMenu('Performance'),
  'vault-settings': async (page, fake) => {
    await openFromMenu('Details')(page, fake);
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('switch', { name: 'Its own rules' }).click();
    await page.getByLabel('When not used for').waitFor();
  },
  jobs: async (page, fake) => {
    const endedMs = Date.now() - 60_000;
    fake.arrange({
      jobs: [
        fakeJob({ id: 'j0', state: 'done', endedMs, isDismissed: true }),
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
  settings: async (page) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
  },
};
