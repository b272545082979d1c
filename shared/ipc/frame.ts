/**
 * Frames of the browser host's transport: one binary WebSocket message each.
 *
 * | offset | size | meaning |
 * | --- | --- | --- |
 * | 0 | 4 | length of the header, little-endian |
 * | 4 | n | header, UTF-8 JSON: `{ message, parts: [[path, lengthBytes], ...] }` |
 * | 4 + n | rest | byte fields in the order of `parts`, nothing between or after them |
 *
 * SECURITY: byte fields (secrets) never enter the JSON, where they would become strings that
 * nothing can wipe. In `message` a byte field stands as null; a decoded one is a view on the
 * frame, so wiping the frame wipes it.
 */
import { ContractError } from '../errors/vault-error.ts';

const LENGTH_FIELD_BYTES = 4;
const MAXIMUM_PARTS = 8;
const MAXIMUM_DEPTH = 16;

type Part = readonly [path: readonly string[], lengthBytes: number];

/** UTF-8 of the runtime at hand; `shared` has neither Node's nor the browser's. */
export type Utf8 = Readonly<{
  encode(text: string): Uint8Array;
  /** @throws on bytes that are not UTF-8. */
  decode(bytes: Uint8Array): string;
}>;

export type FrameCodec = Readonly<{
  /** Returns the frame of a plain message. Borrows byte fields: the caller wipes them and it. */
  encode(message: unknown): Uint8Array<ArrayBuffer>;
  /**
   * Parses a frame. Byte fields of the result are views on `frame`.
   *
   * @throws {@link ContractError} `payload-invalid` for a malformed frame.
   */
  decode(frame: Uint8Array): unknown;
}>;

/** Returns the codec over a runtime's UTF-8. */
export function createFrameCodec(utf8: Utf8): FrameCodec {
  return {
    encode(message) {
      const parts: { path: readonly string[]; bytes: Uint8Array }[] = [];
      const plain = takeBytesOut(message, [], parts);
      const header = utf8.encode(
        JSON.stringify({
          message: plain,
          parts: parts.map(({ path, bytes }) => [path, bytes.length]),
        }),
      );
      return joinFrame(
        header,
        parts.map(({ bytes }) => bytes),
      );
    },
    decode(frame) {
      const { header, body } = splitFrame(frame);
      const { message, parts } = parseHeader(utf8, header);
      return putBytesBack(message, parts, body);
    },
  };
}

function takeBytesOut(
  value: unknown,
  path: readonly string[],
  parts: { path: readonly string[]; bytes: Uint8Array }[],
): unknown {
  if (value instanceof Uint8Array) {
    parts.push({ path, bytes: value });
    return null;
  }
  if (Array.isArray(value))
    return value.map((item, at) => takeBytesOut(item, [...path, String(at)], parts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, takeBytesOut(item, [...path, key], parts)]),
  );
}

function joinFrame(header: Uint8Array, bodies: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bodyBytes = bodies.reduce((sum, bytes) => sum + bytes.length, 0);
  const frame = new Uint8Array(LENGTH_FIELD_BYTES + header.length + bodyBytes);
  new DataView(frame.buffer).setUint32(0, header.length, true);
  frame.set(header, LENGTH_FIELD_BYTES);
  let at = LENGTH_FIELD_BYTES + header.length;
  for (const bytes of bodies) {
    frame.set(bytes, at);
    at += bytes.length;
  }
  return frame;
}

function splitFrame(frame: Uint8Array): { header: Uint8Array; body: Uint8Array } {
  if (frame.length < LENGTH_FIELD_BYTES) throw invalid();
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const end = LENGTH_FIELD_BYTES + view.getUint32(0, true);
  if (end > frame.length) throw invalid();
  return { header: frame.subarray(LENGTH_FIELD_BYTES, end), body: frame.subarray(end) };
}

function parseHeader(utf8: Utf8, bytes: Uint8Array): { message: unknown; parts: readonly Part[] } {
  let header: unknown;
  try {
    header = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    throw invalid(error);
  }
  if (typeof header !== 'object' || header === null) throw invalid();
  const message = ownValue(header, 'message');
  const parts = ownValue(header, 'parts');
  if (!Array.isArray(parts) || parts.length > MAXIMUM_PARTS || !parts.every(isPart))
    throw invalid();
  return { message, parts };
}

function isPart(value: unknown): value is Part {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [path, length]: unknown[] = value;
  return (
    Array.isArray(path) &&
    path.length <= MAXIMUM_DEPTH &&
    path.every((key) => typeof key === 'string') &&
    typeof length === 'number' &&
    Number.isSafeInteger(length) &&
    length >= 0
  );
}

function putBytesBack(message: unknown, parts: readonly Part[], body: Uint8Array): unknown {
  // A holder lets a message that is itself one byte field be replaced like any other.
  const holder = { message };
  let at = 0;
  for (const [path, lengthBytes] of parts) {
    if (lengthBytes > body.length - at) throw invalid();
    replaceNull(holder, ['message', ...path], body.subarray(at, at + lengthBytes));
    at += lengthBytes;
  }
  if (at !== body.length) throw invalid();
  return holder.message;
}

/** Only an own property that holds null is replaced, so no path reaches a prototype. */
function replaceNull(root: object, path: readonly string[], bytes: Uint8Array): void {
  let target = root;
  for (const key of path.slice(0, -1)) {
    const next = ownValue(target, key);
    if (typeof next !== 'object' || next === null || next instanceof Uint8Array) throw invalid();
    target = next;
  }
  const last = path.at(-1);
  if (last === undefined || ownValue(target, last) !== null) throw invalid();
  Object.defineProperty(target, last, {
    value: bytes,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

function ownValue(target: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(target, key)?.value;
}

function invalid(cause?: unknown): ContractError {
  return new ContractError('payload-invalid', { path: 'frame' }, cause);
}
