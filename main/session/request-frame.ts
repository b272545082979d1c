import { readSync } from 'node:fs';
import { ContractError } from '../../shared/errors/vault-error.ts';
import { MIB } from '../../shared/units.ts';
import { SecretBytes } from '../bytes/secret-bytes.ts';
import { type SessionRequest, sessionRequestSchema } from './session-request.ts';

/**
 * The one message that a vault process receives, on its standard input: a JSON request and a
 * secret, each after its length as u32 little-endian. The secret is bytes all the way, so that no
 * string of it ever exists.
 */

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

/**
 * Reads a frame from a descriptor, blocking, without buffers that would keep a copy.
 *
 * @returns The request, and the secret: owned by the caller.
 * @throws ContractError `payload-invalid` where the frame is cut, too large or not a request.
 */
export function readRequest(fd: number): { request: SessionRequest; secret: SecretBytes } {
  const json = readPart(fd, MAXIMUM_REQUEST_BYTES);
  const parsed = sessionRequestSchema.safeParse(
    JSON.parse(Buffer.from(json.bytes).toString('utf8')),
  );
  if (!parsed.success) {
    throw new ContractError('payload-invalid', {
      path: parsed.error.issues[0]?.path.join('.') ?? '',
    });
  }
  return { request: parsed.data, secret: readPart(fd, MAXIMUM_SECRET_BYTES) };
}

function readPart(fd: number, maximumBytes: number): SecretBytes {
  const length = Buffer.alloc(4);
  readFully(fd, length);
  const lengthBytes = length.readUInt32LE();
  if (lengthBytes > maximumBytes) throw new ContractError('payload-invalid', { path: 'frame' });
  const part = SecretBytes.allocate(lengthBytes);
  readFully(fd, part.bytes);
  return part;
}

function readFully(fd: number, target: Uint8Array): void {
  let done = 0;
  while (done < target.length) {
    const count = readSync(fd, target, done, target.length - done, null);
    if (count === 0) throw new ContractError('payload-invalid', { path: 'frame' });
    done += count;
  }
}
