import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeJob, fakeVault } from '../support/fake-services.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { type FakeWindow, openFakeWindow } from '../support/open-fake-window.ts';
import { requireTool } from '../support/require-tool.ts';

describe.skipIf(!requireTool('chromium', 'chromium'))('reduced motion', () => {
  let browser: Browser;
  let window: FakeWindow;
  beforeAll(async () => {
    browser = await launchChromium();
    window = await openFakeWindow(browser, { size: 'small', colorScheme: 'light' });
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    await browser?.close();
  });

  /** Elements that move by themselves, and those that would go over slowly from one look to another. */
  const findMotion = () =>
    window.page.locator('body').evaluate((body) => {
      const seconds = (text: string) => Math.max(...text.split(',').map(Number.parseFloat));
      const view = body.ownerDocument.defaultView;
      const looks = [...body.querySelectorAll('*')].flatMap((element) =>
        ['', '::before', '::after'].map((part) => view?.getComputedStyle(element, part)),
      );
      return {
        moving: body.ownerDocument.getAnimations().length,
        slow: looks.filter((look) => look && seconds(look.transitionDuration) > 0).length,
      };
    });

  it('keeps everything still for whoever wants that, and only then', async () => {
    const { page, fake } = window;
    fake.arrange({
      vaults: [fakeVault({ state: 'unlocking' }), fakeVault({ id: 'v2', name: 'Second.luks' })],
      jobs: [fakeJob({ kind: 'unlock', phase: 'deriving', fraction: null })],
    });
    await page.getByText('Deriving the key').waitFor();
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    // The busy badge and the bar of unknown length move: the test would see it.
    await expect.poll(async () => (await findMotion()).moving).toBeGreaterThan(1);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await expect.poll(findMotion).toEqual({ moving: 0, slow: 0 });

    await page.getByRole('button', { name: 'Unlock Second.luks' }).click();
    await page.getByRole('button', { name: 'Mount options' }).click();
    await page.getByLabel('Mount with').waitFor();
    await expect.poll(findMotion).toEqual({ moving: 0, slow: 0 });
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'More actions for Second.luks' }).click();
    await page.getByRole('menuitem', { name: 'Performance' }).click();
    await page.getByRole('heading', { name: 'Second.luks' }).waitFor();
    await expect.poll(findMotion).toEqual({ moving: 0, slow: 0 });
    expect(window.complaints).toEqual([]);
  }, 120_000);
});
