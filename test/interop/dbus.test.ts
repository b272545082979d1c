import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DbusConnection, DbusError } from '../../main/system/dbus/dbus-connection.ts';
import type { DbusVariant } from '../../main/system/dbus/dbus-values.ts';
import { type PrivateBus, startPrivateBus } from '../support/private-bus.ts';
import { requireTool } from '../support/require-tool.ts';
import { createLockline } from '../support/run-lockline.ts';

const BUS = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};
const TIMEOUT_MS = 60_000;

describe.skipIf(!requireTool('dbus-daemon', 'dbus-daemon'))(
  'DbusConnection with dbus-daemon',
  () => {
    let bus: PrivateBus;
    beforeAll(async () => {
      bus = await startPrivateBus();
    }, TIMEOUT_MS);
    afterAll(async () => bus[Symbol.asyncDispose]());

    const ask = (connection: DbusConnection, member: string, body: readonly DbusVariant[] = []) =>
      connection.call({ ...BUS, member, body });

    it('calls methods and reads texts, numbers, lists and dictionaries', async () => {
      using connection = await DbusConnection.open(bus.socket);
      const [names] = await ask(connection, 'ListNames');
      expect(names).toContain('org.freedesktop.DBus');
      const self: DbusVariant = { type: 's', value: 'org.freedesktop.DBus' };
      expect(await ask(connection, 'GetConnectionUnixUser', [self])).toEqual([process.getuid?.()]);
      const [properties] = await connection.call({
        ...BUS,
        interface: 'org.freedesktop.DBus.Properties',
        member: 'GetAll',
        body: [self],
      });
      expect(properties).toBeInstanceOf(Map);
      const [credentials] = await ask(connection, 'GetConnectionCredentials', [self]);
      expect(credentials).toEqual(expect.objectContaining({ size: expect.any(Number) }));
    });

    it('gives each of many calls its own answer, and refusals their names', async () => {
      using connection = await DbusConnection.open(bus.socket);
      const answers = await Promise.allSettled(
        Array.from({ length: 50 }, (_, index) =>
          ask(connection, 'NameHasOwner', [
            { type: 's', value: index % 2 === 0 ? 'org.freedesktop.DBus' : `no.such${index}` },
          ]),
        ),
      );
      answers.forEach((answer, index) => {
        expect(answer).toEqual({ status: 'fulfilled', value: [index % 2 === 0] });
      });
      const error = await ask(connection, 'NoSuchMethod').catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DbusError);
      expect(error).toMatchObject({ errorName: 'org.freedesktop.DBus.Error.UnknownMethod' });
    });

    it('tells at once where the bus is not there, and every waiter where it goes', async () => {
      await expect(DbusConnection.open(`${bus.socket}-no`)).rejects.toThrow(
        expect.objectContaining({ family: 'device' }),
      );
      const own = await startPrivateBus();
      using connection = await DbusConnection.open(own.socket);
      await own[Symbol.asyncDispose]();
      await expect(ask(connection, 'ListNames')).rejects.toThrow(
        expect.objectContaining({ code: 'io-error' }),
      );
    });

    it(
      'is what --backend udisks fails with where there is no udisks2 on the bus',
      async () => {
        await using lockline = createLockline();
        const path = lockline.folder.file('vault.luks');
        const passphrase = lockline.passphraseFile('correct horse');
        await lockline.json([
          ...['create', path, '--size', '32M', '--passphrase-file', passphrase],
          ...['--pbkdf-force-iterations', '4', '--pbkdf-memory', '64'],
        ]);
        const args = ['mount', path, '--backend', 'udisks', '--passphrase-file', passphrase];
        for (const socket of [bus.socket, `${bus.socket}-no`]) {
          const environment = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${socket}` };
          const outcome = await lockline.run([...args, '--json'], { environment });
          expect(JSON.parse(outcome.stderr)).toMatchObject({ error: { code: 'udisks-missing' } });
          expect(outcome.code).toBe(8);
        }
        expect(await lockline.json(['list'])).toMatchObject({ vaults: [{ state: 'locked' }] });
      },
      TIMEOUT_MS,
    );

    it('takes a peer that is no bus for what it is', async () => {
      const path = bus.folder.file('liar');
      const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n'));
      await new Promise<void>((resolve) => server.listen(path, resolve));
      await expect(DbusConnection.open(path)).rejects.toThrow(
        expect.objectContaining({ code: 'permission-denied' }),
      );
      server.close();
    });
  },
);
