/**
 * Takes pictures of every screen into `artifacts/screenshots`: light and dark, small and large, and
 * narrow. With names only the scenes whose names begin so; with `--readme` the
 * picture of the README.
 */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { buildRenderer } from '../../resources/build/build-renderer.ts';
import { launchChromium } from '../support/launch-chromium.ts';
import { openFakeWindow, type WindowLook } from '../support/open-fake-window.ts';
import { LANGUAGE_SCENES } from './language-scenes.ts';
import { SCENES } from './scenes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = join(ROOT, 'artifacts/screenshots');
const README_PICTURE = join(ROOT, 'docs/screenshot.png');
/** Longer than any transition, and than the pause after which an estimate is asked for. */
const SETTLE_MS = 700;

const ALL_SCENES = { ...SCENES, ...LANGUAGE_SCENES };

const LOOKS: readonly WindowLook[] = [
  { size: 'small', colorScheme: 'light' },
  { size: 'small', colorScheme: 'dark' },
  { size: 'narrow', colorScheme: 'light' },
  { size: 'large', colorScheme: 'light' },
  { size: 'large', colorScheme: 'dark' },
];

async function take(browser: Browser, scene: string, look: WindowLook, path: string) {
  await using window = await openFakeWindow(browser, look);
  await ALL_SCENES[scene]?.(window.page, window.fake);
  await window.page.waitForTimeout(SETTLE_MS);
  mkdirSync(dirname(path), { recursive: true });
  await window.page.screenshot({ path });
}

await buildRenderer();
await using browser = await launchChromium();
if (process.argv.includes('--readme')) {
  await take(browser, 'list', { size: 'small', colorScheme: 'light' }, README_PICTURE);
} else {
  const wanted = process.argv.slice(2);
  const isWanted = (scene: string) =>
    wanted.length === 0 || wanted.some((name) => scene.startsWith(name));
  for (const scene of Object.keys(ALL_SCENES).filter(isWanted)) {
    for (const look of LOOKS) {
      const name = `${scene}-${look.colorScheme}-${look.size}.png`;
      await take(browser, scene, look, join(FOLDER, name));
    }
  }
}
