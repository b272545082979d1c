import { describe, expect, it } from 'vitest';
import { connectLogind, eventsOf } from '../../../main/app/logind-events.ts';
import { DbusConnection } from '../../../main/system/dbus/dbus-connection.ts';
import { startPrivateBus } from '../../support/private-bus.ts';
import { requireTool } from '../../support/require-tool.ts';

const PROPERTIES = 'org.freedesktop.DBus.Properties';
const SESSION = '/org/freedesktop/login1/session/_32';
const signal = (
  iface: string,
  member: string,
  ...body: readonly (string | boolean | Map<string, boolean>)[]
) => ({
  path: SESSION,
  interface: iface,
  member,
  body,
});
const changed = (name: string, property: string, value: boolean) =>
  signal(PROPERTIES, 'PropertiesChanged', name, new Map([[property, value]]));

describe('what logind tells', () => {
  const session = 'org.freedesktop.login1.Session';
  const manager = 'org.freedesktop.login1.Manager';
  it.each([
    ['going to sleep', signal(manager, 'PrepareForSleep', true), ['suspend']],
    ['waking', signal(manager, 'PrepareForSleep', false), []],
    ['a request to lock', signal(session, 'Lock'), ['screen-lock']],
    ['a locked screen', changed(session, 'LockedHint', true), ['screen-lock']],
    ['an unlocked screen', changed(session, 'LockedHint', false), []],
    ['another user', changed(session, 'Active', false), ['user-switch']],
    ['this user again', changed(session, 'Active', true), []],
    ['a closed lid', changed(manager, 'LidClosed', true), ['lid-close']],
    ['an opened lid', changed(manager, 'LidClosed', false), []],
    ['something else', signal('org.example', 'Lock'), []],
    ['nonsense', signal(PROPERTIES, 'PropertiesChanged'), []],
  ])('%s', (_name, given, events) => {
    expect(eventsOf(given, SESSION)).toEqual(events);
    expect(eventsOf(given, null)).toEqual(events);
  });

  it('of sessions of others is nothing to this one', () => {
    const other = '/org/freedesktop/login1/session/c7';
    expect(eventsOf(signal(session, 'Lock'), other)).toEqual([]);
    expect(eventsOf(changed(session, 'Active', false), other)).toEqual([]);
    expect(eventsOf(signal(manager, 'PrepareForSleep', true), other)).toEqual(['suspend']);
    expect(eventsOf(changed(manager, 'LidClosed', true), other)).toEqual(['lid-close']);
  });

  it('is nothing where there is no bus', async () => {
    const environment = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    expect(await connectLogind(environment)).toBeUndefined();
  });
});

describe.skipIf(!requireTool('dbus-daemon', 'dbus-daemon'))('signals of a real bus', () => {
  it('reach the listener of their rule', async () => {
    await using bus = await startPrivateBus();
    using connection = await DbusConnection.open(bus.socket);
    const seen: string[] = [];
    const rule = "type='signal',interface='org.freedesktop.DBus',member='NameOwnerChanged'";
    await connection.listen(rule, ({ member, body }) => seen.push(`${member} ${String(body[0])}`));
    const name = 'org.lockline.Test';
    await connection.call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'RequestName',
      body: [
        { type: 's', value: name },
        { type: 'u', value: 0 },
      ],
    });
    await expect.poll(() => seen).toContain(`NameOwnerChanged ${name}`);
  });

  it('are asked for without a complaint', async () => {
    await using bus = await startPrivateBus();
    const environment = { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${bus.socket}` };
    using logind = await connectLogind(environment);
    expect(logind).toBeDefined();
  });
});
