import { setTimeout as sleep } from 'node:timers/promises';
import { MountError, VaultError } from '../../../shared/errors/vault-error.ts';
import { DbusConnection, DbusError } from '../../system/dbus/dbus-connection.ts';
import type { DbusDictionary, DbusValue, DbusVariant } from '../../system/dbus/dbus-values.ts';

/**
 * udisks2 on the system bus.
 *
 * Nobody is ever asked for a password through it: what the session may not do is refused, and
 * another backend is taken.
 *
 * @see udisks2 reference manual, "D-Bus API Reference"
 */

const SERVICE = 'org.freedesktop.UDisks2';
const MANAGER = '/org/freedesktop/UDisks2/Manager';
const DEFAULT_SOCKET = '/run/dbus/system_bus_socket';
/** udev looks at a new device before udisks2 shows what it is. */
const APPEAR_WAIT_MS = 20_000;
const APPEAR_STEP_MS = 50;
const MOUNT_TIMEOUT_MS = 120_000;

export type UdisksInterface = 'Manager' | 'Block' | 'Loop' | 'Encrypted' | 'Filesystem';

/** udisks2, connected. */
export class UdisksBus implements Disposable {
  readonly #bus: DbusConnection;

  private constructor(bus: DbusConnection) {
    this.#bus = bus;
  }

  /** @throws MountError `udisks-missing` where the bus is not there. */
  static async open(): Promise<UdisksBus> {
    try {
      return new UdisksBus(await DbusConnection.open(systemBusPath()));
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      throw new MountError('udisks-missing', { reason: 'no system bus' }, error);
    }
  }

  /** Tells whether udisks2 runs, or can be started by a call. */
  async isThere(): Promise<boolean> {
    const names = await Promise.all(
      ['ListNames', 'ListActivatableNames'].map((member) =>
        this.#bus.call({
          destination: 'org.freedesktop.DBus',
          path: '/org/freedesktop/DBus',
          interface: 'org.freedesktop.DBus',
          member,
          body: [],
        }),
      ),
    );
    return names.flat(2).includes(SERVICE);
  }

  /**
   * Calls a method of an object with its options.
   *
   * @param before - Arguments before the options; a descriptor goes along as index 0.
   * @throws MountError with the code that the refusal stands for.
   */
  async call(
    method: Readonly<{ path: string; interface: UdisksInterface; member: string }>,
    options: DbusDictionary,
    before: readonly DbusVariant[] = [],
    descriptor?: number,
  ): Promise<DbusValue | undefined> {
    const body: readonly DbusVariant[] = [
      ...before,
      {
        type: 'a{sv}',
        value: { ...options, 'auth.no_user_interaction': { type: 'b', value: true } },
      },
    ];
    const call = {
      ...method,
      destination: SERVICE,
      interface: `${SERVICE}.${method.interface}`,
      body,
    };
    try {
      const answer = await this.#bus.call(call, {
        timeoutMs: MOUNT_TIMEOUT_MS,
        ...(descriptor === undefined ? {} : { descriptor }),
      });
      return answer[0];
    } catch (error) {
      throw toMountError(error);
    }
  }

  /** Calls a method of the manager. */
  manage(
    member: string,
    options: DbusDictionary,
    before: readonly DbusVariant[],
    descriptor: number,
  ): Promise<DbusValue | undefined> {
    return this.call({ path: MANAGER, interface: 'Manager', member }, options, before, descriptor);
  }

  /**
   * Returns an interface's property, waiting until the object has the interface.
   *
   * @throws MountError `kernel-refused` where it does not appear.
   */
  async property(path: string, owner: UdisksInterface, name: string): Promise<DbusValue> {
    const call = {
      destination: SERVICE,
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      body: [
        { type: 's', value: `${SERVICE}.${owner}` },
        { type: 's', value: name },
      ],
    } as const;
    for (let waitedMs = 0; ; waitedMs += APPEAR_STEP_MS) {
      try {
        const [value] = await this.#bus.call(call);
        if (value !== undefined) return value;
      } catch (error) {
        const isAbsent = error instanceof DbusError && ABSENT.test(error.errorName);
        if (!isAbsent || waitedMs >= APPEAR_WAIT_MS) throw toMountError(error);
      }
      await sleep(APPEAR_STEP_MS);
    }
  }

  [Symbol.dispose](): void {
    this.#bus[Symbol.dispose]();
  }
}

/** What the bus answers for an object or interface that is not there yet. */
const ABSENT = /^org\.freedesktop\.DBus\.Error\.(Unknown\w+|InvalidArgs)$/;

function systemBusPath(): string {
  const address = process.env['DBUS_SYSTEM_BUS_ADDRESS'] ?? '';
  return /(?:^|;)unix:path=([^,;]+)/.exec(address)?.[1] ?? DEFAULT_SOCKET;
}

function toMountError(error: unknown): unknown {
  if (!(error instanceof DbusError)) return error;
  const { errorName, data } = error;
  const reason = `${errorName.slice(errorName.lastIndexOf('.') + 1)}: ${String(data['reason'])}`;
  if (/NotAuthorized|AccessDenied/.test(errorName)) {
    return new MountError('udisks-denied', { reason }, error);
  }
  if (/ServiceUnknown|NameHasNoOwner|Spawn/.test(errorName)) {
    return new MountError('udisks-missing', { reason }, error);
  }
  if (/DeviceBusy/.test(errorName)) return new MountError('unmount-busy', { reason }, error);
  return new MountError('kernel-refused', { reason }, error);
}
