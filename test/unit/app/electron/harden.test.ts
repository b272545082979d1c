import type { Session, WebContents } from 'electron/main';
import { describe, expect, it, vi } from 'vitest';
import { hardenContents } from '../../../../main/app/electron/harden-contents.ts';
import { hardenSession } from '../../../../main/app/electron/harden-session.ts';

/** Records what is set on an Electron object. */
function recorder() {
  const events = new Map<string, (...values: unknown[]) => void>();
  const setters = new Map<string, (...values: unknown[]) => unknown>();
  const on = (name: string, listener: () => void) => events.set(name, listener);
  const set = (name: string) => (handler: () => void) => setters.set(name, handler);
  return { events, setters, on, set };
}

describe('its contents', () => {
  const { events, setters, on, set } = recorder();
  // Only what the glue touches.
  hardenContents({ on, setWindowOpenHandler: set('open') } as unknown as WebContents);

  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview'])(
    'prevent %s',
    (name) => {
      const preventDefault = vi.fn();
      events.get(name)?.({ preventDefault, url: 'app://lockline/' });
      expect(preventDefault).toHaveBeenCalledOnce();
    },
  );

  it('open no window', () => {
    expect(setters.get('open')?.({ url: 'https://example.org' })).toEqual({ action: 'deny' });
  });
});

describe('its session', () => {
  const { events, setters, on, set } = recorder();
  const session = {
    on,
    setPermissionRequestHandler: set('request'),
    setPermissionCheckHandler: set('check'),
    setDevicePermissionHandler: set('device'),
    webRequest: { onBeforeRequest: set('before') },
  };
  hardenSession(session as unknown as Session); // only what the glue touches

  it('grants no permission', () => {
    const answer = vi.fn();
    setters.get('request')?.({}, 'clipboard-read', answer);
    expect(answer).toHaveBeenCalledWith(false);
    expect(setters.get('check')?.()).toBe(false);
    expect(setters.get('device')?.()).toBe(false);
  });

  it.each([
    ['app://lockline/', false],
    ['app://lockline/assets/main.js', false],
    ['https://example.org/', true],
    ['http://127.0.0.1/', true],
    ['file:///etc/passwd', true],
    ['ws://127.0.0.1/', true],
    ['data:text/html,x', true],
    ['application://x', true],
    ['', true],
  ])('asked for %s: cancelled %s', (url, cancel) => {
    const answer = vi.fn();
    setters.get('before')?.({ url }, answer);
    expect(answer).toHaveBeenCalledWith({ cancel });
  });

  it.each([
    ['blob:app://lockline/0f3c', false],
    ['blob:https://example.org/0f3c', true],
    ['https://example.org/file', true],
    ['app://lockline/assets/main.js', true],
    ['data:text/plain,x', true],
  ])('downloads what its own page made and nothing else: %s', (url, isPrevented) => {
    const preventDefault = vi.fn();
    events.get('will-download')?.({ preventDefault }, { getURL: () => url });
    expect(preventDefault).toHaveBeenCalledTimes(isPrevented ? 1 : 0);
  });
});
