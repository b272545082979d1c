/**
 * Measures a window over a thousand known vaults: main's snapshot, the first paint in Chromium, and
 * what scrolling through all of them costs. The vaults are rows in a database; their files are not
 * there, which is the dear case for looking at them.
 */

import { startBrowserHost } from '../../main/app/browser/browser-host.ts';
import { createServices } from '../../main/services/create-services.ts';
import { EventLog } from '../../main/services/event-log.ts';
import { openDatabase } from '../../main/store/database.ts';
import { VaultRepository } from '../../main/store/vault-repository.ts';
import { buildRenderer, RENDERER_FOLDER } from '../../resources/build/build-renderer.ts';
import { createFakeHost } from '../support/fake-host.ts';
import { launchChromium, openWindow } from '../support/launch-chromium.ts';

const VAULTS = 1000;

await buildRenderer();
const database = openDatabase(':memory:');
const vaults = new VaultRepository(database);
const header = { uuid: 'c2f0c5a2-7c1e-4c0b-9a52-2f6f0a6e9f10', label: '' };
for (let n = 0; n < VAULTS; n += 1) vaults.remember(`/srv/archive/Vault ${n}.luks`, header);
await using services = await createServices(database);
for (let n = 0; n < 5; n += 1) services.snapshot();
const startedMs = performance.now();
for (let n = 0; n < 20; n += 1) services.snapshot();
console.log(`snapshot of ${VAULTS}: ${((performance.now() - startedMs) / 20).toFixed(1)} ms`);

const host = await startBrowserHost({
  services,
  host: createFakeHost(),
  rendererFolder: RENDERER_FOLDER,
  log: () => {},
  eventLog: new EventLog(),
});
await using browser = await launchChromium();
const { page } = await openWindow(browser, host.url);
await page.getByRole('list', { name: 'Known vaults' }).waitFor();
const paintMs = await page.evaluate<number>(
  "performance.getEntriesByName('first-contentful-paint')[0].startTime",
);
const rows = await page.locator('[data-vault-id]').count();
console.log(`first contentful paint: ${paintMs.toFixed(0)} ms, ${rows} rows rendered`);
const frames = await page.evaluate<readonly number[]>(`new Promise((resolve) => {
  const main = document.querySelector('main');
  const times = [];
  let last = performance.now();
  const step = (now) => {
    times.push(now - last);
    last = now;
    main.scrollTop += 400;
    if (main.scrollTop + main.clientHeight >= main.scrollHeight - 10) resolve(times);
    else requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})`);
const sorted = frames.toSorted((a, b) => a - b);
const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
console.log(
  `scrolling: ${frames.length} frames, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, worst ${at(1)} ms`,
);
await host.close();
