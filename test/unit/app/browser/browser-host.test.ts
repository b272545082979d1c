import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BrowserHost, startBrowserHost } from '../../../../main/app/browser/browser-host.ts';
import { EventLog } from '../../../../main/services/event-log.ts';
import { createFakeHost } from '../../../support/fake-host.ts';
import { createFakeServices } from '../../../support/fake-services.ts';
import { parsePolicy } from '../../../support/parse-policy.ts';
import { type RawAnswer, sendRaw } from '../../../support/raw-http.ts';

let folder: string;
let host: BrowserHost;
let port: number;
let token: string;
let logged: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lockline-host-'));
  mkdirSync(join(folder, 'renderer/assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer/index.html'), '<meta nonce="__STYLE_NONCE__">page');
  writeFileSync(join(folder, 'renderer/assets/main.js'), 'script');
  writeFileSync(join(folder, 'renderer/assets/notes.txt'), 'no type of ours');
  writeFileSync(join(folder, 'outside.js'), 'outside');
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(async () => {
  logged = [];
  host = await startBrowserHost({
    services: createFakeServices().services,
    host: createFakeHost(),
    rendererFolder: join(folder, 'renderer'),
    log: (event, { reason }) => logged.push(`${event} ${reason}`),
    eventLog: new EventLog(),
  });
  const url = new URL(host.url);
  port = Number(url.port);
  token = url.searchParams.get('token') ?? '';
});
afterEach(() => host.close());

type Extra = Readonly<{ hostHeader?: string; method?: string; lines?: readonly string[] }>;

const get = (path: string, { hostHeader, method = 'GET', lines = [] }: Extra = {}) =>
  sendRaw(port, [
    `${method} ${path} HTTP/1.1`,
    `Host: ${hostHeader ?? `127.0.0.1:${port}`}`,
    'Connection: close',
    ...lines,
  ]);

/** Exchanges the token as a browser does. */
async function openSession(): Promise<{ root: string; cookie: string; answer: RawAnswer }> {
  const answer = await get(`/open?token=${token}`);
  const root = /url=(\S+)/.exec(answer.headers['refresh'] ?? '')?.[1] ?? '';
  const cookie = `Cookie: ${(answer.headers['set-cookie'] ?? '').split(';')[0]}`;
  return { root, cookie, answer };
}

const upgrade = (path: string, lines: readonly string[], origin = `http://127.0.0.1:${port}`) =>
  sendRaw(port, [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...(origin === '' ? [] : [`Origin: ${origin}`]),
    ...lines,
  ]);

describe('the one-time token', () => {
  it('buys a strict cookie for a path that nobody can guess, and then the page', async () => {
    const { root, cookie, answer } = await openSession();
    expect(answer.status).toBe(200);
    expect(root).toMatch(/^\/[\w-]{43}\/$/);
    expect(answer.headers['set-cookie']).toMatch(
      /; Path=\/[\w-]{43}\/; HttpOnly; SameSite=Strict$/,
    );
    const page = await get(root, { lines: [cookie] });
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('page') });
  });

  it('is dead after its first use', async () => {
    await openSession();
    expect((await get(`/open?token=${token}`)).status).toBe(401);
    expect(logged).toEqual(['http-refused token']);
  });

  it.each(['', 'x', 'x'.repeat(43), '%00', '%FF'])('is not %j', async (guess) => {
    const answer = await get(`/open?token=${guess}`);
    expect(answer.status).toBe(401);
    expect(answer.headers).not.toHaveProperty('set-cookie');
    expect((await openSession()).answer.status).toBe(200);
  });

  it('works from a link in another program, where the browser says cross-site', async () => {
    const lines = ['Sec-Fetch-Site: cross-site'];
    expect((await get(`/open?token=${token}`, { lines })).status).toBe(200);
  });

  it('is in no answer but its own', async () => {
    const { root, cookie } = await openSession();
    expect(JSON.stringify(await get(root, { lines: [cookie] }))).not.toContain(token);
  });
});

describe('every request', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.0.0.1.evil.example',
    'localhost',
    '[::1]',
    '',
  ])('is refused for the host %j', async (hostHeader) => {
    const { root, cookie } = await openSession();
    for (const path of [root, `/open?token=${token}`]) {
      const answer = await get(path, { hostHeader, lines: [cookie] });
      expect([400, 421]).toContain(answer.status);
    }
  });

  it('may name localhost with our port', async () => {
    const { root, cookie } = await openSession();
    const answer = await get(root, { hostHeader: `localhost:${port}`, lines: [cookie] });
    expect(answer.status).toBe(200);
    const policy = parsePolicy(answer.headers['content-security-policy'] ?? '');
    expect(policy['connect-src']).toEqual([`ws://localhost:${port}`]);
  });

  it('needs the session, whatever it asks for', async () => {
    const { root } = await openSession();
    for (const lines of [[], ['Cookie: lockline-session='], ['Cookie: lockline-session=x; a=b']]) {
      expect((await get(root, { lines })).status).toBe(401);
      expect((await get(`${root}assets/main.js`, { lines })).status).toBe(401);
    }
  });

  it.each(['cross-site', 'same-site', 'nonsense'])('is refused from a %s page', async (site) => {
    const { root, cookie } = await openSession();
    expect((await get(root, { lines: [cookie, `Sec-Fetch-Site: ${site}`] })).status).toBe(403);
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'])(
    'is refused as %s',
    async (method) => {
      const { root, cookie } = await openSession();
      expect((await get(root, { method, lines: [cookie] })).status).toBe(405);
    },
  );

  it.each([
    '../outside.js',
    '%2e%2e/outside.js',
    '..%2foutside.js',
    'assets/../../outside.js',
    'assets/..\\..\\outside.js',
    '//outside.js',
    'index.html',
    'assets/notes.txt',
    'assets',
    'assets/main.js/',
    'assets/main.js%00',
    'assets/MAIN.JS',
  ])('finds nothing at %s', async (name) => {
    const { root, cookie } = await openSession();
    const answer = await get(`${root}${name}`, { lines: [cookie] });
    expect(answer.status).toBe(404);
    expect(answer.body).toBe('Not found');
  });

  it('serves the files of the list', async () => {
    const { root, cookie } = await openSession();
    const answer = await get(`${root}assets/main.js`, { lines: [cookie] });
    expect(answer).toMatchObject({ status: 200, body: 'script' });
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('is answered with the hardening headers, refusals included', async () => {
    const { root, cookie } = await openSession();
    const answers = [
      await get(root, { lines: [cookie] }),
      await get(root),
      await get('/favicon.ico'),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
      const policy = parsePolicy(headers['content-security-policy'] ?? '');
      expect(policy['default-src']).toEqual(["'none'"]);
      expect(policy['frame-ancestors']).toEqual(["'none'"]);
    }
  });

  it('gets a page with a fresh nonce, in the policy and in the page', async () => {
    const { root, cookie } = await openSession();
    const nonces = [];
    for (let n = 0; n < 2; n += 1) {
      const { headers, body } = await get(root, { lines: [cookie] });
      const nonce = /'nonce-([\w-]{24})'/.exec(headers['content-security-policy'] ?? '')?.[1];
      expect(body).toContain(`nonce="${nonce}"`);
      nonces.push(nonce);
    }
    expect(new Set(nonces).size).toBe(2);
  });

  it('cannot have a head without end', async () => {
    const answer = await get('/', { lines: [`X-Long: ${'x'.repeat(20_000)}`] });
    expect(answer.status).toBe(431);
  });

  it('comes over loopback only', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    for (const address of [outside?.address, '127.0.0.2'].filter((a) => a !== undefined)) {
      const failure = await new Promise<string>((resolve) => {
        const socket = connect(port, address);
        socket.once('connect', () => resolve('connected'));
        socket.once('error', ({ message }) => resolve(message));
        socket.once('close', () => socket.destroy());
      });
      expect(failure).toContain('ECONNREFUSED');
    }
  });
});

describe('the WebSocket', () => {
  it('opens for our own page in our own session', async () => {
    const { root, cookie } = await openSession();
    expect((await upgrade(`${root}ipc`, [cookie])).status).toBe(101);
  });

  it.each([
    'http://evil.example',
    'https://127.0.0.1',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'null',
    '',
  ])('is refused for the origin %j', async (origin) => {
    const { root, cookie } = await openSession();
    expect((await upgrade(`${root}ipc`, [cookie], origin)).status).toBe(403);
  });

  it('is refused for localhost to a page of 127.0.0.1', async () => {
    const { root, cookie } = await openSession();
    const origin = `http://localhost:${port}`;
    expect((await upgrade(`${root}ipc`, [cookie], origin)).status).toBe(403);
  });

  it('is refused without the session, at another path, and cross-site', async () => {
    const { root, cookie } = await openSession();
    expect((await upgrade(`${root}ipc`, [])).status).toBe(401);
    expect((await upgrade('/ipc', [cookie])).status).toBe(404);
    const crossSite = [cookie, 'Sec-Fetch-Site: cross-site'];
    expect((await upgrade(`${root}ipc`, crossSite)).status).toBe(403);
  });
});

describe('a caller that is refused a WebSocket', () => {
  const request = () =>
    [
      'GET /nowhere HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      '',
      '',
    ].join('\r\n');

  it('cannot end the app by hanging up before the answer', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const socket = connect(port, '127.0.0.1');
      await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
      socket.write(request());
      socket.resetAndDestroy();
    }
    // Of another answer it would be the same server: an error without a listener ends the process.
    expect((await get('/')).status).toBe(404);
  });

  it('cannot keep its connection', async () => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.resume();
    socket.write(request());
    const isClosed = await new Promise<boolean>((resolve) => {
      const giveUp = setTimeout(() => resolve(false), 2000);
      socket.once('end', () => {
        // What comes after the server has closed is answered with a reset.
        const writing = setInterval(() => socket.write('x'), 20);
        socket.once('error', () => {
          clearInterval(writing);
          clearTimeout(giveUp);
          resolve(true);
        });
      });
    });
    expect(isClosed).toBe(true);
    socket.destroy();
  });
});
