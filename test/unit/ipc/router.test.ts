import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createHandlers } from '../../../main/ipc/create-handlers.ts';
import { createPathGrants } from '../../../main/ipc/path-grants.ts';
import { createRouter, type Router } from '../../../main/ipc/router.ts';
import { EventLog } from '../../../main/services/event-log.ts';
import { DEFAULT_CREATE_OPTIONS } from '../../../shared/model/create-options.ts';
import type { PathGrant, PathPurpose } from '../../../shared/model/host.ts';
import { MIB } from '../../../shared/units.ts';
import { createFakeHost, type FakeHost } from '../../support/fake-host.ts';
import { createFakeServices, type FakeServices, fakeVault } from '../../support/fake-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockline-router-'));
afterAll(() => rmSync(folder, { recursive: true }));

let fake: FakeServices;
let host: FakeHost;
let router: Router;
let logged: string[];

function route(
  changes: Parameters<typeof createFakeHost>[0] = {},
  chosenPath: string | null = null,
) {
  fake = createFakeServices();
  host = createFakeHost(changes, chosenPath);
  logged = [];
  const handlers = createHandlers({
    services: fake.services,
    host,
    grants: createPathGrants(),
    eventLog: new EventLog(),
  });
  router = createRouter(handlers, (event, facts) =>
    logged.push(JSON.stringify({ event, ...facts })),
  );
}
beforeEach(() => route());

const call = (channel: unknown, input: unknown, isSenderTrusted = true) =>
  router.dispatch({ channel, input, isSenderTrusted });

/** Calls and returns the code of the refusal, or the value. */
async function outcome(channel: string, input: unknown) {
  const result = await call(channel, input);
  return result.ok ? result.value : result.error.code;
}

async function grant(purpose: PathPurpose, path: string): Promise<string> {
  const result = await call('path.grant', { purpose, path });
  if (!result.ok) throw new Error(result.error.code);
  return (result.value as PathGrant).grantId; // the channel's output
}

const passphrase = (text: string) => ({
  kind: 'passphrase',
  bytes: new TextEncoder().encode(text),
});
const mount = (changes: object) => ({
  vaultId: 'v1',
  secret: passphrase('secret'),
  mountPointGrantId: null,
  isReadOnly: false,
  backend: null,
  isRemembered: false,
  ...changes,
});

describe('the router', () => {
  it('asks who sends before anything else', async () => {
    const result = await call('no-such-channel', null, false);
    expect(result).toMatchObject({ ok: false, error: { code: 'sender-refused' } });
    expect(logged).toEqual([
      '{"event":"request-refused","channel":"unknown","code":"sender-refused"}',
    ]);
  });

  it('refuses a channel that the contract does not have', async () => {
    for (const channel of ['constructor', '__proto__', 7, undefined]) {
      const result = await call(channel, {});
      expect(result).toMatchObject({ ok: false, error: { data: { path: 'channel' } } });
    }
  });

  it('names the path of a bad field and never its value', async () => {
    const input = mount({ isReadOnly: 'hunter2' });
    const result = await call('vault.mount', input);
    expect(result).toEqual({
      ok: false,
      error: expect.objectContaining({ code: 'payload-invalid', data: { path: 'isReadOnly' } }),
    });
    expect(JSON.stringify([result, logged])).not.toContain('hunter2');
  });

  it('does not repeat an unknown key, which may be what was typed', async () => {
    const result = await call('vault.lock', { vaultId: 'v1', isForced: false, hunter2: 1 });
    expect(JSON.stringify([result, logged])).not.toContain('hunter2');
  });

  it('answers a bug with "internal" and logs where it was', async () => {
    fake.services.snapshot = () => {
      throw new TypeError('oops');
    };
    expect(await outcome('app.snapshot', {})).toBe('internal');
    expect(logged[0]).toContain('TypeError: oops');
  });

  it.each([
    ['an accepted request', mount({})],
    ['a refused one', mount({ extra: true })],
    ['a secret in a field that is none', { nested: [{ secret: passphrase('secret') }] }],
  ])('wipes the bytes of %s', async (_name, input) => {
    await call('vault.mount', input);
    expect(JSON.stringify(input)).not.toMatch(/:1\d\d/);
  });
});

describe('secrets', () => {
  it('come from the keychain when that is asked for, and nothing is stored twice', async () => {
    const input = mount({ secret: { kind: 'stored' }, isRemembered: true });
    expect(await outcome('vault.mount', input)).toHaveProperty('jobId');
    expect(fake.calls).toEqual(['read-stored v1', 'mount v1 null false']);
    expect(fake.secretLengths).toEqual([6]);
  });

  it('reach the services as bytes of their own', async () => {
    await outcome('vault.mount', mount({}));
    expect(fake.secretLengths).toEqual([6]);
  });

  it('have a length', async () => {
    expect(await outcome('vault.mount', mount({ secret: passphrase('') }))).toBe(
      'passphrase-empty',
    );
    const long = passphrase('x'.repeat(513));
    expect(await outcome('vault.mount', mount({ secret: long }))).toBe('passphrase-too-long');
    const longest = passphrase('x'.repeat(512));
    expect(await outcome('vault.mount', mount({ secret: longest }))).toHaveProperty('jobId');
  });

  it('come from a granted keyfile, and from nothing that is none', async () => {
    const keyfile = join(folder, 'key.bin');
    writeFileSync(keyfile, new Uint8Array(3000).fill(7));
    const bad = { empty: join(folder, 'empty'), missing: join(folder, 'missing'), folder };
    writeFileSync(bad.empty, '');
    const withKeyfile = async (path: string) =>
      mount({ secret: { kind: 'keyfile', grantId: await grant('keyfile', path) } });

    expect(await outcome('vault.mount', await withKeyfile(keyfile))).toHaveProperty('jobId');
    expect(fake.secretLengths).toEqual([3000]);
    for (const path of Object.values(bad)) {
      expect(await outcome('vault.mount', await withKeyfile(path))).toBe('keyfile-unreadable');
    }
    writeFileSync(keyfile, new Uint8Array(8 * MIB + 1));
    expect(await outcome('vault.mount', await withKeyfile(keyfile))).toBe('keyfile-too-large');
  });
});

describe('paths', () => {
  const options = { ...DEFAULT_CREATE_OPTIONS, sizeBytes: 64 * MIB };
  const create = (grantId: string) => ({
    grantId,
    options,
    secret: passphrase('secret'),
    isMounted: false,
  });

  it('are used through a grant for this very purpose only', async () => {
    expect(await outcome('vault.create', create('/etc/passwd'))).toBe('payload-invalid');
    const forAdding = await grant('add', '/tmp/a.luks');
    expect(await outcome('vault.create', create(forAdding))).toBe('payload-invalid');
    expect(fake.calls).toEqual([]);
    await outcome('vault.create', create(await grant('create', '/tmp/a.luks')));
    expect(fake.calls).toEqual(['create /tmp/a.luks']);
  });

  it.each(['relative', './a', '', '  ', '/a\0b', '~other/a'])(
    'cannot be typed as %j',
    async (path) => {
      expect(await outcome('path.grant', { purpose: 'add', path })).toBe('payload-invalid');
    },
  );

  it('begin at home after a tilde', async () => {
    const result = await outcome('path.grant', { purpose: 'add', path: '~/x/../a.luks' });
    expect(result).toMatchObject({ path: join(process.env['HOME'] ?? '', 'a.luks') });
  });

  it('of dropped files are believed where the preload script tells them, else looked for', async () => {
    const dropped = { path: '/home/ada/a.luks' };
    const found = { name: 'a.luks', sizeBytes: 1, modifiedMs: 0 };
    expect(await outcome('path.dropped', dropped)).toBe('platform-unsupported');
    expect(await outcome('path.find', found)).toBeNull();
    route({ hasNativeDialogs: true });
    expect(await outcome('path.dropped', dropped)).toMatchObject({
      purpose: 'add',
      path: '/home/ada/a.luks',
    });
    expect(await outcome('path.find', found)).toBe('platform-unsupported');
  });

  it('are not typed where the system has dialogs', async () => {
    route({ hasNativeDialogs: true }, '/home/ada/chosen.luks');
    const typed = { purpose: 'add', path: '/etc/shadow' };
    expect(await outcome('path.grant', typed)).toBe('platform-unsupported');
    const choice = { purpose: 'add', suggestedName: '' };
    expect(await outcome('path.choose', choice)).toMatchObject({ path: '/home/ada/chosen.luks' });
  });

  it('are forgotten, the oldest first', async () => {
    const first = await grant('add', '/tmp/first');
    for (let n = 0; n < 64; n += 1) await grant('add', `/tmp/${n}`);
    expect(await outcome('vault.add', { grantId: first })).toBe('payload-invalid');
  });
});

describe('vaults', () => {
  const remove = (deleteFileNamed: string | null) =>
    outcome('vault.remove', { vaultId: 'v1', deleteFileNamed });

  it('lose their file only against their name', async () => {
    fake.arrange({ vaults: [fakeVault()] });
    expect(await remove('documents.luks')).toBe('payload-invalid');
    expect(await remove('')).toBe('payload-invalid');
    expect(fake.calls).toEqual([]);
    expect(await remove(null)).toBe(null);
    expect(await remove('Documents.luks')).toBe(null);
    expect(fake.calls).toEqual(['remove v1 false', 'remove v1 true']);
  });

  it('show their folder where main has mounted them, and no other', async () => {
    fake.arrange({ vaults: [fakeVault()] });
    expect(await outcome('vault.open-folder', { vaultId: 'v1' })).toBe('not-mounted');
    expect(await outcome('vault.open-folder', { vaultId: 'v2' })).toBe('vault-unknown');
    fake.arrange({ vaults: [fakeVault({ state: 'mounted', mountPoint: '/run/x' })] });
    await outcome('vault.open-folder', { vaultId: 'v1' });
    expect(host.openedFolders).toEqual(['/run/x']);
  });
});
