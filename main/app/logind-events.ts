import { VaultError } from '../../shared/errors/vault-error.ts';
import type { LockEvent } from '../../shared/model/auto-lock.ts';
import type { LockEventSource } from '../services/auto-lock/auto-locker.ts';
import { DbusConnection } from '../system/dbus/dbus-connection.ts';
import type { DbusMessage } from '../system/dbus/dbus-message.ts';
import type { DbusValue } from '../system/dbus/dbus-values.ts';

/**
 * What systemd-logind tells of sleep, lock screen, users and the lid.
 *
 * Not taken: an inhibitor lock that would hold the sleep back. A vault that is busy locking when the
 * computer falls asleep goes on when it wakes.
 *
 * @see org.freedesktop.login1(5)
 */

const SENDER = 'org.freedesktop.login1';
const PREFIX = 'org.freedesktop.login1.';
const PROPERTIES = 'org.freedesktop.DBus.Properties';
/** The window waits for it at the start. */
const SESSION_TIMEOUT_MS = 2_000;
const DEFAULT_SOCKET = '/run/dbus/system_bus_socket';

/** What logind tells of. */
export const LOGIND_EVENTS: readonly LockEvent[] = [
  'suspend',
  'screen-lock',
  'user-switch',
  'lid-close',
];

/** A source that holds a connection to the bus. */
export type LogindEvents = LockEventSource & Disposable;

/**
 * Connects to the system bus; `undefined` where there is none, as on servers and in containers.
 *
 * @param environment - `DBUS_SYSTEM_BUS_ADDRESS` names another bus.
 */
export async function connectLogind(
  environment: NodeJS.ProcessEnv,
): Promise<LogindEvents | undefined> {
  let bus: DbusConnection;
  try {
    bus = await DbusConnection.open(busPath(environment));
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
  const listeners = new Set<(event: LockEvent) => void>();
  const sessionPath = await findSession(bus, environment);
  await bus.listen(`type='signal',sender='${SENDER}'`, (signal) => {
    for (const event of eventsOf(signal, sessionPath))
      for (const listener of listeners) listener(event);
  });
  return {
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    [Symbol.dispose]: () => bus[Symbol.dispose](),
  };
}

/**
 * Returns the object of the session that this process belongs to; null where logind does not tell,
 * as of a service.
 */
async function findSession(
  bus: DbusConnection,
  environment: NodeJS.ProcessEnv,
): Promise<string | null> {
  const id = environment['XDG_SESSION_ID'];
  const asked =
    id === undefined
      ? { member: 'GetSessionByPID', body: [{ type: 'u', value: process.pid } as const] }
      : { member: 'GetSession', body: [{ type: 's', value: id } as const] };
  try {
    const [path] = await bus.call(
      {
        destination: SENDER,
        path: '/org/freedesktop/login1',
        interface: `${PREFIX}Manager`,
        ...asked,
      },
      { timeoutMs: SESSION_TIMEOUT_MS },
    );
    return typeof path === 'string' ? path : null;
  } catch (error) {
    if (error instanceof VaultError) return null;
    throw error;
  }
}

/**
 * Returns what a signal of logind means for vaults.
 *
 * @param sessionPath - Of the person's session: what happens in those of others is not theirs. Null:
 * not known, then every session counts.
 */
export function eventsOf(
  signal: Pick<DbusMessage, 'path' | 'interface' | 'member' | 'body'>,
  sessionPath: string | null,
): readonly LockEvent[] {
  const [first, second] = signal.body;
  const isOfOther =
    sessionPath !== null &&
    signal.path !== sessionPath &&
    (signal.interface === `${PREFIX}Session` || first === `${PREFIX}Session`);
  if (isOfOther) return [];
  if (signal.interface === `${PREFIX}Manager` && signal.member === 'PrepareForSleep') {
    return first === true ? ['suspend'] : [];
  }
  if (signal.interface === `${PREFIX}Session` && signal.member === 'Lock') return ['screen-lock'];
  if (signal.interface !== PROPERTIES || !(second instanceof Map)) return [];
  return changedEvents(String(first), second);
}

function changedEvents(
  name: string,
  changed: ReadonlyMap<DbusValue, DbusValue>,
): readonly LockEvent[] {
  const isManager = name === `${PREFIX}Manager`;
  if (isManager) return changed.get('LidClosed') === true ? ['lid-close'] : [];
  if (name !== `${PREFIX}Session`) return [];
  return [
    ...(changed.get('LockedHint') === true ? (['screen-lock'] as const) : []),
    ...(changed.get('Active') === false ? (['user-switch'] as const) : []),
  ];
}

function busPath(environment: NodeJS.ProcessEnv): string {
  return (
    /unix:path=([^,;]+)/.exec(environment['DBUS_SYSTEM_BUS_ADDRESS'] ?? '')?.[1] ?? DEFAULT_SOCKET
  );
}
