import { describe, expect, it } from 'vitest';
import { createHandlers } from '../../main/ipc/create-handlers.ts';
import { createPathGrants } from '../../main/ipc/path-grants.ts';
import { EventLog } from '../../main/services/event-log.ts';
import { CHANNELS, type Channel, isChannel } from '../../shared/ipc/channels.ts';
import { CONTRACT } from '../../shared/ipc/contract.ts';
import { DEFAULT_BENCHMARK_CHOICES } from '../../shared/model/benchmark.ts';
import { DEFAULT_CREATE_OPTIONS } from '../../shared/model/create-options.ts';
import { MIB, TIB } from '../../shared/units.ts';
import { createFakeHost } from '../support/fake-host.ts';
import { createFakeServices } from '../support/fake-services.ts';

const OPTIONS = { ...DEFAULT_CREATE_OPTIONS, sizeBytes: 64 * MIB };
const PASSPHRASE = { kind: 'passphrase', bytes: new Uint8Array([1]) };

/** One good input of each channel. */
const GOOD: Readonly<Record<Channel, Readonly<Record<string, unknown>>>> = {
  'app.snapshot': {},
  'app.log': {},
  'app.diagnostics': {},
  'app.licences': {},
  'host.capabilities': {},
  'path.choose': { purpose: 'create', suggestedName: 'Vault.luks' },
  'path.grant': { purpose: 'add', path: '/tmp/a' },
  'path.place': { grantId: 'g' },
  'path.dropped': { path: '/home/ada/a.luks' },
  'path.find': { name: 'a.luks', sizeBytes: 32 * MIB, modifiedMs: 1.5 },
  'vault.create': { grantId: 'g', options: OPTIONS, secret: PASSPHRASE, isMounted: true },
  'vault.add': { grantId: 'g' },
  'vault.mount': {
    vaultId: 'v',
    secret: PASSPHRASE,
    mountPointGrantId: null,
    isReadOnly: false,
    backend: null,
    isRemembered: false,
  },
  'vault.lock': { vaultId: 'v', isForced: false },
  'vault.remove': { vaultId: 'v', deleteFileNamed: null },
  'vault.update': { vaultId: 'v', changes: { name: 'Diary', isFavourite: true } },
  'vault.forget-passphrase': { vaultId: null },
  'vault.inspect': { vaultId: 'v' },
  'vault.header-changes': { vaultId: 'v' },
  'vault.tune': {
    vaultId: 'v',
    changes: { read: 'auto', write: null, provider: 'native', threads: 2 },
  },
  'vault.set-backend': {
    vaultId: 'v',
    changes: { backend: 'dmcrypt', flags: ['no_read_workqueue'], driver: 'xts-aes-aesni' },
  },
  'vault.advise-flags': { vaultId: 'v' },
  'vault.history': { vaultId: 'v', sinceMs: 0 },
  'vault.open-folder': { vaultId: 'v' },
  'benchmark.machine': { vaultId: null },
  'benchmark.run': {
    vaultId: 'v',
    request: { groups: ['kdf'], isQuick: true, choices: DEFAULT_BENCHMARK_CHOICES },
  },
  'benchmark.list': {},
  'benchmark.remove': { id: 1 },
  'vault.fsck': { vaultId: 'v', secret: PASSPHRASE },
  'vault.resize': { vaultId: 'v', sizeBytes: 64 * MIB, secret: PASSPHRASE },
  'key.list': { vaultId: 'v' },
  'key.add': {
    vaultId: 'v',
    existing: PASSPHRASE,
    added: { kind: 'keyfile', grantId: 'g' },
    kind: 'keyfile',
    name: 'Office',
    kdf: { type: 'argon2id' },
  },
  'key.change': {
    vaultId: 'v',
    keyslotId: 1,
    existing: PASSPHRASE,
    added: PASSPHRASE,
    kind: 'passphrase',
    kdf: { type: 'pbkdf2', targetMs: 1000 },
  },
  'key.test': { vaultId: 'v', keyslotId: null, secret: PASSPHRASE },
  'key.remove': { vaultId: 'v', keyslotId: 0, secret: null, confirmation: 'words' },
  'key.describe': { vaultId: 'v', keyslotId: 0, name: 'Home', priority: null },
  'key.erase': { vaultId: 'v', confirmation: 'words' },
  'recovery.save': { grantId: 'g', words: new Uint8Array([1]) },
  'header.backup': { vaultId: 'v', grantId: 'g' },
  'header.compare': { vaultId: 'v', grantId: 'g' },
  'header.restore': { vaultId: 'v', grantId: 'g' },
  'header.check': { vaultId: 'v' },
  'header.repair': { vaultId: 'v' },
  'header.convert': { vaultId: 'v', to: 'luks2' },
  'job.cancel': { jobId: 'j' },
  'job.dismiss': { jobId: 'j' },
  'job.clear': {},
  'kdf.estimate': { choice: { type: 'argon2id', targetMs: 2000 } },
  'settings.update': { changes: { colorScheme: 'dark' } },
  'settings.reset': {},
};

const accepts = (channel: Channel, input: unknown) =>
  CONTRACT[channel].input.safeParse(input).success;

describe('the contract', () => {
  it('has a schema and a handler for each channel and none beside', () => {
    const { services } = createFakeServices();
    const context = {
      services,
      host: createFakeHost(),
      grants: createPathGrants(),
      eventLog: new EventLog(),
    };
    expect(Object.keys(createHandlers(context)).sort()).toEqual([...CHANNELS].sort());
    expect(Object.keys(CONTRACT).sort()).toEqual([...CHANNELS].sort());
  });

  it.each(['constructor', '__proto__', 'toString', '', 'app.snapshot ', 7, null])(
    'knows no channel %j',
    (name) => {
      expect(isChannel(name)).toBe(false);
    },
  );

  describe.each(CHANNELS)('%s', (channel) => {
    const good = GOOD[channel];

    it('accepts its own input', () => {
      expect(accepts(channel, good)).toBe(true);
    });

    it('refuses an unknown key, and one named like a prototype', () => {
      expect(accepts(channel, { ...good, extra: 1 })).toBe(false);
      const polluted = JSON.parse(`{"__proto__":{"isForced":true}}`) as object; // an own property
      const descriptors = Object.getOwnPropertyDescriptors(good);
      expect(accepts(channel, Object.defineProperties(polluted, descriptors))).toBe(false);
    });

    it.each([undefined, null, 'text', 1, [], new Uint8Array(4)])(
      'refuses %j for an object',
      (input) => {
        expect(accepts(channel, input)).toBe(false);
      },
    );

    it.each(Object.keys(good))('refuses an input without %s, and one of another type', (key) => {
      const { [key]: _, ...rest } = good;
      expect(accepts(channel, rest)).toBe(false);
      expect(accepts(channel, { ...good, [key]: Symbol('stranger') })).toBe(false);
    });
  });

  it('takes a secret as bytes only', () => {
    const mount = GOOD['vault.mount'];
    for (const bytes of ['secret', [115, 101], { 0: 115, length: 1 }, null]) {
      expect(accepts('vault.mount', { ...mount, secret: { kind: 'passphrase', bytes } })).toBe(
        false,
      );
    }
    const huge = { kind: 'passphrase', bytes: new Uint8Array(4097) };
    expect(accepts('vault.mount', { ...mount, secret: huge })).toBe(false);
  });

  it('bounds sizes, texts and numbers', () => {
    const create = GOOD['vault.create'];
    const withOptions = (changes: object) => ({ ...create, options: { ...OPTIONS, ...changes } });
    for (const changes of [
      { sizeBytes: 32 * MIB - 1 },
      { sizeBytes: 65 * TIB },
      { sizeBytes: 64.5 },
      { sizeBytes: Number.NaN },
      { label: 'x'.repeat(48) },
      { sectorBytes: 8192 },
      { keyBits: 128 },
      { filesystem: 'ntfs' },
      { kdf: { type: 'argon2id', targetMs: 61_000 } },
    ]) {
      expect(accepts('vault.create', withOptions(changes))).toBe(false);
    }
    const tune = (changes: object) => ({
      vaultId: 'v',
      changes,
    });
    for (const changes of [{}, { read: null }, { threads: 16 }, { write: 'inline' }]) {
      expect(accepts('vault.tune', tune(changes))).toBe(true);
    }
    for (const changes of [
      { read: 'fast' },
      { write: '' },
      { provider: 'openssl' },
      { threads: 0 },
      { threads: 17 },
      { threads: 1.5 },
      { threads: '1' },
      { extra: null },
    ]) {
      expect(accepts('vault.tune', tune(changes))).toBe(false);
    }
    expect(accepts('path.grant', { purpose: 'add', path: `/${'x'.repeat(5000)}` })).toBe(false);
    expect(accepts('vault.lock', { vaultId: 'x'.repeat(65), isForced: false })).toBe(false);
  });
});
