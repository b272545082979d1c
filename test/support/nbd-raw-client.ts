import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const OPTION_MAGIC = 0x49484156454f5054n;
const REPLY_WAIT_MS = 10_000;

export type OptionReply = Readonly<{ option: number; type: number; payload: Buffer }>;
export type SimpleReply = Readonly<{ error: number; cookie: bigint }>;
export type Chunk = Readonly<{ flags: number; type: number; cookie: bigint; payload: Buffer }>;

/** Encodes an option. */
export function option(
  type: number,
  payload: Uint8Array = Buffer.alloc(0),
  declaredBytes?: number,
): Buffer {
  const header = Buffer.alloc(16);
  header.writeBigUInt64BE(OPTION_MAGIC, 0);
  header.writeUInt32BE(type, 8);
  header.writeUInt32BE(declaredBytes ?? payload.length, 12);
  return Buffer.concat([header, payload]);
}

/** Encodes a string after its length. */
export function text(value: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(value));
  return Buffer.concat([length, Buffer.from(value)]);
}

/** Payload of INFO and GO. */
export function infoPayload(name = '', wanted: readonly number[] = []): Buffer {
  const tail = Buffer.alloc(2 + 2 * wanted.length);
  tail.writeUInt16BE(wanted.length, 0);
  for (const [i, type] of wanted.entries()) tail.writeUInt16BE(type, 2 + 2 * i);
  return Buffer.concat([text(name), tail]);
}

/** Payload of the metadata context options. */
export function contextPayload(queries: readonly string[], name = ''): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(queries.length);
  return Buffer.concat([text(name), count, ...queries.map(text)]);
}

export type RequestFields = Readonly<{
  type: number;
  flags?: number;
  cookie?: bigint;
  offset?: bigint | number;
  length?: number;
  magic?: number;
}>;

/** Encodes a request header, followed by its payload. */
export function request(fields: RequestFields, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(28);
  header.writeUInt32BE(fields.magic ?? 0x25609513, 0);
  header.writeUInt16BE(fields.flags ?? 0, 4);
  header.writeUInt16BE(fields.type, 6);
  header.writeBigUInt64BE(fields.cookie ?? 7n, 8);
  header.writeBigUInt64BE(BigInt(fields.offset ?? 0), 16);
  header.writeUInt32BE(fields.length ?? 0, 24);
  return Buffer.concat([header, payload]);
}

/** A client that sends exactly what a test says, right or wrong. */
export class NbdRawClient implements Disposable {
  readonly socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #look: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#look();
    });
    socket.on('error', () => undefined); // seen as the end
    socket.on('close', () => {
      this.#isEnded = true;
      this.#look();
    });
  }

  static async connect(target: string | Readonly<{ port: number; host: string }>) {
    const socket = typeof target === 'string' ? connect(target) : connect(target);
    await once(socket, 'connect');
    return new NbdRawClient(socket);
  }

  /** Connects and agrees on the transmission phase. */
  static async transmitting(
    path: string,
    features: Readonly<{ isStructured?: boolean; contexts?: readonly string[] }> = {},
  ): Promise<NbdRawClient> {
    const client = await NbdRawClient.connect(path);
    await client.greet();
    if (features.isStructured === true) await client.option(option(8));
    if (features.contexts !== undefined) {
      client.send(option(10, contextPayload(features.contexts)));
      while ((await client.optionReply()).type !== 1);
    }
    client.send(option(7, infoPayload()));
    while ((await client.optionReply()).type !== 1);
    return client;
  }

  /** Reads the greeting and answers it. */
  async greet(flags = 3): Promise<Buffer> {
    const greeting = await this.read(18);
    const answer = Buffer.alloc(4);
    answer.writeUInt32BE(flags);
    this.send(answer);
    return greeting;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  async option(bytes: Buffer): Promise<OptionReply> {
    this.send(bytes);
    return this.optionReply();
  }

  async optionReply(): Promise<OptionReply> {
    const header = await this.read(20);
    if (header.readBigUInt64BE(0) !== 0x3e889045565a9n) throw new Error('no option reply');
    const payload = await this.read(header.readUInt32BE(16));
    return { option: header.readUInt32BE(8), type: header.readUInt32BE(12), payload };
  }

  async simpleReply(): Promise<SimpleReply> {
    const header = await this.read(16);
    if (header.readUInt32BE(0) !== 0x67446698) throw new Error('no simple reply');
    return { error: header.readUInt32BE(4), cookie: header.readBigUInt64BE(8) };
  }

  async chunk(): Promise<Chunk> {
    const header = await this.read(20);
    if (header.readUInt32BE(0) !== 0x668e33ef) throw new Error('no structured reply');
    const payload = await this.read(header.readUInt32BE(16));
    return {
      flags: header.readUInt16BE(4),
      type: header.readUInt16BE(6),
      cookie: header.readBigUInt64BE(8),
      payload,
    };
  }

  /** Sends a request and returns the error of its simple reply. */
  async errorOf(bytes: Buffer): Promise<number> {
    this.send(bytes);
    return (await this.simpleReply()).error;
  }

  /** Waits for exactly so many bytes. */
  async read(lengthBytes: number): Promise<Buffer> {
    await this.#until(() => this.#received.length >= lengthBytes);
    if (this.#received.length < lengthBytes) throw new Error('the server hung up');
    const bytes = this.#received.subarray(0, lengthBytes);
    this.#received = this.#received.subarray(lengthBytes);
    return bytes;
  }

  /** Resolves when the server has hung up. */
  async ended(): Promise<void> {
    await this.#until(() => false);
  }

  #until(isEnough: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error('no answer in time')), REPLY_WAIT_MS);
      this.#look = () => {
        if (!isEnough() && !this.#isEnded) return;
        clearTimeout(giveUp);
        this.#look = () => undefined;
        resolve();
      };
      this.#look();
    });
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
