import { describe, expect, it } from 'vitest';
import { createAppProtocol } from '../../../../main/app/electron/app-protocol.ts';
import { parsePolicy } from '../../../support/parse-policy.ts';

const respond = createAppProtocol({
  find: (path) =>
    path === 'assets/main.js'
      ? { bytes: Buffer.from('script'), contentType: 'text/javascript' }
      : undefined,
  page: () => ({ html: '<p>page</p>', styleNonce: 'n1' }),
});

const ask = (url: string, method = 'GET') => respond(new Request(url, { method }));

describe('the app protocol', () => {
  it('serves the page under a policy that connects nowhere', async () => {
    const response = ask('app://lockline/');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<p>page</p>');
    const policy = parsePolicy(response.headers.get('content-security-policy') ?? '');
    expect(policy).toMatchObject({
      'default-src': ["'none'"],
      'connect-src': ["'none'"],
      'style-src': ["'self'", "'nonce-n1'"],
    });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('serves the files of the list', async () => {
    const response = ask('app://lockline/assets/main.js?v=1');
    expect(response.headers.get('content-type')).toBe('text/javascript');
    expect(await response.text()).toBe('script');
  });

  it.each([
    'app://lockline/../etc/passwd',
    'app://lockline/%2e%2e/etc/passwd',
    'app://lockline/assets',
    'app://lockline/index.html',
  ])('has nothing at %s', (url) => {
    expect(ask(url).status).toBe(404);
  });

  it.each(['app://evil/', 'app://lockline:1/', 'https://lockline/', 'app:lockline'])(
    'refuses %s',
    (url) => {
      expect(ask(url).status).toBe(403);
    },
  );

  it('refuses another method', () => {
    expect(ask('app://lockline/', 'POST').status).toBe(403);
  });
});
