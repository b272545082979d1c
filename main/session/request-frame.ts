import { readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { ContractError } from '../../shared/errors/vault-error.ts';
import { MIB } from '../../shared/units.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import { type SessionRequest, sessionRequestSchema } from './session-request.ts';

/**
 * The one message that a vault process receives, on its standard input: a JSON request and a
 * secret, each after its length as u32 little-endian. The secret is bytes all the way, so that no
 * string of it ever exists.
 */

const LENGTH_BYTES = 4;
const MAXIMUM_REQUEST_BYTES = 64 * 1024;
/** Two keyfiles, each of cryptsetup's own limit of 8 MiB, and the length between them. */
const MAXIMUM_SECRET_BYTES = 16 * MIB + 4;

/** Returns the frame. Owned by the caller, who wipes it: it holds a copy of the secret. */
export function encodeRequest(
  request: SessionRequest,
  secret: SecretBytes | undefined,
): SecretBytes {
  const json = Buffer.from(JSON.stringify(request), 'utf8');
  const secretBytes = secret?.lengthBytes ?? 0;
  const frame = SecretBytes.allocate(8 + json.length + secretBytes);
  const view = new DataView(frame.bytes.buffer);
  view.setUint32(0, json.length, true);
  frame.bytes.set(json, 4);
  view.setUint32(4 + json.length, secretBytes, true);
  if (secret !== undefined) frame.bytes.set(secret.bytes, 8 + json.length);
  return frame;
}

/** A request as it arrived; the secret is owned by who received it. */
export type ReceivedRequest = Readonly<{ request: SessionRequest; secret: SecretBytes }>;

/**
 * Reads a frame from a descriptor, blocking, without buffers that would keep a copy.
 *
 * @returns The request, and the secret: owned by the caller.
 * @throws ContractError `payload-invalid` where the frame is cut, too large or not a request.
 */
export function readRequest(fd: number): ReceivedRequest {
  const read = (lengthBytes: number) => {
    const bytes = SecretBytes.allocate(lengthBytes);
    readFully(fd, bytes.bytes);
    return bytes;
  };
  const json = read(readLength(read(LENGTH_BYTES), MAXIMUM_REQUEST_BYTES));
  const request = parseRequest(json.bytes);
  return { request, secret: read(readLength(read(LENGTH_BYTES), MAXIMUM_SECRET_BYTES)) };
}

/**
 * Reads a frame from a stream. Its chunks are wiped as they are taken; at the end of the frame the
 * stream is left as it is.
 *
 * @returns The request, and the secret: owned by the caller.
 * @throws ContractError `payload-invalid` where the frame is cut, too large or not a request.
 */
export async function receiveRequest(stream: Readable): Promise<ReceivedRequest> {
  const reader = new ChunkReader(stream);
  const json = await reader.take(
    readLength(await reader.take(LENGTH_BYTES), MAXIMUM_REQUEST_BYTES),
  );
  const request = parseRequest(json.bytes);
  const secret = await reader.take(
    readLength(await reader.take(LENGTH_BYTES), MAXIMUM_SECRET_BYTES),
  );
  await reader.release();
  return { request, secret };
}

/** Takes runs of bytes off a stream and wipes the chunks that they came in. */
class ChunkReader {
  readonly #chunks: AsyncIterator<unknown>;
  #chunk: Uint8Array = new Uint8Array(0);
  #takenBytes = 0;

  constructor(stream: Readable) {
    this.#chunks = stream.iterator({ destroyOnReturn: false });
  }

  /** @returns Owned by the caller. @throws ContractError `payload-invalid` where the stream ends. */
  async take(lengthBytes: number): Promise<SecretBytes> {
    using taken = SecretBytes.allocate(lengthBytes);
    for (let done = 0; done < lengthBytes; ) {
      if (this.#takenBytes === this.#chunk.length) await this.#next();
      const part = this.#chunk.subarray(this.#takenBytes, this.#takenBytes + lengthBytes - done);
      taken.bytes.set(part, done);
      done += part.length;
      this.#takenBytes += part.length;
    }
    return taken.move();
  }

  /** Leaves the stream to others, as it is. */
  async release(): Promise<void> {
    this.#chunk.fill(0);
    await this.#chunks.return?.();
  }

  async #next(): Promise<void> {
    this.#chunk.fill(0);
    const { done, value } = await this.#chunks.next();
    if (done === true || !(value instanceof Uint8Array))
      throw new ContractError('payload-invalid', { path: 'frame' });
    this.#chunk = value;
    this.#takenBytes = 0;
  }
}

function parseRequest(json: Uint8Array): SessionRequest {
  const parsed = sessionRequestSchema.safeParse(JSON.parse(Buffer.from(json).toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new ContractError('payload-invalid', {
    path: parsed.error.issues[0]?.path.join('.') ?? '',
  });
}

function readLength(field: SecretBytes, maximumBytes: number): number {
  const lengthBytes = new DataView(field.bytes.buffer).getUint32(0, true);
  if (lengthBytes > maximumBytes) throw new ContractError('payload-invalid', { path: 'frame' });
  return lengthBytes;
}

function readFully(fd: number, target: Uint8Array): void {
  let done = 0;
  while (done < target.length) {
    const count = readSync(fd, target, done, target.length - done, null);
    if (count === 0) throw new ContractError('payload-invalid', { path: 'frame' });
    done += count;
  }
}
