import type { Browser } from 'playwright-core';
import { type BrowserHost, startBrowserHost } from '../../main/app/browser/browser-host.ts';
import { EventLog } from '../../main/services/event-log.ts';
import { RENDERER_FOLDER } from '../../resources/build/build-renderer.ts';
import { createFakeHost } from './fake-host.ts';
import { createFakeServices, type FakeServices } from './fake-services.ts';
import { type OpenWindow, openWindow } from './launch-chromium.ts';

/** Sizes of window that the interface is made for. */
export const WINDOW_SIZES = {
  small: { width: 1024, height: 700 },
  large: { width: 1600, height: 1000 },
  narrow: { width: 480, height: 800 },
} as const;

export type WindowLook = Readonly<{
  size: keyof typeof WINDOW_SIZES;
  colorScheme: 'light' | 'dark';
}>;

/** A window over services that keep their state in memory. */
export type FakeWindow = OpenWindow &
  Readonly<{ fake: FakeServices; host: BrowserHost }> &
  AsyncDisposable;

/** For a click on a machine that is busy with other tests: a minute of snapshots is much to draw. */
const PATIENCE_MS = 120_000;

/** Opens a window on fake services; the renderer must be built. */
export async function openFakeWindow(browser: Browser, look: WindowLook): Promise<FakeWindow> {
  const fake = createFakeServices();
  const host = await startBrowserHost({
    services: fake.services,
    host: createFakeHost(),
    rendererFolder: RENDERER_FOLDER,
    log: () => {},
    eventLog: new EventLog(),
  });
  const viewport = WINDOW_SIZES[look.size];
  const window = await openWindow(browser, host.url, { viewport, colorScheme: look.colorScheme });
  window.page.setDefaultTimeout(PATIENCE_MS);
  return {
    ...window,
    fake,
    host,
    async [Symbol.asyncDispose]() {
      await window.page.context().close();
      await host.close();
    },
  };
}
