/**
 * Takes pictures of every screen in light and dark into `artifacts/screenshots`; with `--readme`
 * also the one of the README.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { startBrowserHost } from '../../main/app/browser/browser-host.ts';
import { buildRenderer, RENDERER_FOLDER } from '../../resources/build/build-renderer.ts';
import { createFakeServices, type FakeServices } from '../support/fake-services.ts';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';
import { SCENES } from './scenes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = join(ROOT, 'artifacts/screenshots');
const README_PICTURE = join(ROOT, 'docs/screenshot.png');

const SIZES = {
  small: { width: 1024, height: 700 },
  large: { width: 1600, height: 1000 },
  narrow: { width: 480, height: 800 },
} as const;

type Shot = Readonly<{ scene: string; size: keyof typeof SIZES; colorScheme: 'light' | 'dark' }>;

/** Opens a scene in a window of its own; the caller closes its context. */
export async function openScene(browser: Browser, { scene, size, colorScheme }: Shot) {
  const fake: FakeServices = createFakeServices();
  const host = await startBrowserHost({
    services: fake.services,
    host: {
      capabilities: {
        kind: 'browser',
        hasNativeDialogs: false,
        canOpenFolders: true,
        suggestedFolder: '/home/ada',
      },
      choosePath: async () => null,
      openFolder: async () => {},
    },
    rendererFolder: RENDERER_FOLDER,
    log: () => {},
  });
  const window = await openWindow(browser, host.url, { viewport: SIZES[size], colorScheme });
  await SCENES[scene]?.(window.page, fake);
  return { ...window, host };
}

async function take(browser: Browser, shot: Shot, path: string): Promise<void> {
  const { page, host } = await openScene(browser, shot);
  mkdirSync(dirname(path), { recursive: true });
  await settle(page);
  await page.screenshot({ path });
  await page.context().close();
  await host.close();
}

/** Waits for transitions and for estimates that are asked for after a pause. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(700);
}

async function takeAll(): Promise<void> {
  await buildRenderer();
  await using browser = await launchChromium();
  for (const scene of Object.keys(SCENES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const size of ['small', 'narrow'] as const) {
        const path = join(FOLDER, `${scene}-${colorScheme}-${size}.png`);
        await take(browser, { scene, size, colorScheme }, path);
      }
    }
  }
  await take(
    browser,
    { scene: 'list', size: 'large', colorScheme: 'light' },
    join(FOLDER, 'list-light-large.png'),
  );
  if (process.argv.includes('--readme')) {
    await take(browser, { scene: 'list', size: 'small', colorScheme: 'light' }, README_PICTURE);
  }
}

if (import.meta.main) await takeAll();
