import { getSystemErrorName } from 'node:util';
import { DeviceError, VaultError } from '../../../shared/errors/vault-error.ts';
import { SecretBytes } from '../../bytes/secret-bytes.ts';
import { authenticate } from './authenticate.ts';
import { connectSocket, type DescriptorSocket } from './connect-socket.ts';
import {
  CALL_ROOM_BYTES,
  type DbusCall,
  type DbusMessage,
  encodeCall,
  messageLength,
  parseMessage,
} from './dbus-message.ts';
import type { DbusValue, DbusVariant } from './dbus-values.ts';
import { sendWithDescriptor } from './send-descriptor.ts';

/** What a service answers a call with in place of a result. */
export class DbusError extends VaultError {
  /** Such as `org.freedesktop.UDisks2.Error.DeviceBusy`. */
  readonly errorName: string;

  constructor(errorName: string, text: string) {
    super('io-error', { operation: 'dbus', name: errorName, reason: text.slice(0, 300) });
    this.errorName = errorName;
  }
}

const BUS = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const;
const DEFAULT_TIMEOUT_MS = 60_000;

type Waiting = Readonly<{
  resolve: (message: DbusMessage) => void;
  reject: (error: VaultError) => void;
}>;

export type CallOptions = Readonly<{
  /** Borrowed: sent along with the call, where it is index 0. */
  descriptor?: number;
  timeoutMs?: number;
}>;

/** A connection to a message bus, on which methods are called and signals are listened to. */
export class DbusConnection implements Disposable {
  readonly #wire: DescriptorSocket;
  readonly #waiting = new Map<number, Waiting>();
  #received: Uint8Array = new Uint8Array();
  #serial = 0;
  #failure: VaultError | undefined;
  #onSignal: ((signal: DbusMessage) => void) | undefined;

  private constructor(wire: DescriptorSocket) {
    this.#wire = wire;
  }

  /**
   * Connects and says hello.
   *
   * @param path - Of the bus's socket.
   * @throws DeviceError `io-error`, `file-missing`, `permission-denied`
   */
  static async open(path: string): Promise<DbusConnection> {
    const wire = connectSocket(path);
    if (typeof wire === 'number') throw failed(getSystemErrorName(-wire));
    const connection = new DbusConnection(wire);
    try {
      await authenticate(wire.socket);
      wire.socket.on('data', (chunk: Buffer) => connection.#take(chunk)).resume();
      wire.socket.on('error', () => connection.#fail(failed('connection lost')));
      wire.socket.on('close', () => connection.#fail(failed('connection lost')));
      await connection.call({ ...BUS, member: 'Hello', body: [] });
      return connection;
    } catch (error) {
      connection[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * Calls a method and returns what it answers.
   *
   * @throws DbusError where the service refuses; DeviceError `io-error` where the connection ends.
   */
  async call(
    call: DbusCall,
    { descriptor, timeoutMs = DEFAULT_TIMEOUT_MS }: CallOptions = {},
  ): Promise<readonly DbusValue[]> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#serial += 1;
    const serial = this.#serial;
    // SECURITY: a call may carry a passphrase; its bytes lie here alone, and are wiped.
    using message = SecretBytes.allocate(CALL_ROOM_BYTES + byteListsOf(call.body));
    const descriptorCount = descriptor === undefined ? 0 : 1;
    const lengthBytes = encodeCall(call, message.bytes, { serial, descriptorCount });
    const answer = new Promise<DbusMessage>((resolve, reject) => {
      this.#waiting.set(serial, { resolve, reject });
    });
    // It may fail before it is waited for.
    answer.catch(() => {});
    const timer = setTimeout(() => this.#settle(serial, failed('timeout')), timeoutMs);
    try {
      await this.#send(message.bytes.subarray(0, lengthBytes), descriptor);
      const { type, errorName, body } = await answer;
      if (type === 'error') throw new DbusError(errorName, String(body[0] ?? ''));
      return body;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(serial);
    }
  }

  /**
   * Listens to the signals that a match rule names; there is one listener for all rules.
   *
   * @param rule - As the specification writes them, such as `type='signal',interface='x.y'`.
   * @throws DbusError where the bus refuses the rule.
   */
  async listen(rule: string, onSignal: (signal: DbusMessage) => void): Promise<void> {
    this.#onSignal = onSignal;
    await this.call({ ...BUS, member: 'AddMatch', body: [{ type: 's', value: rule }] });
  }

  async #send(bytes: Uint8Array, descriptor: number | undefined): Promise<void> {
    if (descriptor !== undefined) {
      const errno = sendWithDescriptor(this.#wire.fd, bytes, descriptor);
      if (errno !== 0) throw failed(getSystemErrorName(-errno));
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#wire.socket.write(bytes, (error) => {
        if (error) reject(failed(error.message));
        else resolve();
      });
    });
  }

  #take(chunk: Uint8Array): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    for (;;) {
      const lengthBytes = messageLength(this.#received);
      if (lengthBytes === null) this.#fail(failed('malformed message'));
      if (lengthBytes == null || this.#received.length < lengthBytes) return;
      const bytes = this.#received.subarray(0, lengthBytes);
      this.#received = this.#received.subarray(lengthBytes);
      try {
        const message = parseMessage(bytes);
        if (message.type === 'signal') this.#onSignal?.(message);
        else this.#settle(message.replySerial, message);
      } catch (error) {
        this.#fail(error instanceof VaultError ? error : failed('malformed message'));
        return;
      }
    }
  }

  #settle(serial: number, outcome: DbusMessage | VaultError): void {
    const waiting = this.#waiting.get(serial);
    if (waiting === undefined) return; // an answer that came too late
    if (outcome instanceof VaultError) waiting.reject(outcome);
    else waiting.resolve(outcome);
  }

  #fail(error: VaultError): void {
    this.#failure ??= error;
    for (const serial of this.#waiting.keys()) this.#settle(serial, error);
    this.#wire.socket.destroy();
  }

  [Symbol.dispose](): void {
    this.#fail(failed('closed'));
  }
}

/** Bytes that a body's byte lists take beyond the room of every call. */
function byteListsOf(body: readonly DbusVariant[]): number {
  return body.reduce((sum, { type, value }) => {
    if (type === 'ay') return sum + value.length;
    return type === 'a{sv}' ? sum + byteListsOf(Object.values(value)) : sum;
  }, 0);
}

function failed(reason: string): DeviceError {
  return new DeviceError('io-error', { operation: 'dbus', reason });
}
