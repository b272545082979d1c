import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type BrowserHost, startBrowserHost } from '../../../../main/app/browser/browser-host.ts';
import { EventLog } from '../../../../main/services/event-log.ts';
import { createFrameCodec } from '../../../../shared/ipc/frame.ts';
import { createFakeHost } from '../../../support/fake-host.ts';
import { createFakeServices, type FakeServices } from '../../../support/fake-services.ts';

const codec = createFrameCodec({
  encode: (text) => new TextEncoder().encode(text),
  decode: (bytes) => new TextDecoder().decode(bytes),
});

let folder: string;
let fake: FakeServices;
let host: BrowserHost;
let connect: () => Promise<WebSocket>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lockline-socket-'));
  writeFileSync(join(folder, 'index.html'), 'page');
  fake = createFakeServices();
  host = await startBrowserHost({
    services: fake.services,
    host: createFakeHost(),
    rendererFolder: folder,
    log: () => {},
    eventLog: new EventLog(),
  });
  const { origin } = new URL(host.url);
  const answer = await fetch(host.url);
  const root = /url=(\S+)/.exec(answer.headers.get('refresh') ?? '')?.[1] ?? '';
  const headers = { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' };
  connect = async () => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}${root}ipc`, { origin, headers });
    await once(socket, 'open');
    return socket;
  };
});
afterEach(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

/** Waits for the next message that is not a snapshot, or for the close code. */
async function nextReply(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve) => {
    socket.on('close', (code) => resolve({ closed: code }));
    socket.on('message', (data: Buffer) => {
      const message = codec.decode(data);
      if (typeof message === 'object' && message !== null && 'id' in message) resolve(message);
    });
  });
}

async function ask(message: unknown): Promise<unknown> {
  const socket = await connect();
  const reply = nextReply(socket);
  socket.send(codec.encode(message));
  return reply;
}

describe('a session on the WebSocket', () => {
  it('begins with a snapshot and gets each new one', async () => {
    const socket = await connect();
    const revisions: unknown[] = [];
    socket.on('message', (data: Buffer) => revisions.push(codec.decode(data)));
    fake.arrange({ version: '9.9.9' });
    await expect
      .poll(() => revisions.at(-1))
      .toMatchObject({ event: 'snapshot', payload: { version: '9.9.9' } });
  });

  it('answers each request under its id', async () => {
    expect(await ask({ id: 7, channel: 'host.capabilities', input: {} })).toMatchObject({
      id: 7,
      result: { ok: true, value: { kind: 'browser' } },
    });
    expect(await ask({ id: 8, channel: 'vault.add', input: { grantId: 'x' } })).toMatchObject({
      id: 8,
      result: { ok: false, error: { code: 'payload-invalid', data: { path: 'grantId' } } },
    });
  });

  it('carries a secret to the services', async () => {
    const secret = { kind: 'passphrase', bytes: new TextEncoder().encode('correct horse') };
    const input = {
      vaultId: 'v1',
      secret,
      mountPointGrantId: null,
      isReadOnly: false,
      backend: null,
      isRemembered: false,
    };
    expect(await ask({ id: 1, channel: 'vault.mount', input })).toMatchObject({
      result: { ok: true },
    });
    expect(fake.secretLengths).toEqual([13]);
  });

  it.each([
    ['text instead of bytes', 'text'],
    ['bytes that are no frame', new Uint8Array([1, 2, 3])],
    ['a frame that is no request', codec.encode({ channel: 'app.snapshot' })],
    ['a request with an unknown key', codec.encode({ id: 1, channel: 'x', input: {}, more: 1 })],
    ['a negative id', codec.encode({ id: -1, channel: 'x', input: {} })],
  ])('ends at %s', async (_name, message) => {
    const socket = await connect();
    const reply = nextReply(socket);
    socket.send(message);
    expect(await reply).toEqual({ closed: 1008 });
  });

  it('ends at a message over the cap', async () => {
    const socket = await connect();
    const reply = nextReply(socket);
    socket.send(new Uint8Array(64 * 1024 + 1));
    expect(await reply).toEqual({ closed: 1009 });
  });

  it('ends at a message in fragments, which no window sends', async () => {
    const socket = await connect();
    const reply = nextReply(socket);
    const frame = codec.encode({ id: 1, channel: 'app.snapshot', input: {} });
    socket.send(frame.subarray(0, 9), { fin: false });
    socket.send(frame.subarray(9), { fin: true });
    expect(await reply).toEqual({ closed: 1008 });
  });

  it('is one of eight at most', async () => {
    const sockets = await Promise.all(Array.from({ length: 8 }, () => connect()));
    await expect(connect()).rejects.toThrow('403');
    sockets[0]?.close();
    await expect
      .poll(() =>
        connect().then(
          () => 'open',
          () => 'refused',
        ),
      )
      .toBe('open');
  });

  it('stops listening when it closes', async () => {
    const socket = await connect();
    socket.close();
    await once(socket, 'close');
    expect(() => fake.arrange({ version: '2' })).not.toThrow();
  });
});
