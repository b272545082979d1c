import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRenderer } from '../../resources/build/build-renderer.ts';
import { DEFAULT_SETTINGS, LANGUAGES } from '../../shared/model/settings.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { openFakeWindow, WINDOW_SIZES } from '../support/open-fake-window.ts';
import { requireTool } from '../support/require-tool.ts';
import { SCENES } from './scenes.ts';

const hasChromium = requireTool('chromium', 'chromium');

/** Every rule of WCAG 2.2 A and AA that axe has, and its own best practices. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

describe.skipIf(!hasChromium)('accessibility', () => {
  let browser: Browser;
  beforeAll(async () => {
    await buildRenderer();
    browser = await launchChromium();
  }, 120_000);
  afterAll(() => browser?.close());

  it.each(Object.keys(SCENES))('axe finds no fault in %s, light and dark', async (scene) => {
    await using window = await openFakeWindow(browser, { size: 'small', colorScheme: 'light' });
    await SCENES[scene]?.(window.page, window.fake);
    for (const colorScheme of ['light', 'dark'] as const) {
      await window.page.emulateMedia({ colorScheme });
      const { violations } = await new AxeBuilder({ page: window.page }).withTags(RULES).analyze();
      const found = violations.map(
        ({ id, nodes }) => `${colorScheme} ${id}: ${nodes.map((n) => n.html).join(' ')}`,
      );
      expect(found).toEqual([]);
    }
    expect(window.complaints).toEqual([]);
  });

  it.each([
    ['narrow', 'long-names'],
    ['narrow', 'create-advanced'],
    ['narrow', 'settings'],
    ['narrow', 'licences'],
    ['narrow', 'vault-settings'],
    ['narrow', 'backend'],
    ['narrow', 'jobs'],
    ['narrow', 'many-vaults'],
    ['narrow', 'performance'],
    ['narrow', 'performance-notes'],
    ['narrow', 'performance-effect'],
    ['narrow', 'performance-tables'],
    ['narrow', 'benchmark-engines'],
    ['narrow', 'benchmark-storage'],
    ['narrow', 'benchmark-history'],
    ['narrow', 'benchmark-defaults'],
    ['narrow', 'performance-memory'],
    ['small', 'long-names'],
  ] as const)('nothing is cut off sideways in a %s window of %s', async (size, scene) => {
    await using window = await openFakeWindow(browser, { size, colorScheme: 'light' });
    await SCENES[scene]?.(window.page, window.fake);
    const overflow = await window.page
      .getByRole('main')
      .evaluate((main) => main.scrollWidth - main.clientWidth);
    expect(overflow).toBe(0);
  });

  it.each([...LANGUAGES])('no choice is cut off in %s, from 100 to 200 %%', async (language) => {
    await using window = await openFakeWindow(browser, { size: 'small', colorScheme: 'dark' });
    const { page, fake } = window;
    for (const scene of ['performance-locked', 'benchmark-storage-none'] as const) {
      fake.arrange({ settings: { ...DEFAULT_SETTINGS, language: 'en' } });
      await page.keyboard.press('Alt+v');
      await SCENES[scene]?.(page, fake);
      fake.arrange({ settings: { ...DEFAULT_SETTINGS, language } });
      await expect.poll(() => page.locator('html').getAttribute('lang')).toBe(language);
      const tabs = page.getByRole('tab');
      await tabs.nth(3).click();
      for (const zoom of [1, 1.25, 1.5, 2]) {
        const { width, height } = WINDOW_SIZES.small;
        await page.setViewportSize({
          width: Math.round(width / zoom),
          height: Math.round(height / zoom),
        });
        expect({ scene, zoom, cut: await page.evaluate<string[]>(FIND_CUT_OFF_CHOICES) }).toEqual({
          scene,
          zoom,
          cut: [],
        });
        const overflow = await page
          .getByRole('main')
          .evaluate((main) => main.scrollWidth - main.clientWidth);
        expect({ scene, zoom, overflow }).toEqual({ scene, zoom, overflow: 0 });
      }
      await page.setViewportSize(WINDOW_SIZES.small);
    }
  });

  it('one click selects the whole of a mount point that is shown in part', async () => {
    await using window = await openFakeWindow(browser, { size: 'small', colorScheme: 'light' });
    await SCENES['long-names']?.(window.page, window.fake);
    const place = window.page.locator('code').first();
    const path = (await place.textContent()) ?? '';
    await expect.poll(() => place.getAttribute('title')).toBe(path);
    expect(await place.evaluate((node) => node.scrollHeight > node.clientHeight)).toBe(true);
    await place.click();
    expect(await window.page.evaluate<string>('String(getSelection())')).toBe(path);
  });
});

/** Evaluated in the page: words of every choice that is shown in part. */
const FIND_CUT_OFF_CHOICES = `[...document.querySelectorAll('select')]
  .filter((select) => select.checkVisibility())
  .flatMap((select) => {
    const style = getComputedStyle(select);
    const context = document.createElement('canvas').getContext('2d');
    context.font = style.font;
    const words = select.selectedOptions[0]?.text ?? '';
    const padding = parseFloat(style.paddingInlineStart) + parseFloat(style.paddingInlineEnd);
    return context.measureText(words).width > select.clientWidth - padding ? [words] : [];
  })`;
