import { DEFAULT_SETTINGS, type Language } from '../../shared/model/settings.ts';
import { type FakeServices, fakeVault } from '../support/fake-services.ts';
import { makeVault } from './care-scenes.ts';
import { MOUNTED } from './performance-scenes.ts';
import type { Scene } from './scene.ts';

const speak = (fake: FakeServices, language: Language) =>
  fake.arrange({ settings: { ...DEFAULT_SETTINGS, language } });

/** Which tab of a vault's page, whatever it is called. */
const TABS = { overview: 0, keys: 1, maintenance: 2, performance: 3, backend: 4, settings: 5 };

const openTab =
  (language: Language, tab: keyof typeof TABS, vault = MOUNTED): Scene =>
  async (page, fake) => {
    fake.arrange({ vaults: [vault] });
    speak(fake, language);
    await page.locator(`html[lang=${language}]`).waitFor();
    await page.getByRole('button', { name: vault.name, exact: true }).click();
    await page.getByRole('tab').nth(TABS[tab]).click();
    await page.getByRole('tabpanel').waitFor();
  };

/** Screens in languages whose words are long: for the eye alone, the rest is the same in English. */
export const LANGUAGE_SCENES: Readonly<Record<string, Scene>> = {
  'new-vault-french': async (page, fake) => {
    await makeVault(page, fake);
    speak(fake, 'fr');
    await page.locator('html[lang=fr]').waitFor();
  },
  'maintenance-german': async (page, fake) => {
    await openTab('de', 'maintenance', fakeVault())(page, fake);
    await page.getByRole('button', { name: 'Jetzt prüfen' }).click();
    await page.getByRole('button', { name: 'Technische Einzelheiten' }).waitFor();
  },
  'keys-german': openTab('de', 'keys', fakeVault()),
  'keys-french': openTab('fr', 'keys', fakeVault()),
  'backend-french': openTab('fr', 'backend', fakeVault()),
  'overview-german': openTab('de', 'overview'),
  'settings-of-vault-french': async (page, fake) => {
    await openTab('fr', 'settings', fakeVault())(page, fake);
    await page.getByRole('switch').last().click();
  },
  'list-french': async (page, fake) => {
    fake.arrange({ vaults: [MOUNTED, fakeVault()] });
    speak(fake, 'fr');
    await page.locator('html[lang=fr]').waitFor();
  },
};
